from pathlib import Path

from itemvec.commands.paper.command import SMALL
from itemvec.commands.paper.settings import Settings
from itemvec.commands.paper.small_files import write_small_files
from itemvec.datasets import DATASETS
from tests.conftest import ROOT


def test_the_readers_of_the_published_forms_read_them(tmp_path: Path) -> None:
    rows = Settings.load(ROOT / SMALL).rows["datasets"]
    names = write_small_files(tmp_path, items=24, users=20, queries=8)
    assert set(names) == set(rows)
    tables = {name: DATASETS.build(name, rows[name]).load(tmp_path / name) for name in names}
    for name in ("small-beauty", "small-games", "small-baby"):
        found = tables[name].interactions
        assert set(found["split"].to_pylist()) == {"train", "validation", "test"}
        assert len(found) == 20 * 8
    assert len(tables["small-esci"].qrels) == 2 * 8  # the exact matches alone
    assert set(tables["small-c4"].queries["group"].to_pylist()) <= {"Office", "Sports"}
    again = tmp_path / "again"
    write_small_files(again, items=24, users=20, queries=8)
    for path in sorted(again.rglob("*.*")):
        assert path.read_bytes() == (tmp_path / path.relative_to(again)).read_bytes()
