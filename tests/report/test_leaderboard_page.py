"""The page of the leaderboard in a real browser."""

from pathlib import Path

import pytest

from docs.generator.browser import browser, chromium
from itemvec.decision.leaderboard import leaderboard
from itemvec.report.leaderboard_page import write_leaderboard
from tests.decision.states import right, state

pytestmark = pytest.mark.skipif(chromium() is None, reason="no chromium on the PATH: `apt-get install chromium`")

SHARES = {"minilm": 0.9, "<b>lsa</b>": 0.5, "hashing": 0.4}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    states = [
        state({("search", "titles"): {"exact/full": right(share)}}, name, model=name, seed=1)
        for name, share in SHARES.items()
    ]
    write_leaderboard(leaderboard(states), tmp_path / "models.html")
    return tmp_path / "models.html"


def test_it_is_read_sorted_and_clean(page: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    wrong: list[str] = []
    with browser() as chrome:
        for width in (390, 1440):
            seen = chrome.new_page(viewport={"width": width, "height": 800})
            seen.on("request", lambda one: None if one.url.startswith("file:") else wrong.append(one.url))
            seen.on("console", lambda one: wrong.append(one.text) if one.type in ("error", "warning") else None)
            seen.goto(page.as_uri())
            assert seen.locator("main strong").first.inner_text().startswith("Search: use minilm")
            assert seen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            found = Axe().run(seen).response
            assert [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")] == []
            first = seen.locator("table").first
            first.get_by_role("button", name="mean").click()
            assert first.locator("tbody tr > :first-child").all_inner_texts() == ["hashing", "<b>lsa</b>", "minilm"]
    assert wrong == []
