from pathlib import Path

import pytest

from itemvec.core.errors import TableError
from itemvec.core.files import write_json
from itemvec.decision.results import Results
from itemvec.report.studies import studies


def test_what_was_found_is_said(results: Results, folder: Path) -> None:
    lengths, shape, dimensions, agreement, capacity = studies(results, folder / "measures")
    assert lengths.tables[0].title == "Search, hit@1"
    assert lengths.tables[0].header == ["first dimensions", "full", "small"]
    assert lengths.tables[0].rows[0] == ["2", *["0.5000 [0.250, 0.750], -12.5%"] * 2]
    assert lengths.tables[0].rows[1:3] == [[length, "0.5000 [0.250, 0.750], -12.5%", "-"] for length in ("4", "6")]
    assert len(lengths.tables[0].rows) == 4
    assert lengths.tables[0].note == "the fewest dimensions shown to lose less than 1%: full 4; small none"
    assert shape.tables[1].rows[0] == ["full", "0.125", "-2.500", "3.25", "50.0%", "6.2%", "0.875"]
    assert dimensions.tables[0].title.startswith(
        "constructed: a (20 queries, nDCG@10 0.5000): 3 of 8 dimensions are harm"
    )
    assert dimensions.tables[0].rows == [["worst tenth", "1 and 2", "+0.1250", "0.2500 [0.125, 0.375]", "<0.001"]]
    assert agreement.tables[0].rows[0] == ["cosine and EASE weight", "1,225 pairs", "0.100", "0.200"]
    assert agreement.tables[2].rows == [["0.750", "0", "6.0", "red <b>", "blue"]]
    assert capacity.tables[0].rows[0][-1] == "2: 50.0%, 4: 100.0%"
    assert capacity.tables[1].rows == [
        ["full", "8", "100.0% (-0.500, +0.375)"],
        ["small", "2", "25.0% (-0.500, +0.375)"],
    ]
    assert "1.5e-02 with 10 items" in capacity.words


def test_where_there_is_nothing_to_say_there_is_no_section(results: Results, folder: Path) -> None:
    write_json(folder / "results" / "ablate_dimensions.json", {"dim": 8, "groups": {}})
    write_json(folder / "results" / "collaborative_similarity.json", {"items": 0, "users": 0})
    write_json(folder / "results" / "capacity.json", {"groups": {}, "construction": {}})
    for name in results.params.variants:
        write_json(folder / "results" / "truncation" / f"{name}.json", {"metric": "hit@1", "groups": {}})
    assert [one.title for one in studies(results, folder / "measures")] == ["How the vectors use their space"]


def test_a_missing_study_says_what_to_run(results: Results, folder: Path) -> None:
    (folder / "results" / "capacity.json").unlink()
    with pytest.raises(TableError, match=r"capacity\.json: cannot be read .*; run `dvc repro`"):
        studies(results, folder / "measures")
