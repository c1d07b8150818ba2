"""A person judges thirty queries in a real browser, by keys and clicks, in two tabs, and the server is killed."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from docs.generator.browser import browser, chromium
from itemvec.datasets.judgment_log import last_lines, read_log
from tests.conftest import ROOT
from tests.judging.conftest import N_QUERIES, made, relevant

pytestmark = pytest.mark.skipif(chromium() is None, reason="no chromium on the PATH: `apt-get install chromium`")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
expect.set_options(timeout=30_000)  # as Playwright waits elsewhere: five seconds are short on busy cores


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as started:
        yield started


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """The command, in a process of its own."""

    def __init__(self, root: Path, *options: str, depth: int = 5) -> None:
        self.root, self.port = root, free_port()
        self.options = ["--depth", str(depth), "--overlap", "0", "--port", str(self.port), *options]
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "itemvec", "judge", *self.options]
        paths = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(words, cwd=self.root, env=paths, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith(f"http://127.0.0.1:{self.port}/")

    def end(self, how: signal.Signals = signal.SIGKILL) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=20)[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(made(tmp_path_factory.mktemp("judge"), hostile=True), "--who", "anna", depth=1)
    yield found
    found.end()


@pytest.fixture
def opened(chrome: Any) -> Iterator[Any]:
    """Opens pages of one browser window; ends with all that went wrong, which must be nothing."""
    wrong: list[str] = []
    context = chrome.new_context(viewport=DESK)
    context.on("weberror", lambda one: wrong.append(str(one.error)))
    context.on("dialog", lambda one: one.accept() if one.type == "beforeunload" else wrong.append(one.message))
    context.on("console", lambda one: wrong.append(one.text) if "Content Security" in one.text else None)

    def page(url: str) -> Any:
        found = context.new_page()
        found.goto(url)
        ready(found)
        return found

    yield page
    context.close()
    assert wrong == []


def ready(page: Any) -> None:
    page.locator("#ask:not([hidden]), #end:not([hidden])").first.wait_for()


def right_grade(page: Any) -> int:
    query = int(re.findall(r"\d+", page.locator("#query").inner_text())[0])
    item = int(re.findall(r"\d+", page.locator(".item").first.inner_text())[0])
    return 3 if relevant(query, item) else 0


def count(page: Any) -> int:
    return int(page.locator("#count").inner_text().split()[0])


def answer(page: Any, n: int) -> None:
    """Judge the item that is shown: by keys, and every third by a click; wait until the page says that it is kept."""
    grade = right_grade(page)
    if n % 3:
        page.keyboard.press(str(grade))
    else:
        page.locator(f"#grades [data-grade='{grade}']").click()
    page.locator(f'#count:text-matches("^{n} of")').wait_for()


def test_thirty_queries_a_kill_and_two_tabs_lose_and_double_nothing(server: Server, opened: Any) -> None:
    first, second = opened(server.url), opened(server.url)
    n = 0
    for _ in range(8):
        answer(first, n := n + 1)
        answer(second, n := n + 1)
    assert first.locator("#query").inner_text() != second.locator("#query").inner_text()
    server.end()
    grade = right_grade(first)
    first.keyboard.press(str(grade))  # nobody is there to take it
    first.locator("#saved.bad").wait_for()
    assert "kept here and sent again" in first.locator("#saved").inner_text()
    assert len(read_log(server.root / "data/mine/judgments/anna.csv")) == n
    with (server.root / "data/mine/judgments/anna.csv").open("ab") as file:
        file.write(b"2026-01-01T00:00:00Z,cut")  # what a kill may leave
    server.start()
    expect(first.locator("#saved")).to_have_text("saved")
    n += 1
    for page in (first, second):  # and a page that was loaded anew goes on
        page.reload()
        ready(page)
    first.keyboard.press("u")
    expect(first.locator("#saved")).to_have_text("undone")
    n -= 1
    for page in (first, second):  # what is left in the end is what the second one shows
        while not page.locator("#end").is_visible():
            answer(page, n := n + 1)
    lines = read_log(server.root / "data/mine/judgments/anna.csv")
    kept = last_lines(lines)
    assert len({one.token for one in lines}) == len(lines) == n + 2  # one was given twice, and once withdrawn
    assert len(kept) == n == count(second)
    assert {query for query, _ in kept} == {f"q{number}" for number in range(N_QUERIES)}
    assert all((one.gain == 3) == relevant(int(query[1:]), int(item[1:])) for (query, item), one in kept.items())
    assert "decided" in second.locator("#decided").inner_text()


def test_several_at_once_by_keyboard(tmp_path: Path, opened: Any) -> None:
    server = Server(made(tmp_path), "--who", "bob", "--whole")
    page = opened(server.url)
    page.keyboard.press("g")
    page.locator("article.item").first.wait_for()
    items = page.locator("article.item")
    n = items.count()
    assert n == 9  # five of each system, one of them of both
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.locator("article.done").wait_for()
    assert items.nth(1).get_by_role("button", name="grade 2").get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.dataset.place") == "0"
    page.keyboard.press("s")
    expect(page.locator("article.done")).to_have_count(2)
    items.nth(2).get_by_role("button", name="grade 3").click()
    expect(page.locator("article.done")).to_have_count(3)
    said = server.end(signal.SIGINT)
    assert "2 by bob" in said
    assert "Next: itemvec judge --whole" in said


def test_axe_finds_nothing_serious(server: Server, chrome: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme, size in (("light", DESK), ("dark", PHONE), ("dark", DESK)):
        context = chrome.new_context(viewport=size, color_scheme=scheme)
        for address in (f"{server.url}?who=eve", f"{server.url}?who=!"):
            page = context.new_page()
            page.goto(address)
            page.locator("#ask:not([hidden]), #end:not([hidden]), form").first.wait_for()  # or one asks for a name
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            if "eve" in address:
                page.keyboard.press("Tab")
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            axe = Axe().run(page).response["violations"]
            assert [one["id"] for one in axe if one["impact"] in ("serious", "critical")] == []
        context.close()


def test_which_list_is_better_by_arrows(tmp_path: Path, opened: Any) -> None:
    """The lists of `exact` begin with two relevant items: the person takes the list that does."""
    server = Server(made(tmp_path), "--who", "anna", "--interleave", "exact on full", "bm25", "--side-by-side")
    page = opened(server.url)
    for n in range(6):
        query = int(re.findall(r"\d+", page.locator("#query").inner_text())[0])
        left = page.locator(".lists ol").first.locator("li").first.inner_text()
        page.keyboard.press("ArrowLeft" if relevant(query, int(re.findall(r"\d+", left)[0])) else "ArrowRight")
        expect(page.locator("#count")).to_contain_text(f"{n + 1} of")
    assert "exact on full is preferred: of 6 lists, exact on full in 6, bm25 in 0" in server.end(signal.SIGINT)
