"""Whether a command line that a document shows could be run: its program, options and overrides, without running it."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
from dvc.cli.parser import get_main_parser
from dvc.utils.hydra import apply_overrides, get_hydra_sweeps
from ruamel.yaml import YAML

from itemvec.commands.main import main
from itemvec.core.params import Params
from tests.conftest import ROOT
from tests.docs.rows import TABLES, build

TARGETS = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
# Programs that the documents may call besides ours; a name that is not here is taken for a typing error.
OTHERS = {
    "aws",
    "cat",
    "cd",
    "cp",
    "curl",
    "echo",
    "export",
    "git",
    "grep",
    "gunzip",
    "head",
    "ln",
    "ls",
    "mkdir",
    "open",
    "pip",
}
OTHERS |= {"pre-commit", "printf", "ray", "source", "wc"}
ENDS = {"&&", "||", "|", ";"}


def check(line: str, rows: dict[str, dict[str, Any]], folder: Path) -> None:
    """Fail if a part of the line could not be run; ``rows`` are those the page adds, ``folder`` is empty."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    words = list(lexer)
    while words:
        end = next((place for place, word in enumerate(words) if word in ENDS), len(words))
        _check_one(words[:end], rows, folder)
        words = words[end + 1 :]


def _check_one(words: list[str], rows: dict[str, dict[str, Any]], folder: Path) -> None:
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0], re.DOTALL):  # of the environment
        words = words[1:]
    if not words:
        return
    program, *arguments = words
    if program == "itemvec":
        parse(arguments)
    elif program == "make":
        wanted = {word for word in arguments if "=" not in word and not word.startswith("-")}
        assert wanted <= TARGETS, f"the Makefile has no target {wanted - TARGETS}"
    elif program == "dvc":
        get_main_parser().parse_args(arguments)  # exits where dvc knows no such option
        _override([after for word, after in pairwise(arguments) if word in ("-S", "--set-param")], rows, folder)
    elif program.startswith("python"):
        scripts = [word for word in arguments if word.endswith(".py")]
        assert all((ROOT / script).is_file() for script in scripts), f"there is no {scripts}"
    else:
        assert program in OTHERS, f"{program!r} is no program that the documents call (tests/docs/commands.py)"


def parse(arguments: list[str]) -> None:
    """Let click parse the arguments of ``itemvec``; paths need not exist, and --help is not refused."""
    command: click.Command = main
    with patch.object(click.Path, "convert", lambda self, value, param, ctx: value), suppress(click.exceptions.Exit):
        context = command.make_context("itemvec", list(arguments))
        while isinstance(command, click.Group):
            name, found, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
            assert found is not None
            command, context = found, found.make_context(name, list(arguments), parent=context)


def _override(overrides: list[str], rows: dict[str, dict[str, Any]], folder: Path) -> None:
    """Apply overrides of params.yaml or models.yaml to copies of them, as ``dvc exp run -S`` does, and load those."""
    by_file: dict[str, list[str]] = {"params.yaml": [], "models.yaml": []}
    for one in overrides:
        file, _, rest = one.partition(":") if re.match(r"\w+\.yaml:", one) else ("params.yaml", "", one)
        by_file[file].append(rest)
    for file, changes in by_file.items():
        for sweep in get_hydra_sweeps({file: changes}) if changes else [{}]:
            copies(rows, folder)
            if sweep:
                apply_overrides(str(folder / file), sweep[file])
            params = Params.load(folder / "params.yaml")
            for table, name in re.findall(r"^[+~]*(\w+)\.([\w-]+)\.", "\n".join(changes), re.MULTILINE):
                if table in TABLES:
                    build(table, name, getattr(params, table)[name])


def copies(rows: dict[str, dict[str, Any]], folder: Path) -> None:
    """Write params.yaml and models.yaml into the folder, with the rows that a page adds."""
    yaml = YAML()
    for file in ("params.yaml", "models.yaml"):
        loaded = yaml.load(ROOT / file)
        for table, added in rows.items():
            if table == "models" and file == "models.yaml":
                loaded.update(added)
            elif table in loaded and file == "params.yaml":
                loaded[table].update(added)
        yaml.dump(loaded, folder / file)
