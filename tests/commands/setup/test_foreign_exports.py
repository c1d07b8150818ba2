"""Exports as shops of other countries write them, and what only their owner knows of them."""

from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError, ParamsError
from tests.commands.setup.test_understanding import tables_of, understood, write

GRADES = ("◎", "○", "×")


def test_an_export_of_a_german_shop(tmp_path: Path) -> None:
    items = "Artikelnummer;Bezeichnung;Warengruppe;Preis (€)\n"
    items += "".join(f"{1000 + row};Grüne Türklinke {row};Haus;{row},50\n" for row in range(9))
    log = "Bestellnummer;Kundennummer;Artikelnummer;Bestelldatum\n"
    log += "".join(f"{row};{row % 3};{1000 + row % 9};{row + 1}.2.2024 9:05\n" for row in range(12))
    paths = [write(tmp_path / f"{name}.csv", text, "cp1252") for name, text in (("items", items), ("log", log))]
    found = understood(items=paths[0], interactions=paths[1])
    assert found.row["columns"] == {
        "item_id": "Artikelnummer",
        "text": ["Bezeichnung", "Warengruppe"],
        "user_id": "Kundennummer",
        "timestamp": "Bestelldatum",
    }
    tables = tables_of(found)
    assert tables.items["text"][1].as_py() == "Grüne Türklinke 1. Haus"
    assert tables.interactions["timestamp"][0].as_py() == 1706778300  # 2024-02-01 09:05


def test_words_without_blanks_are_words_and_a_grade_that_no_name_tells_is_asked_for(tmp_path: Path) -> None:
    """Left unread, it would count every judgment as relevant."""
    items = "品目\t書\n" + "".join(f"J{row}\t木製の椅子 {row}号\n" for row in range(6))
    asked = "読者\t品目\t評\n" + "".join(f"青い椅子{row % 4}\tJ{row % 6}\t{GRADES[row % 3]}\n" for row in range(12))
    paths = [write(tmp_path / f"{name}.tsv", text, "utf-8-sig") for name, text in (("a", items), ("b", asked))]
    with pytest.raises(DatasetError, match=r"no column looks like the grade of the judgments; .*if every judgment is"):
        understood(items=paths[0], judgments=paths[1])
    every = understood(items=paths[0], judgments=paths[1], columns={"gain": []})
    assert every.parts[1].roles == {"query": ["読者"], "item_id": ["品目"], "gain": []}
    gain = dict(zip(GRADES, (2.0, 1.0, 0.0), strict=True))
    graded = understood(items=paths[0], judgments=paths[1], row={"gain": gain})
    assert graded.parts[1].roles["gain"] == ["評"]
    assert sorted(set(tables_of(graded).qrels["gain"].to_pylist())) == [0.0, 1.0, 2.0]


def test_grades_that_are_given_for_no_column_are_refused(tmp_path: Path) -> None:
    items = write(tmp_path / "items.csv", "item_id,title\n1,red lamp\n2,blue seat\n")
    judged = write(tmp_path / "judged.csv", "query,item_id\nred lamp,1\nblue seat,2\nred lamp,2\n")
    with pytest.raises(ParamsError, match="--gain: no column looks like the grade; write --columns judgments"):
        understood(items=items, judgments=judged, row={"gain": 2.0})


def test_kinds_of_events_count_alike_and_that_is_said(tmp_path: Path) -> None:
    items = write(tmp_path / "items.csv", "item_id,title\n1,red lamp\n2,blue seat\n")
    rows = "".join(f"u{row % 2},{1 + row % 2},{1433221332117 + row},{('view', 'buy')[row % 2]}\n" for row in range(6))
    log = write(tmp_path / "log.csv", f"user_id,item_id,timestamp,event\n{rows}")
    found = understood(items=items, interactions=log)
    assert "'event' is not used: every interaction counts, whether buy or view" in found.said
