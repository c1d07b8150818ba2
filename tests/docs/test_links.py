"""Links between documents lead somewhere: to a file, and to a heading in it."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.blocks import PAGES, prose

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`\n]*`")


def anchors(page: Path) -> list[str]:
    """Anchors of the headings, as MkDocs and code hosts make them of words that are not used twice."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return [re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles]


def broken(page: Path, root: Path) -> list[str]:
    """Links of a page that lead nowhere."""
    found = []
    for link in LINK.findall(CODE.sub("", prose(page))):
        if re.match(r"[a-z]+:", link):  # of another site
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        inside = target.is_relative_to(root) and target.exists() and not path.startswith("/")
        if not inside or (anchor and anchors(target).count(anchor) == 0):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page, ROOT) == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# Two words: here\n")
    page = tmp_path / "a.md"
    page.write_text(
        "# A\n[x](b.md) [x](b.md#two-words-here) [x](#a) [x](b.md#c) [x](c.md) [x](#b) [x](/b.md) `[x](d)`\n"
    )
    assert broken(page, tmp_path) == ["b.md#c", "c.md", "#b", "/b.md"]
