from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from itemvec.commands.main import main
from itemvec.core.columns import INTERACTIONS, ITEMS, RUN
from itemvec.core.files import write_json, write_parquet
from tests.core.test_params import write

FILMS = {"a": "Alien", "b": "Brazil", "c": "Casablanca", "d": "Dune\u202e"}
TAKEN = {"ann": "abcd", "bob": "dcba"}  # leave-one-out: the last is tested, the one before validates


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run in which the cell recommend/best/full finds the test item of ann at rank 2, in its first seed."""
    write(tmp_path / "params.yaml")
    tables = tmp_path / "artifacts/tables"
    write_parquet(tables / "items.parquet", pa.table([list(FILMS), list(FILMS.values())], schema=ITEMS))
    rows = [(user, item, time) for user, items in TAKEN.items() for time, item in enumerate(items)]
    write_parquet(tables / "interactions.parquet", pa.table(list(zip(*rows, strict=True)), schema=INTERACTIONS))
    cells = {key: {"cell": f"recommend/{key}/full", "mean": mean} for key, mean in {"best": 0.9, "other": 0.1}.items()}
    write_json(
        tmp_path / "decision.json",
        {"tasks": {"recommend": {"left": ["best"], "groups": {"users": {"cells": cells}}}}},
    )
    for cell, order in {"best": "bdca", "other": "abc"}.items():
        ranked = [(user, seed, item, rank, -rank) for user in TAKEN for seed in (7, 8)
                  for rank, item in enumerate(order if seed == 7 else order[::-1], 1)]  # fmt: skip
        run = pa.table([pa.array(one) for one in zip(*ranked, strict=True)], names=RUN.names).cast(RUN)
        write_parquet(tmp_path / f"artifacts/runs/recommend/{cell}/full.parquet", run)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["recommend", *arguments])


def test_history_ranks_and_what_was_taken_next(root: Path) -> None:
    lines = run("--user", "ann", "-k", "3").output.splitlines()
    assert lines[0] == "User ann took 1 item next: the first of them at rank 2, by recommend/best/full."
    assert lines[2:6] == ["History, 3 items, the last of them:", "     Alien", "     Brazil", "     Casablanca"]
    assert lines[7:11] == [
        "Recommended (* was taken next):",
        "  1   -1.0000  Brazil",
        "  2*  -2.0000  Dune",
        "  3   -3.0000  Casablanca",
    ]
    assert lines[-1] == "     rank 2  Dune"


def test_an_item_that_was_not_found_has_no_rank(root: Path) -> None:
    result = run("--user", "ann", "--cell", "recommend/other/full")
    assert result.output.startswith("User ann took 1 item next: none of them in the list, by recommend/other/full.")
    assert result.output.splitlines()[-1] == "     not among the 3 that were ranked:  Dune"


def test_what_is_nowhere_is_said(root: Path) -> None:
    assert "user 'eve' is not in the interactions; such users are 'ann', 'bob'" in run("--user", "eve").output
    assert "did you mean 'recommend/best/full'?" in run("--user", "ann", "--cell", "recommend/bst/full").output
    (root / "decision.json").unlink()
    assert "has no recommendation" in run("--user", "ann").output


def test_of_several_cases_the_latest_is_shown(root: Path) -> None:
    """From time 2 on, each interaction of ann is a case: c after a and b, then d, whose run has the id ann #2."""
    split = {"kind": "timestamp", "validation_from": 1, "test_from": 2}
    protocol = YAML(typ="safe").load(root / "params.yaml")["recommend"]
    write(root / "params.yaml", recommend=protocol | {"split": split})
    ranked = [(case, 7, item, rank, -rank) for case, order in (("ann", "ca"), ("ann #2", "abd"))
              for rank, item in enumerate(order, 1)]  # fmt: skip
    run_table = pa.table([pa.array(one) for one in zip(*ranked, strict=True)], names=RUN.names).cast(RUN)
    write_parquet(root / "artifacts/runs/recommend/best/full.parquet", run_table)
    lines = run("--user", "ann").output.splitlines()
    assert lines[0] == "User ann took 1 item next: the first of them at rank 3, by recommend/best/full."
    assert lines[1] == "It is the latest of 2 cases of this user."
    assert "     Casablanca" in lines


