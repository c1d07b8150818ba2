"""The README's table of results, from a run whose best cells are known."""

import json
from pathlib import Path
from typing import Any

import pytest

from docs.generator.best_results import MOST, best_results
from tests.conftest import ROOT


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the last run, in which numbers can be changed."""
    for name in ("params.yaml", "models.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    for path in (ROOT / "results").rglob("*.json"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    return tmp_path


def change(path: Path, group: str, facts: dict[str, Any]) -> None:
    found = json.loads(path.read_text())
    found["groups"][group]["ndcg@10"] |= facts
    path.write_text(json.dumps(found))


def test_the_best_cell_answers(root: Path) -> None:
    change(root / "results/recommend/sasrec/int8.json", "users", {"mean": 0.5, "low": 0.25, "high": 0.75})
    change(root / "results/baseline/ease.json", "users", {"mean": 0.375, "low": 0.125, "high": 0.625})
    first, second = (cells(line) for line in best_results(root).splitlines()[2:4])
    assert first == ["Recommendation, with text vectors", "`sasrec` on `int8`", "0.5000 [0.250, 0.750]", "384"]
    assert second == ["Recommendation, without", "`ease`", "0.3750 [0.125, 0.625]", "-"]


def test_a_cut_is_the_shortest_that_is_shown(root: Path) -> None:
    path = root / "results/truncation/full.json"
    found = json.loads(path.read_text())
    lengths = {"8": 0.05, "16": 0.049, "32": 0.001}
    found["groups"] = {
        "constructed: known item": {
            "lengths": {length: {"mean": 0.5, "low": 0.25, "high": 0.75, "p": p} for length, p in lengths.items()}
        }
    }
    path.write_text(json.dumps(found))
    cuts = [cells(line) for line in best_results(root).splitlines() if "shortest" in line]
    assert cuts == [
        ["Search, known item, shortest (< 1 % lost)", "`full`, first 16", "0.5000 [0.250, 0.750]", str(16 * 4)]
    ]


def test_it_is_read_at_a_glance(root: Path) -> None:
    assert len(best_results(root).splitlines()) - 2 <= MOST
