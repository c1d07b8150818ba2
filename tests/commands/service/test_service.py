"""The service from outside: another process, swaps, a kill, a stop."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import httpx2
import numpy as np
import pytest

from itemvec.commands.deploy.loader import Recommender
from tests.commands.service.exports import N, write_export


@pytest.fixture
def exports(tmp_path: Path) -> list[Path]:
    return [write_export(tmp_path / name, seed) for seed, name in enumerate(("one", "two"))]


@pytest.fixture
def served(tmp_path: Path, exports: list[Path]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Two workers on a link and on a folder, both with the first export."""
    (tmp_path / "link").symlink_to(exports[0])
    shutil.copytree(exports[0], tmp_path / "folder")
    call = [sys.executable, "-m", "itemvec", "serve", str(tmp_path / "link"), str(tmp_path / "folder")]
    with subprocess.Popen([*call, "--port", "0", "--workers", "2"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, cast("IO[str]", process.stdout).readline().split()[0]
        finally:
            process.kill()


def test_swaps_and_a_killed_worker_lose_no_answer_and_a_signal_ends_it(
    tmp_path: Path, exports: list[Path], served: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = served
    histories = [[f"i{place}"] for place in range(N)]
    expected = [[[item for item, _ in Recommender(one / "recommender").recommend(history, 5)] for history in histories]
                for one in exports]  # fmt: skip
    seen: Counter[str] = Counter()
    swapped = asyncio.run(ask(tmp_path, exports, address, histories, expected, seen))
    assert swapped, seen
    assert not seen["wrong"], seen
    assert not seen["broken"], seen
    assert seen["by kill"] <= 3, seen
    counted = httpx2.get(f"{address}/metrics", timeout=30).text
    assert 'itemvec_requests_total{path="/recommend",status="200"}' in counted
    assert "itemvec_workers_started_total 3" in counted
    assert 'status="500"' not in counted
    process.send_signal(signal.SIGTERM)
    last, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert last.endswith("requests, 0 of them failed\n")


async def ask(
    root: Path,
    exports: list[Path],
    address: str,
    histories: list[list[str]],
    expected: list[list[list[str]]],
    seen: Counter[str],
) -> bool:
    """Three clients ask until both systems answer from the second export; a worker is killed on the way."""
    killed = asyncio.Event()
    versions: dict[str, Counter[int]] = {"a": Counter(), "b": Counter()}

    async def client(number: int) -> None:
        rng = np.random.default_rng(number)
        async with httpx2.AsyncClient(base_url=address, timeout=30) as session:
            while min(one[1] for one in versions.values()) < 50 or not killed.is_set():
                row, system = int(rng.integers(N)), "ab"[int(rng.integers(2))]
                try:
                    asked = {"history": histories[row], "k": "5", "system": system}
                    answer = await session.get("/recommend", params=asked)
                except httpx2.TransportError:
                    seen["by kill" if killed.is_set() else "broken"] += 1
                    continue
                items = [one["item_id"] for one in answer.json()["items"]]
                found = [number for number in (0, 1) if expected[number][row] == items]
                seen["right" if found else "wrong"] += 1
                versions[system][found[0] if found else 0] += 1
                await asyncio.sleep(0.005)

    async def disturb() -> None:
        await asyncio.sleep(0.3)
        (root / "new").symlink_to(exports[1])
        (root / "new").replace(root / "link")
        shutil.copytree(exports[1], root / "other")
        (root / "folder").rename(root / "former")
        (root / "other").rename(root / "folder")
        shutil.rmtree(root / "former")
        await asyncio.sleep(2.5)
        killed.set()
        worker = int(httpx2.get(f"{address}/health").json()["worker"])
        os.kill(worker, signal.SIGSTOP)  # it no longer says that it lives, and nobody may wait for that
        await asyncio.sleep(0.7)
        os.kill(worker, signal.SIGKILL)
        while "itemvec_workers_started_total 3" not in httpx2.get(f"{address}/metrics", timeout=30).text:
            await asyncio.sleep(0.1)

    await asyncio.wait_for(asyncio.gather(disturb(), *map(client, range(3))), 180)
    return all(one[0] and one[1] for one in versions.values())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "is reached by others; set a token in ITEMVEC_TOKEN"),
        (["--host", "0.0.0.0", "--token", "short"], "16 or more printable ASCII characters"),
    ],
)
def test_others_need_a_token(exports: list[Path], options: list[str], said: str) -> None:
    from click.testing import CliRunner

    from itemvec.commands.main import main

    result = CliRunner().invoke(main, ["serve", str(exports[0]), *options])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert said in result.output
