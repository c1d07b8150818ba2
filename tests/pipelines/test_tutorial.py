"""What a page shows as run is run, in order, in a new clone; what it shows as printed is what is printed."""

import doctest
import re
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, Block, blocks
from tests.pipelines.conftest import Project, copy_of_this_checkout

RUN = "run"  # the mark: <!-- run -->
SHOWN = [page for page in PAGES if any(block.mark == RUN for block in blocks(page))]


def steps(found: list[Block]) -> list[tuple[Block, str, str]]:
    """Block, command and what it prints: the lines after it, and a block of ``text`` that follows at once."""
    listed = []
    for number, block in enumerate(found):
        if block.mark == RUN:
            listed += [(block, command, output) for command, output in _commands(block)]
            after = found[number + 1 : number + 2]
            if after and after[0].language == "text" and not after[0].follows.strip():
                listed[-1] = (*listed[-1][:2], listed[-1][2] + after[0].text)
    return listed


def _commands(block: Block) -> list[tuple[str, str]]:
    """Commands, and the lines after each, which only a console shows."""
    if block.language != "console":
        return [(command, "") for command in block.commands]
    parts = re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


def agree(shown: str, printed: str, root: Path) -> bool:
    """Whether both are the same but for seconds and the folder; ``...`` stands for anything."""
    texts = [re.sub(r"\b\d+(\.\d+)? ?s\b", "0 s", one.replace(f"{root}/", "")) for one in (shown, printed)]
    return doctest.OutputChecker().check_output(texts[0], texts[1], doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)


@pytest.mark.pipeline
@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_a_page_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", tmp_path / "cache")
    copy_of_this_checkout(project.root)
    project.run("git", "init", "-q")
    project.commit()
    for block, command, shown in steps(blocks(page)):
        done = project.run("sh", "-c", command, ok=False)
        assert done.code == 0, f"{block.where}: {command}\n{done.output}"
        assert not shown or agree(shown, done.output, project.root), f"{block.where}: {command}\n{done.output}"


def test_the_tutorial_is_run() -> None:
    assert "tutorial.md" in {page.name for page in SHOWN}


def test_steps_have_their_output(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    shown = "```console\n$ a\none\n$ b\n```\n\n```text\ntwo\n```\n"
    page.write_text(f"<!-- run -->\n{shown}\n<!-- run -->\n```sh\nc\n```\nThen:\n```text\nx\n```\n\n{shown}")
    assert [step[1:] for step in steps(blocks(page))] == [("a", "one\n"), ("b", "two\n"), ("c", "")]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("took 3 s\n", "took 12.5 s\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("x/data: there\n", "/somewhere/x/data: there\n", True),
        ("ndcg 0.31\n", "ndcg 0.32\n", False),
        ("", "a\n", False),
    ],
)
def test_seconds_and_folders_may_differ(shown: str, printed: str, same: bool) -> None:
    assert agree(shown, printed, Path("/somewhere")) == same
