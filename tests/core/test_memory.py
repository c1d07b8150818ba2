"""Freed memory goes back to the system."""

import sys
from pathlib import Path

import pytest

from itemvec.core.memory import return_free_memory


def held() -> int:
    """Pages of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give memory back by themselves")
def test_small_pieces_that_were_freed_go_back() -> None:
    pieces = [bytes(5000) for _ in range(40_000)]  # 200 MB in the heap, of which the last piece holds the end
    full = held()
    del pieces[:-1]
    return_free_memory()
    assert held() < full - 30_000