def test_reasons_name_the_persona_and_the_items_behind(root: Path) -> None:
    path = root / "artifacts/runs/recommend/best/full.parquet"
    run_table = pq.read_table(path)
    n = len(run_table)
    behind = pa.array([["a", "c"], [], ["a"], ["b"]] * (n // 4), pa.list_(pa.string()))
    write_parquet(
        path, run_table.append_column("persona", pa.array([2, 1, 1, 1] * (n // 4))).append_column("behind", behind)
    )
    assert "persona" not in run("--user", "ann").output
    lines = run("--user", "ann", "--explain").output.splitlines()
    assert lines[8:13] == [
        "  1   -1.0000  Brazil",
        "               persona 2, for Alien",
        "               and Casablanca",
        "  2*  -2.0000  Dune",
        "               persona 1, for nothing in the history",
    ]


def test_what_gives_no_reasons_is_refused_and_what_does_is_named(root: Path) -> None:
    found = run("--user", "ann", "--explain")
    assert found.exit_code == 1
    assert found.output.startswith(
        "Error: recommend/best/full gives no reasons, since it is not of kind personas; the last"
    )
    path = root / "artifacts/runs/recommend/other/full.parquet"
    reasons = pa.array([1] * len(pq.read_table(path)))
    write_parquet(path, pq.read_table(path).append_column("persona", reasons))
    found = run("--user", "ann", "--explain")
    assert found.exit_code == 1
    assert "name one that is by --cell: recommend/other/full" in found.output


@pytest.fixture
def genres(root: Path) -> None:
    """Brazil and Casablanca are comedies; Dune, which ann took, is not. A maker has the name of a genre."""
    columns = [[["Drama"], ["Comedy", "Drama"], ["Comedy"], ["Western"]], [["Western"], [], [], []]]
    path = root / "artifacts/tables/items.parquet"
    items = pq.read_table(path)
    for name, values in zip(("genres", "maker"), columns, strict=True):
        items = items.append_column(name, pa.array(values, pa.list_(pa.string())))
    write_parquet(path, items)


@pytest.mark.usefixtures("genres")
@pytest.mark.parametrize("asked", ["Comedy", "genres=Comedy"])
def test_within_a_condition_the_list_is_filtered_and_keeps_its_ranks(asked: str) -> None:
    """The list is Brazil, Dune, Casablanca, Alien."""
    lines = run("--user", "ann", "--condition", asked).output.splitlines()
    assert lines[0] == "2 of the 4 ranked items have genres=Comedy: the list is filtered, not ranked anew."
    assert lines[1] == "User ann took 1 item next: the first of them at rank 2, by recommend/best/full."
    assert lines[8:11] == ["Recommended (* was taken next):", "  1   -1.0000  Brazil", "  3   -3.0000  Casablanca"]
    assert "  1   -1.0000  Brazil\n\nTaken" in run("--user", "ann", "--condition", asked, "-k", "1").output


@pytest.mark.usefixtures("genres")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Comdy", "no item has the attribute 'Comdy'; did you mean 'Comedy'?"),
        ("genre=Comedy", "no item has the attribute 'genre=Comedy'; did you mean 'genres=Comedy'?"),
        ("zzz", "no item has the attribute 'zzz'; choose from Comedy, Drama, Western"),
        ("Western", "'Western' is a value of several attributes; write one of genres=Western, maker=Western"),
    ],
)
def test_a_condition_that_is_unknown_is_refused(asked: str, said: str) -> None:
    found = run("--user", "ann", "--condition", asked)
    assert found.exit_code == 1
    assert said in found.output


@pytest.mark.usefixtures("root")
def test_items_without_attributes_have_no_conditions() -> None:
    assert "items have no attributes; name some in the row" in run("--user", "ann", "--condition", "x").output
