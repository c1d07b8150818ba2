"""A corpus of bad and odd inputs: each gives the right table or a clear line, never a traceback or a silent loss."""

from collections import Counter
from pathlib import Path

import pytest

from tests.datasets.odd_inputs import HARMLESS, SOUND, Odd, odd_inputs
from tests.datasets.odd_outcomes import ALLOWED, outcome

INPUTS = list(odd_inputs())
LEAST = 150  # inputs that there must be, whoever takes some away


@pytest.mark.parametrize("kind", SOUND)
def test_every_input_gives_a_table_or_a_line(kind: str, tmp_path: Path) -> None:
    found = {odd.name: outcome(odd, tmp_path / str(place)) for place, odd in enumerate(INPUTS) if odd.kind == kind}
    wrong = {name: one for name, one in found.items() if one.outcome not in ALLOWED}
    assert not wrong
    counts = Counter(one.outcome for one in found.values())
    assert counts["one line"] > 0
    assert counts["read"] + counts["read, and told"] > 0


def test_the_corpus_is_large_and_names_each_input_once() -> None:
    names = [odd.name for odd in INPUTS]
    assert len(names) >= LEAST
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", SOUND)
def test_the_sound_files_are_read_without_a_word(kind: str, tmp_path: Path) -> None:
    row, texts = SOUND[kind]
    files = {name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()}
    found = outcome(Odd(kind, "nothing", files, row, files, same=True), tmp_path)
    assert found.outcome == "read", found.said


def test_what_does_no_harm_is_read_in_every_kind(tmp_path: Path) -> None:
    harmless = [odd for odd in INPUTS if odd.fault.rpartition(": ")[2] in HARMLESS and odd.kind != "esci"]
    found = {odd.name: outcome(odd, tmp_path / str(place)) for place, odd in enumerate(harmless)}
    assert {name for name, one in found.items() if one.outcome == "one line"} == set()


def test_a_loss_or_a_traceback_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that lack their last row without a word, and of a reader that stumbles."""
    row, texts = SOUND["beir"]
    files = {name: str(text).encode() for name, text in texts.items()}
    short = files | {"corpus.jsonl": files["corpus.jsonl"].rsplit(b"\n", 2)[0]}
    assert outcome(Odd("beir", "x", short, row, files), tmp_path / "a").outcome == "silent loss"
    assert outcome(Odd("beir", "x", short, row, files, same=True), tmp_path / "b").outcome == "silent loss"

    def stumble(odd: Odd, root: Path) -> None:
        raise KeyError("x")

    monkeypatch.setattr(Odd, "load", stumble)
    assert outcome(Odd("beir", "x", files, row), tmp_path / "c").outcome == "traceback"
