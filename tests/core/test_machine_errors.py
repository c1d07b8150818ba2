import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from itemvec.commands.group import Commands
from itemvec.core.errors import ItemvecError
from itemvec.core.machine_errors import machine_errors_in_one_line
from itemvec.stages.stage import stage
from tests.conftest import ROOT

CASES = [
    (OSError(errno.ENOSPC, "No space left on device"), "embed: no space left on the disk"),
    (OSError(errno.EFBIG, "File too large"), "embed: a file would be larger than this process may write"),
    (OSError(errno.EROFS, "Read-only file system", "out\x1b"), r"embed: out\x1b: the file system is read-only"),
    (PermissionError(errno.EACCES, "Permission denied", "out"), "embed: out: permission denied"),
    (RuntimeError("lance error: IO: File too large (os error 27), /x"), "embed: a file would be larger"),
    (RuntimeError("lance error: IO: Read-only file system"), "embed: the file system is read-only"),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes"), "embed: there is not"),
    (RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB"), "embed: there is not enough memory"),
    (MemoryError(), "embed: there is not enough memory"),
]


@pytest.mark.parametrize(("error", "said"), CASES)
def test_an_error_of_the_machine_says_what_to_do(error: Exception, said: str) -> None:
    with pytest.raises(ItemvecError) as caught, machine_errors_in_one_line("embed"):
        raise error
    assert caught.value.format_message().startswith(said)
    assert caught.value.format_message().endswith(", run again")


@pytest.mark.parametrize("error", [RuntimeError("a bug"), FileNotFoundError(errno.ENOENT, "absent", "x"), OSError("?")])
def test_other_errors_are_left_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, machine_errors_in_one_line("embed"):
        raise error
    assert caught.value is error


def test_too_much_memory_really_is_one_line() -> None:
    with pytest.raises(ItemvecError, match="embed: there is not enough memory"), machine_errors_in_one_line("embed"):
        np.zeros((1 << 24, 1 << 30), dtype=np.float64)


def test_commands_say_it_too(tmp_path: Path) -> None:
    @click.group(cls=Commands)
    def main() -> None:
        """Do."""

    @main.command()
    def write() -> None:
        """Write into a folder that is a file."""
        (tmp_path / "file").touch()
        (tmp_path / "file" / "inside").mkdir()

    result = CliRunner().invoke(main, ["write"])
    assert result.output == (
        f"Error: itemvec: {tmp_path}/file/inside: a file lies where a folder is expected; nothing incomplete was kept: "
        "move it away, run again\n"
    )
    assert result.exit_code == 1


@stage
@click.argument("how")
@click.argument("folder", type=Path)
def large(how: str, folder: Path) -> None:
    """Write more than a process may."""
    from itemvec.core.files import write_parquet, write_text
    from itemvec.store import Block, RowCache
    from itemvec.store.vectors import write_database

    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((4000, 16)).astype(np.float32)
    if how == "text":
        write_text(folder / "out" / "text", "x" * 200_000)
    elif how == "parquet":
        write_parquet(folder / "out" / "table.parquet", pa.table({"x": vectors.ravel()}))
    elif how == "vectors":
        ids = pa.array([str(row) for row in range(len(vectors))])
        write_database(folder / "out" / "database", {"items": (16, [Block(ids, vectors)])})
    else:
        keys = pa.array([row.to_bytes(16, "big") for row in range(len(vectors))], pa.binary(16))
        counts = np.ones(len(vectors), np.int32)
        RowCache(str(folder / "out"), "mine", 16).add(keys, vectors, counts, counts)


@pytest.mark.parametrize("how", ["text", "parquet", "vectors", "cache"])
def test_a_limit_of_file_size_is_one_line(tmp_path: Path, how: str) -> None:
    code = "from tests.core.test_machine_errors import large; large()"
    done = subprocess.run(
        [sys.executable, "-c", code, how, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
    )
    assert done.stderr == (
        "Error: large: a file would be larger than this process may write; nothing incomplete was kept: "
        "raise `ulimit -f`, run again\n"
    )
    assert done.returncode == 1
    if how != "cache":  # whose table holds what was complete before: nothing
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
