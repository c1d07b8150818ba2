"""What a step prints: lines in a pipe, by a clock of the test; a bar in a terminal of 80 columns."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time

import pytest

from itemvec.core import progress as module
from itemvec.core.progress import Lines, each, progress, say

PAUSED = "itemvec.core.progress.QUIET"


class Clock:
    """A clock, and the event that a step's watch waits for: waiting makes it later, until ``end``."""

    def __init__(self, end: float) -> None:
        self.now, self.end = 0.0, end

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now = min(self.now + seconds, self.end)
        return self.now >= self.end


def watched(monkeypatch: pytest.MonkeyPatch, seconds: float, speed: float, total: int | None, unit: str) -> list[str]:
    """What a step prints that takes so many seconds and does ``speed`` each second, a line each."""
    clock, stream = Clock(seconds), io.StringIO()
    monkeypatch.setattr(time, "monotonic", clock)
    lines = Lines(total, "embed items", unit, 0, False, stream)

    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            before = clock.now
            over = clock.wait(timeout or 0)
            lines.update((clock.now - before) * speed)
            return over

    module._watch(lines, Stopped())
    lines.end()
    return stream.getvalue().splitlines(keepends=True)


def test_a_long_step_prints_a_line_after_two_seconds_one_every_30_and_one_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert watched(monkeypatch, 80, 25, 2000, "texts") == [
        "embed items: 50 of 2,000 texts (2%), 25 a second, 78 s left\n",
        "embed items: 800 of 2,000 texts (40%), 25 a second, 48 s left\n",
        "embed items: 1,550 of 2,000 texts (78%), 25 a second, 18 s left\n",
        "embed items: 2,000 texts in 80 s, 25 a second\n",
    ]


def test_a_fast_step_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, 1.9, 25, 48, "texts") == []


def test_a_step_of_unknown_length_tells_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, 9000, 0.5, None, "texts")[-2:] == [
        "embed items: 4,486 texts, 2 s each\n",
        "embed items: 4,500 texts in 2.5 h, 2 s each\n",
    ]


def test_a_step_in_which_nothing_can_be_counted_tells_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, 40, 0, None, "") == [
        "embed items: 2 s so far\n",
        "embed items: 32 s so far\n",
        "embed items: done in 40 s\n",
    ]


def test_a_step_that_went_on_and_ended_early_counts_its_own_work_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = Clock(10), io.StringIO()
    monkeypatch.setattr(time, "monotonic", clock)
    lines = Lines(300, "train, seed 42", "epochs", 100, False, stream)
    clock.wait(10)
    lines.update(20)
    lines.note("nDCG@10 0.0695, best 0.0701")
    lines.tell()
    lines.end()
    assert stream.getvalue() == (
        "train, seed 42: 120 of 300 epochs (40%), 2 a second, 90 s left; nDCG@10 0.0695, best 0.0701\n"
        "train, seed 42: 120 of 300 epochs in 10 s, 2 a second; nDCG@10 0.0695, best 0.0701\n"
    )


def test_bytes_have_prefixes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = Clock(10), io.StringIO()
    monkeypatch.setattr(time, "monotonic", clock)
    lines = Lines(40_000_000, "ml-20m", "B", 0, True, stream)
    clock.wait(10)
    lines.update(10_000_000)
    lines.tell()
    assert stream.getvalue() == "ml-20m: 10.0MB of 40.0MB (25%), 1.00MB a second, 30 s left\n"


def test_a_pipe_gets_whole_lines_also_while_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(PAUSED, 0.01)
    with progress(3, "wait", "texts") as shown:
        time.sleep(0.2)
        shown.update(3)
    said = capsys.readouterr().err
    assert said.startswith("wait: 0 of 3 texts (0%)\n")
    assert re.fullmatch(r"wait: 3 texts in 0 s, \d+ a second\n", said.splitlines(keepends=True)[-1])
    assert "\r" not in said


def test_a_step_that_fails_prints_no_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(PAUSED, 0.0)
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), progress(3, "fail", "texts"):
        raise ZeroDivisionError
    assert " in " not in capsys.readouterr().err
    assert threading.active_count() == before


def test_each_passes_all_on_and_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(PAUSED, 0.0)
    assert list(each(iter("abc"), 3, "spell", "letters")) == ["a", "b", "c"]
    assert "spell: 3 letters in 0 s" in capsys.readouterr().err


def test_a_remark_is_one_line_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    say("items: 2 texts are cut off")
    assert capsys.readouterr() == ("items: 2 texts are cut off\n", "")


IN_A_TERMINAL = """
import time
from itemvec.core.progress import progress, say
with progress(100_000_000, "embed queries", "queries") as shown:
    shown.update(25_165_824)
    say("a remark")
    time.sleep(1.1)
    shown.update(100_000_000 - 25_165_824)
with progress(300, "LightSANs, seed 42", "epochs") as shown:
    for _ in range(2):
        shown.note("nDCG@10 0.0695, best 0.0701")
        time.sleep(1.1)
        shown.update(150)
with progress(None, "ml-20m", "B", scale=True) as shown:
    shown.update(1_500_000)
with progress(None, "checkpoint org/" + 99 * "x", ""):
    pass
"""


@pytest.fixture(scope="module")
def terminal() -> str:
    """What stands in a terminal of 80 columns, with all carriage returns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    child = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # so Linux says that the other side is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert child.wait() == 0
    return b"".join(parts).decode()


def test_a_bar_fits_80_columns(terminal: str) -> None:
    drawn = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]+", terminal)]
    assert max(map(len, drawn)) == 79


def test_a_bar_shows_done_total_rate_and_note(terminal: str) -> None:
    assert re.search(r"embed queries: 100%\|█+\| 100000000/100000000 \[00:01<00:00, \d+\.\d\d queries/s\]", terminal)
    assert re.search(r"LightSANs, seed 42: 100%\|█+\| 300/300 \[.*nDCG@10 0\.0695, best 0\.0701\]", terminal)
    assert re.search(r"ml-20m: 1\.50MB \[00:00, .*B/s\]", terminal)


def test_a_remark_stands_above_the_bar_in_a_line_of_its_own(terminal: str) -> None:
    assert re.search(r"\r {70,}\ra remark\r\n", terminal)
