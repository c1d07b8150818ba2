"""What a user can do wrong ends in one line that says where, what and what next, and leaves nothing half-written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from itemvec.store import lance
from tests.conftest import ROOT
from tests.pipelines.conftest import Done, Project

pytestmark = pytest.mark.pipeline


def one_line(done: Done, *said: str) -> None:
    """The command failed, and one line of what it printed says all of ``said``."""
    assert done.code != 0
    assert "Traceback" not in done.output
    lines = [line for line in done.output.splitlines() if said[0] in line]
    assert any(all(part in line for part in said) for line in lines), done.output


def test_a_fresh_clone_without_data_says_what_to_run(project: Project, tmp_path: Path) -> None:
    project.run("git", "clone", "-q", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone", tmp_path / "cache")
    one_line(clone.dvc("repro", ok=False), "Error: data/movielens-100k is missing", "run `itemvec fetch`")
    assert clone.run("git", "status", "--porcelain").output == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("model=minilmm", "model: models has no row 'minilmm'; did you mean 'minilm'?"),
        ("recommenders=[sasreck]", "recommenders: systems has no row 'sasreck'; did you mean 'sasrec'?"),
        ("dataset=movies", "dataset: datasets has no row 'movies'"),
    ],
)
def test_a_row_that_does_not_exist_stops_the_run_at_once(project: Project, settings: str, said: str) -> None:
    done = project.dvc("exp", "run", "-S", settings, ok=False)
    one_line(done, "Error: params.yaml: ", said)
    assert done.executed == {"check"}


def test_an_unknown_key_is_named(project: Project) -> None:
    project.edit("params.yaml", lambda text: text.replace("seed: 42", "seed: 42\nsede: 1"))
    for command in ("check", "show"):  # no stage depends on a key that none reads, so `dvc repro` alone passes it by
        one_line(project.run("itemvec", command, ok=False), "unknown option 'sede'; did you mean 'seed'?")


def test_a_data_set_without_a_folder_is_named(project: Project) -> None:
    project.edit("params.yaml", lambda text: text.replace("datasets:\n", "datasets:\n  mine: {kind: tables}\n"))
    one_line(
        project.dvc("exp", "run", "-S", "dataset=mine", ok=False), "Error: data/mine is missing; put its files there"
    )


def stages(project: Project, items: str, **files: str) -> Done:
    """Run prepare and validate on small tables of one's own, by hand."""
    raw = project.root / "data" / "mine"
    raw.mkdir()
    for name, text in {"items": items, **files}.items():
        (raw / f"{name}.csv").write_text(text)
    project.edit("params.yaml", lambda text: text.replace("datasets:\n", "datasets:\n  mine: {kind: tables}\n"))
    project.edit("params.yaml", lambda text: text.replace("dataset: movielens-100k", "dataset: mine"))
    done = project.run("pipelines/run", "prepare", "data/mine", "out/tables", "out/reading", ok=False)
    if done.code:
        assert not (project.root / "out").exists() or not list((project.root / "out").rglob("*.*"))
        return done
    done = project.run("pipelines/run", "validate", "out/tables", "expectations", "out/gate", "out/metrics", ok=False)
    assert not (project.root / "out" / "gate").exists()
    assert not (project.root / "out" / "results").exists()
    return done


ITEMS, INTERACTIONS = "item_id,text\n1,a\n2,b\n", "user_id,item_id,timestamp\nu,1,1\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"items": "item_id,title\n1,a\n"}, ["column 'text' is missing"]),
        (
            {"items": "item_id,text\n1,a\n2,\u200b\n", "interactions": INTERACTIONS},
            ["items: column text", "first '2'"],
        ),
        ({"items": "item_id,text\n1,a\n2,\n", "interactions": INTERACTIONS}, ["items: column text", "first '2'"]),
        (
            {"items": ITEMS, "interactions": INTERACTIONS + "v,9,1\n"},
            ["interactions: column item_is_known: 1 of 2 rows", "first 'v'"],
        ),
        (
            {"items": ITEMS, "queries": "query_id,text\nq,x\n", "qrels": "query_id,item_id,gain\nq,1,0\n"},
            ["queries: column n_relevant: 1 of 1 rows", "first 'q'"],
        ),
    ],
)
def test_bad_tables_stop_before_any_encoding(project: Project, files: dict[str, str], said: list[str]) -> None:
    one_line(stages(project, **files), *said)


def test_a_missing_table_folder_says_what_to_run(project: Project) -> None:
    shutil.rmtree(project.root / "artifacts" / "embeddings")
    out = (
        "pca80",
        "artifacts/embeddings.digest",
        "artifacts/moments.digest",
        "artifacts/tables",
        "out/pca80",
        "out/pca80.json",
    )
    one_line(
        project.run("pipelines/run", "reduce", *out, ok=False), "artifacts/embeddings is missing; run `dvc checkout`"
    )
    assert not (project.root / "out").exists()


def test_a_torn_digest_says_what_to_run(project: Project) -> None:
    project.edit("artifacts/embeddings.digest", lambda text: text[:20])
    out = (
        "pca80",
        "artifacts/embeddings.digest",
        "artifacts/moments.digest",
        "artifacts/tables",
        "out/pca80",
        "out/pca80.json",
    )
    one_line(project.run("pipelines/run", "reduce", *out, ok=False), "embeddings.digest: cannot be read", "`dvc repro`")


def cached_rows(cache: Path) -> int:
    """Rows in all tables of a row cache."""
    tables = [lance.find(cache, path.stem) for path in cache.glob("*.lance")]
    return sum(table.count_rows() for table in tables if table is not None)


def test_a_killed_stage_resumes_where_it_stopped(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 after the first batches: no artifact is there, and what was encoded is not encoded again."""
    project.edit("src/itemvec/encoders/inference.py", lambda text: text.replace('"cpu": 2048', '"cpu": 512'))
    project.edit("src/itemvec/encoders/cache_writer.py", lambda text: text.replace("SECONDS = 5.0", "SECONDS = 0.0"))
    shutil.rmtree(project.root / "artifacts" / "embeddings")
    fresh = Project(project.root, tmp_path / "cache")
    tables = "artifacts/tables"
    command = [
        *("pipelines/run", "embed", f"{tables}/items.parquet", f"{tables}/queries.parquet"),
        *("expectations/vectors.json", "artifacts/embeddings", "results/embed.json"),
    ]
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": programs, "ITEMVEC_CACHE": str(fresh.cache)}
    stage = subprocess.Popen(
        command, cwd=fresh.root, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while stage.poll() is None and cached_rows(fresh.cache) < 64:
        time.sleep(0.02)
    assert stage.poll() is None, "the stage ended before it could be killed"
    os.killpg(stage.pid, signal.SIGKILL)
    stage.wait()
    assert not (fresh.root / "artifacts" / "embeddings").exists()
    kept = cached_rows(fresh.cache)

    done = fresh.run(*command)
    encoded = 299 - kept if kept < 299 else 0
    assert f"items: encoded {encoded} of " in done.output
    assert not list((fresh.root / "artifacts").glob(".*.partial"))


def test_the_launcher_finds_python_and_code_wherever_it_is_called_from(project: Project, tmp_path: Path) -> None:
    """Without a .venv above it, the python of the PATH; the code is that of its own checkout."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(project.root / "pipelines" / "run"), "check", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PATH": programs}, capture_output=True, text=True)
    assert "Example: pipelines/run check" in done.stdout
    assert (ROOT / "pipelines" / "run").stat().st_mode & 0o111
