"""A run that is killed goes on where it stopped, and two runs at once disturb nobody."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.encoders import ENCODERS
from itemvec.stages.embed import embed
from itemvec.store.housekeeping import entries, verify
from tests.conftest import ROOT

N = 20_000
SUITE = ROOT / "expectations" / "vectors.json"

RUN = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from itemvec.stages import embed as embedding
from itemvec.encoders import base, cache_writer, cached_encoder
from tests.test_killed import run
cache_writer.ROWS, cache_writer.PAUSE, cached_encoder.WINDOW = 500, 0, 4000  # many commits
embedding.meet = lambda *_: None  # Great Expectations takes longer to import than all the rest
plain = base.Plain.encode
def slow(self, prepared):
    for done in plain(self, prepared):
        yield done
        time.sleep(0.05)
base.Plain.encode = slow
print("ready", flush=True)
run(Path(sys.argv[2]), sys.argv[3])
"""


def run(folder: Path, name: str = "embeddings", cache: str = "cache") -> str:
    """Embed the texts of ``folder`` and return the digest of the vectors."""
    texts = {name: folder / f"{name}.parquet" for name in ("items", "queries")}
    encoder = ENCODERS.build("hashing", {"kind": "hashing", "dim": 16})
    embed(encoder, texts, SUITE, str(folder / cache), folder / name)
    return (folder / f"{name}.digest").read_text()


def start(folder: Path, name: str) -> subprocess.Popen[str]:
    """The same in a process of its own, which is slow and is ready to begin."""
    command = [sys.executable, "-c", RUN, str(ROOT), str(folder), name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of item texts, some of them twice, and a query."""
    texts = [f"item {row % (N - 10)} of colour {row % 97}" for row in range(N)]
    write_parquet(tmp_path / "items.parquet", pa.table([[f"i{row}" for row in range(N)], texts], schema=ITEMS))
    write_parquet(tmp_path / "queries.parquet", pa.table([["q"], ["colour 7"], ["given"]], schema=QUERIES))
    return tmp_path


def n_held(folder: Path) -> int:
    """Item rows that lie in the cache, after a look at each of them."""
    assert [(check.fault, check.duplicates) for check in verify(str(folder / "cache"))].count(("", 0)) == 2
    return sum(entry.rows or 0 for entry in entries(str(folder / "cache")) if entry.role == "item")


def test_a_killed_run_goes_on_where_it_stopped(
    folder: Path, rng: np.random.Generator, capfd: pytest.CaptureFixture[str]
) -> None:
    held = [0]
    for seconds in rng.uniform(0.4, 1.2, size=3):
        process = start(folder, "embeddings")
        while process.poll() is None and (not held[-1] and not list((folder / "cache").glob("*.lance/data/*"))):
            time.sleep(0.01)  # until there is something to lose
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        held.append(n_held(folder))
    assert held == sorted(held)
    assert held[1] > 0
    expected = run(folder, "whole", "another-cache")
    capfd.readouterr()
    assert run(folder) == expected
    encoded = re.search(r"items: encoded ([\d,]+) of", capfd.readouterr().out)
    assert encoded is not None
    n_distinct = len(set(pa.parquet.read_table(folder / "items.parquet")["text"].to_pylist()))
    assert int(encoded[1].replace(",", "")) == n_distinct - held[-1]
    assert n_held(folder) == n_distinct


def test_two_runs_at_once_give_what_one_gives(folder: Path) -> None:
    names = ("one", "other")
    processes = [start(folder, name) for name in names]
    assert [process.wait() for process in processes] == [0, 0]
    expected = run(folder, "whole", "another-cache")
    assert [(folder / f"{name}.digest").read_text() for name in names] == [expected, expected]
    assert not any(check.fault for check in verify(str(folder / "cache")))
