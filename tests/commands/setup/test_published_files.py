"""Published files as they come become data sets, without an option."""

import os
from pathlib import Path
from typing import Any

import pytest

from itemvec.commands.setup.questions import ask_column, ask_gains
from itemvec.commands.setup.raw_files import Given
from itemvec.commands.setup.trial_reading import read_once
from itemvec.commands.setup.understanding import understand
from itemvec.datasets import Tables
from tests.conftest import ROOT

SHARED = Path(os.environ.get("ITEMVEC_SHARED_DATA", ""))
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif("ITEMVEC_SHARED_DATA" not in os.environ, reason="ITEMVEC_SHARED_DATA is not set"),
]


def read(**given: Any) -> Tables:
    return read_once("mine", understand(Given(**given), ask_column, ask_gains), strict=True).tables


def test_the_page_about_own_data_shows_what_crowdflower_gives() -> None:
    tables = read(items=SHARED / "crowdflower" / "train.csv")
    sizes = f"{len(tables.items):,} items, {len(tables.queries):,} queries, {len(tables.qrels):,} judgments"
    assert f"search can be measured on {sizes}." in (ROOT / "docs/how-to/own-data.md").read_text()


def test_the_original_files_of_scientific() -> None:
    folder = SHARED / "scientific"
    tables = read(items=folder / "Scientific.text", interactions=folder / "Scientific.train.inter")
    assert (len(tables.items), len(tables.interactions)) == (4385, 59_427)
    assert set(tables.interactions["split"].to_pylist()) == {"train", "validation", "test"}


def test_scifact_in_its_own_layout() -> None:
    folder = SHARED / "scifact"
    judged = {"queries": folder / "queries.jsonl", "judgments": folder / "qrels" / "test.tsv"}
    tables = read(items=folder / "corpus.jsonl", **judged)
    assert (len(tables.items), len(tables.queries), len(tables.qrels)) == (5183, 300, 339)
