import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.data_drift.languages import NONE, language
from itemvec.commands.main import main
from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.files import write_parquet
from tests.core.test_params import write

WORDS = [f"{colour} {thing}" for colour in ("red", "blue", "green", "grey", "pink") for thing in
         ("lamp", "hat", "hose", "shoe", "desk", "chair", "rug", "pot", "cup", "box", "bag", "pen")]  # fmt: skip
OTHER = [f"engine of the train number {number}" for number in range(40)]


def tables(folder: Path, items: list[str], queries: list[str]) -> Path:
    names = [[f"{text}-id" for text in some] for some in (items, queries)]
    write_parquet(folder / "items.parquet", pa.table([names[0], items], schema=ITEMS))
    groups = ["real"] * len(queries)
    write_parquet(folder / "queries.parquet", pa.table([names[1], queries, groups], schema=QUERIES))
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "params.yaml", model="words", models={"words": {"kind": "hashing", "dim": 64}})
    order = np.random.default_rng(0).permutation(len(WORDS))
    mixed = [WORDS[place] for place in order]
    tables(tmp_path / "old", mixed[:35], mixed[:30])
    tables(tmp_path / "same", mixed[5:], [f"  {one.upper()} " for one in mixed[10:60]])
    tables(tmp_path / "other", mixed[:35] + OTHER, mixed[:30])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["drift", *arguments])


def test_more_of_the_same_is_no_drift(root: Path) -> None:
    """Blanks and capitals make no new query: 20 of 50 were known."""
    result = run("old", "same", "--fail-on", "drift", "--least-known", "0.4")
    lines = result.output.splitlines()
    assert lines[0] == "old has 40% of today's queries; new texts are not shown to differ from the known ones."
    assert lines[2] == (
        "items: 55, of which 25 are new and 0 have another text; 5 are gone; 54.5% of the texts were known"
    )
    assert (result.exit_code, result.output.count("no significant difference")) == (0, 6)
    assert run("old", "same", "--fail-on", "drift", "--least-known", "0.41").exit_code == 1
    assert run("old", "same").exit_code == 0


def test_items_of_another_kind_are_drift(root: Path) -> None:
    result = run("old", "other", "--fail-on", "drift")
    first = result.output.splitlines()[0]
    assert first == (
        "old has 100% of today's queries and 47% of today's items; new items differ from the known ones (lengths, "
        "languages, vectors): measure again."
    )
    assert result.exit_code == 1
    assert "New items furthest from the known ones:\n  engine of the train number" in result.output
    found = json.loads(run("old", "other", "--json", "--no-vectors").output)
    assert [test["subject"] for test in found["tests"]] == ["lengths", "languages"]
    assert (found["drifted"], found["parts"]["items"]["new"], found["parts"]["queries"]["covered"]) == (True, 40, 1.0)


def test_few_new_texts_are_not_compared(root: Path) -> None:
    tables(root / "few", WORDS, WORDS[:5])
    result = run("few", "few")
    assert result.output.startswith("few has 100% of today's queries; no text is new.\n")
    tables(root / "none", WORDS, [])
    assert (
        run("none", "few").output.splitlines()[4] == "  5 new texts are too few to compare; 20 are needed on both sides"
    )


def test_revisions_have_the_date_of_their_decision(root: Path) -> None:
    """Data in git instead of DVC reads alike through DVC."""
    (root / "artifacts").mkdir()
    (root / "old").rename(root / "artifacts/tables")
    (root / "decision.json").write_text("{}")
    dvc = [sys.executable, "-m", "dvc", "init", "-q"]
    commands = ("git add -f .", "git commit -qm one --date=2026-03-02T12:00:00Z")
    for command in (["git", "init", "-q"], dvc, *map(str.split, commands)):
        subprocess.run(command, cwd=root, check=True, env=environment())
    result = run("HEAD", "same", "--no-vectors")
    assert result.output.startswith("The decision of 2026-03-02 rests on 40% of today's queries"), result.output
    assert run(".", "HEAD", "--no-vectors").output.startswith("The decision of 2026-03-02 rests on 100%")
    assert "is neither a folder nor a revision of git" in run("nowhere", "same").output


def environment() -> dict[str, str]:
    import os

    name = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return os.environ | name | {"GIT_COMMITTER_DATE": "2026-03-02T12:00:00Z"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shoes for the beach and the sea", "Latin, english"),
        ("Schuhe für den Strand und das Meer", "Latin, german"),
        ("zapatos para la playa", "Latin, spanish"),
        ("red shoe", "Latin"),
        ("обувь для пляжа", "Cyrillic"),
        ("帽子", "Cjk"),
        ("42 — 17", NONE),
    ],
)
def test_scripts_and_languages(text: str, expected: str) -> None:
    assert language(text) == expected
