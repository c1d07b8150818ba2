"""Where the time of a run goes: seconds of the clock and of the processor, and peak memory, of every stage.

The stages of the last run, as dvc.lock names them, run again in a clone, one after the other and without DVC, with the
vectors of texts from the row cache. Then DVC is asked in the clone whether anything is to be done.

    make profile
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click
from ruamel.yaml import YAML
from tabulate import tabulate


class Took(NamedTuple):
    """Seconds of the clock and of the processor, and MiB of memory at most."""

    clock: float
    processor: float
    memory: float


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", type=click.Path(exists=True, path_type=Path), default=".", help="A project that has run.")
@click.option("--least", default=0.0, help="Leave out of the table what took fewer seconds.")
@click.option("--skip", multiple=True, help="Do not run stages with this in their name: their outputs are there.")
def main(project: Path, least: float, skip: tuple[str, ...]) -> None:
    """Time every stage of the last run of PROJECT again, in a clone.

    \b
    Example: python benchmarks/stages.py --least 2 --skip sasrec
    """
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        call(["git", "clone", "-q", str(project.resolve()), str(clone)], Path.cwd())
        call(dvc("cache", "dir", "--local", str(project.resolve() / ".dvc" / "cache")), clone)
        call(dvc("checkout", "-q"), clone)
        listed = subprocess.run(
            dvc("stage", "list", "--name-only"), cwd=clone, check=True, capture_output=True, text=True
        )
        locked = YAML(typ="safe").load(clone / "dvc.lock")["stages"]
        lock = {name: locked[name] for name in listed.stdout.split() if name in locked}  # others are of former rows
        found: dict[str, Took] = {}
        for name in [one for one in order(lock) if not any(part in one for part in skip)]:
            click.echo(f"{name} ...", err=True)
            found[name] = timed(lock[name]["cmd"].split(), clone)
        overhead = timed(dvc("status", "-q"), clone, codes=(0, 1))
    clock, processor, memory = zip(*found.values(), strict=True)
    click.echo(
        f"{len(found)} stages took {sum(clock):.0f} s, and {sum(processor):.0f} s of processor; "
        f"DVC looks whether they must run in {overhead.clock:.0f} s.\n"
    )
    rows = {name: took for name, took in found.items() if took.clock >= least}
    rows |= {"dvc status": overhead, "all stages": Took(sum(clock), sum(processor), max(memory))}
    heads = ["stage", "seconds", "of processor", "MiB"]
    click.echo(tabulate([[name, *took] for name, took in rows.items()], heads, floatfmt=".1f"))


def order(lock: dict[str, Any]) -> list[str]:
    """Names of the stages, each after those that write what it reads; by size of a group as dvc.lock has them."""
    made = {out["path"]: name for name, stage in lock.items() for out in stage.get("outs", [])}
    done: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        for dep in lock[name].get("deps", []):
            for path, maker in made.items():
                if maker != name and (path == dep["path"] or path.startswith(dep["path"] + "/")):
                    visit(maker)
        done.append(name)

    for name in lock:
        visit(name)
    return done


def timed(command: list[str], folder: Path, codes: tuple[int, ...] = (0,)) -> Took:
    """Run a command to its end; raises where it ends with another code."""
    began = time.perf_counter()
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (folder / "said.txt").open("w+") as said:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | {"PATH": programs}, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in codes:
        raise click.ClickException(
            f"{' '.join(command[:3])} ... ended with {code}: {(folder / 'said.txt').read_text()[-400:]}"
        )
    return Took(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def dvc(*arguments: str) -> list[str]:
    """A command line of the DVC of this environment."""
    return [sys.executable, "-m", "dvc", *arguments]


def call(command: list[str], folder: Path) -> None:
    """Run a command; raises where it fails."""
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise click.ClickException(f"{' '.join(command[-2:])} failed; the project must have run: dvc repro")


if __name__ == "__main__":
    main()
