"""Whatever is sent, sent twice, cut off or written by two at once: what was acknowledged is there, once."""

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemvec.core.errors import DatasetError, ItemvecError
from itemvec.datasets.judgment_log import SKIP, UNDO, Line, last_lines, parsed, read_log
from itemvec.judging import judge_file
from itemvec.judging.judge_file import HEADER, JudgeFile, scale

IDS = st.sampled_from(["q1", 'with "quotes"', "two\nlines", "a,b", "é\r", ""])
GRADES = st.sampled_from(["0", "1", "3", SKIP, UNDO])
STEPS = st.one_of(
    st.tuples(st.just("post"), st.integers(0, 1), IDS, IDS, GRADES),
    st.tuples(st.just("again"), st.integers(0, 1)),
    st.tuples(st.just("cut"), st.integers(1, 60), IDS, IDS, GRADES),
    st.tuples(st.just("start"), st.integers(0, 1)),
)


def line(number: int, query: str, item: str, grade: str) -> Line:
    return Line("2026-01-01T00:00:00Z", f"token{number:04}", query, item, grade, float(grade) if grade < "a" else None)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_any_sequence_of_posts_and_kills_gives_the_right_file(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "anna.csv"
        processes = [JudgeFile(path), JudgeFile(path)]
        kept: list[Line] = []
        for number, (step, *values) in enumerate(steps):
            if step == "post":
                one = line(number, *values[1:])
                assert processes[values[0]].add(one)
                kept.append(one)
            elif step == "again" and kept:
                assert not processes[values[0]].add(kept[-1])
            elif step == "cut":  # killed while it wrote: some bytes of a line that nobody was told of
                if path.exists():  # it removes what another left, before it writes
                    os.truncate(path, parsed(path.read_bytes(), path)[1])
                whole = line(number, *values[1:]).written()
                content = whole if path.exists() else HEADER + whole
                with path.open("ab") as file:
                    file.write(content[: min(values[0], len(content) - 1)])
            elif step == "start":
                processes[values[0]] = JudgeFile(path)
        assert (read_log(path) if path.exists() else []) == kept
        for process in processes:
            process.look()
            assert process.last == last_lines(kept)
            assert len(process.lines) == len(kept)


def test_what_was_cut_off_is_removed_before_the_next_line(tmp_path: Path) -> None:
    path = tmp_path / "anna.csv"
    JudgeFile(path).add(line(1, "q", "a", "3"))
    with path.open("ab") as file:
        file.write(b"2026-01-01T00:00:00Z,tok")
    JudgeFile(path).add(line(2, "q", "b", "1"))
    assert path.read_bytes() == HEADER + line(1, "q", "a", "3").written() + line(2, "q", "b", "1").written()


def test_the_last_line_counts_and_a_withdrawn_one_does_not() -> None:
    lines = [line(1, "q", "a", "3"), line(2, "q", "b", "1"), line(3, "q", "a", "0"), line(4, "q", "b", UNDO)]
    assert last_lines(lines) == {("q", "a"): lines[2]}


def test_a_line_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    path = tmp_path / "anna.csv"

    def sync(number: int) -> None:
        if stat.S_ISREG(os.fstat(number).st_mode):
            synced.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", sync)
    JudgeFile(path).add(line(1, "q", "a", "3"))
    assert synced == [HEADER + line(1, "q", "a", "3").written()]


def test_a_full_disk_keeps_nothing_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = JudgeFile(tmp_path / "anna.csv")
    one.add(line(1, "q", "a", "3"))
    before = one.path.read_bytes()

    def half(number: int, whole: bytes) -> None:
        os.write(number, whole[:9])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(judge_file, "_write", half)
        with pytest.raises(ItemvecError, match="No space left on device; the judgment was not kept"):
            one.add(line(2, "q", "b", "3"))
    assert one.path.read_bytes() == before
    assert one.add(line(2, "q", "b", "3"))
    assert [found.item for found in read_log(one.path)] == ["a", "b"]


def test_a_link_into_the_cache_is_not_written_to(tmp_path: Path) -> None:
    cached, path = tmp_path / "cache", tmp_path / "judgments/anna.csv"
    JudgeFile(cached).add(line(1, "q", "a", "3"))
    before = cached.read_bytes()
    path.parent.mkdir()
    path.hardlink_to(cached)
    JudgeFile(path).add(line(2, "q", "b", "0"))
    assert cached.read_bytes() == before
    assert len(read_log(path)) == 2


@pytest.mark.parametrize(
    "text", ["t,tok,q,i,7x,1\n", "t,tok,q,i,1\n", "t,tok,q,i,skip,1\n", "t,tok,q,i,1,nan\n", "t,tok,q,i,1,-1\n"]
)
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "anna.csv"
    path.write_bytes(HEADER + text.encode())
    with pytest.raises(DatasetError, match=r"judgment 1 is none.*mend that line"):
        read_log(path)
    path.write_text("query,item\n")
    with pytest.raises(DatasetError, match="its first line is not time,token"):
        read_log(path)


def test_the_scale_stays_once_somebody_has_judged(tmp_path: Path) -> None:
    assert scale(tmp_path, (0, 1), writes=False) == (0, 1)
    assert not (tmp_path / "judgments").exists()
    assert scale(tmp_path, (0, 1)) == (0, 1)
    assert scale(tmp_path, (0, 1, 2)) == (0, 1, 2)
    JudgeFile(tmp_path / "judgments/anna.csv").add(line(1, "q", "a", "1"))
    assert scale(tmp_path, (0, 5)) == (0, 1, 2)
