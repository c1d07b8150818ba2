"""What the documents show to type or to write works: YAML builds, commands parse."""

from pathlib import Path
from typing import Any

import click
import pytest
from dvc.cli import DvcParserError
from dvc.exceptions import InvalidArgumentError
from ruamel.yaml import YAML

from itemvec.core.errors import ParamsError
from itemvec.core.params import Params
from tests.docs.blocks import ALL, FENCE, PAGES, SHELL, Block, blocks
from tests.docs.commands import check, copies
from tests.docs.rows import build, part_of_params, rows, rows_of

YAMLS = [block for block in ALL if block.language == "yaml"]
LINES = [(block, line) for block in ALL for line in block.commands]


def merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {key: merged(old.get(key), value) for key, value in new.items()}
    return new


@pytest.mark.parametrize("block", YAMLS, ids=lambda block: block.where)
def test_yaml_is_what_the_registries_take(block: Block, tmp_path: Path) -> None:
    shown = rows(block)
    for table, added in shown.items():
        for name, row in added.items():
            build(table, name, row)
    copies(rows_of(block.page), tmp_path)
    yaml = YAML(typ="safe", pure=True)
    params = merged(yaml.load(tmp_path / "params.yaml"), part_of_params(block))
    yaml.dump(params, tmp_path / "params.yaml")
    Params.load(tmp_path / "params.yaml")


@pytest.mark.parametrize(("block", "line"), LINES, ids=lambda one: one.where if isinstance(one, Block) else None)
def test_commands_could_be_run(block: Block, line: str, tmp_path: Path) -> None:
    check(line, rows_of(block.page), tmp_path)


def test_pages_show_commands_and_yaml() -> None:
    assert len(YAMLS) >= 2
    assert len(LINES) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fence_is_closed(page: Path) -> None:
    assert "```" not in FENCE.sub("", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "itemvec fecth",
        "itemvec show --colour",
        "itemvec cache lst",
        "itemvec compare",
        "make embed",
        "dvc exp rnu",
        "dvc exp run --params model=lsa",
        "dvc exp run -S model=nowhere",
        "dvc exp run -S modle=lsa",
        "dvc exp run -S ++systems.sasrec.dropuot=0.5",
        "dvc repro && itemvec shwo",
        "python benchmarks/nothing.py",
        "itemvce show",
    ],
)
def test_a_command_that_cannot_be_run_is_found(line: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, click.UsageError, ParamsError, DvcParserError, InvalidArgumentError)):
        check(line, {}, tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "ITEMVEC_DEVICE=cpu dvc repro  # on the CPU",
        "dvc exp run --queue baseline@sasrec-id -S '++systems.sasrec-id.dropout=0.2,0.5' && dvc exp run --run-all",
        "itemvec cache prune --older-than 90d --keep-under 20GB | head",
        "dvc exp run -S dataset=mine -S models.yaml:lsa.dim=64",
    ],
)
def test_a_command_that_can_be_run_is_let_be(line: str, tmp_path: Path) -> None:
    check(line, {"datasets": {"mine": {"kind": "tables"}}}, tmp_path)


def test_blocks_are_read_with_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "x\n\n<!-- run -->\n```console\n$ a \\\n  b\nout\n```\n\n- y\n\n  <!-- m -->\n  ```yaml\n  z: 1\n  ```\n"
    )
    first, second = blocks(page)
    assert (first.mark, first.commands, first.line) == ("run", ["a    b"], 4)
    assert (second.language, second.text, second.mark) == ("yaml", "z: 1\n", "m")
    assert "console" in SHELL
