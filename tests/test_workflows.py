"""The workflows of GitHub: valid, pinned, of few rights; and the script that keeps one comment does so."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
PAGES = sorted(FOLDER.glob("*.yml"))


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FOLDER / name)
    return found


def test_the_schema_holds() -> None:
    command = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *map(str, PAGES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(PAGES) >= 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_actions_are_pinned_and_rights_are_few(page: Path) -> None:
    text = page.read_text()
    uses = re.findall(r"uses: (.*)", text)
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one) for one in uses)
    assert "pull_request_target" not in text
    assert "secrets." not in text
    assert workflow(page.name)["permissions"] == {"contents": "read"}
    assert "concurrency" in workflow(page.name)


def test_nothing_that_a_stranger_writes_gets_into_a_script() -> None:
    """Names of branches and titles reach a script by the environment alone."""
    for page in PAGES:
        for job in workflow(page.name)["jobs"].values():
            for step in job["steps"]:
                assert not re.search(r"\$\{\{(?! matrix\.)", step.get("run", "")), step


def test_ci_runs_what_a_developer_runs() -> None:
    job = workflow("ci.yml")["jobs"]["check"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert job["steps"][-1]["run"].startswith("make check ")


def test_only_the_job_that_runs_no_code_of_the_pull_request_may_write() -> None:
    jobs = workflow("review.yml")["jobs"]
    assert [name for name, job in jobs.items() if "permissions" in job] == ["comment"]
    assert jobs["comment"]["permissions"] == {"pull-requests": "write"}
    assert not [step for step in jobs["comment"]["steps"] if "checkout" in step.get("uses", "")]
    assert "head.repo.full_name == github.repository" in jobs["comment"]["if"]


MARKER = "<!-- itemvec:films -->"
OTHERS = [
    {"id": 1, "user": {"login": "somebody"}, "body": f"{MARKER}\nmine"},
    {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "<!-- itemvec:books -->\nother data"},
    {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"see {MARKER}"},
]
OURS = [{"id": number, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\nold"} for number in (4, 5)]


@pytest.mark.parametrize(
    ("pages", "sent"),
    [
        ([[]], "--method POST repos/us/it/issues/7/comments"),
        ([OTHERS], "--method POST repos/us/it/issues/7/comments"),
        ([OTHERS, OURS], "--method PATCH repos/us/it/issues/comments/4"),
        ([OURS[1:], OTHERS], "--method PATCH repos/us/it/issues/comments/5"),
    ],
)
@pytest.mark.parametrize("allowed", [True, False])
def test_one_comment_is_kept(pages: list[Any], sent: str, allowed: bool, tmp_path: Path) -> None:
    """A stand-in for gh prints the pages of comments that there are, and notes what it is asked to write."""
    (tmp_path / "comment.md").write_text(f"{MARKER}\n\nnew")
    (tmp_path / "pages").write_text("".join(json.dumps(page) for page in pages))
    (tmp_path / "gh").write_text(
        '#!/bin/sh\ncase "$*" in *--paginate*) cat pages ;; '
        f'*) echo "$*" >> sent; test {allowed:d} = 1 || exit 1 ;; esac\n'
    )
    (tmp_path / "gh").chmod(0o755)
    script = workflow("review.yml")["jobs"]["comment"]["steps"][-1]["run"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "us/it", "NUMBER": "7"}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sent").read_text() == f"api --silent {sent} --field body=@comment.md\n"
    assert ("::warning::No permission to comment" in done.stdout) is not allowed


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        (0, "No known vulnerabilities found", 0),
        (1, "Found 2 known vulnerabilities in 1 package", 1),
        (1, "ERROR:pip_audit._cli:invalid requirements input: constraints.txt", 1),
        (1, "ERROR:pip_audit._cli:HTTPSConnectionPool(host='pypi.org'): Max retries exceeded with url", 0),
        (1, "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", 0),
    ],
)
def test_an_audit_fails_unless_the_network_is_at_fault(code: int, said: str, expected: int, tmp_path: Path) -> None:
    """A stand-in for pip-audit says what it was told to."""
    (tmp_path / "said-by-it").write_text(said)
    (tmp_path / "pip-audit").write_text(f'#!/bin/sh\necho "$*" > asked\ncat said-by-it >&2\nexit {code}\n')
    (tmp_path / "pip-audit").chmod(0o755)
    script = workflow("audit.yml")["jobs"]["audit"]["steps"][-1]["run"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == expected
    assert said in done.stderr
    assert ("::warning::" in done.stdout) is (code != expected)
    assert (tmp_path / "asked").read_text().startswith("--requirement constraints.txt --no-deps --disable-pip")
