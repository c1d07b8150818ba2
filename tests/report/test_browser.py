"""The report in a real browser: what a reader sees, and does with a keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from docs.generator.browser import browser, chromium
from itemvec.core.files import write_parquet
from itemvec.decision.results import collect
from itemvec.stages.collaborative_similarity import ALIKE
from tests.report.conftest import ALIKE_PAIRS, small_params, small_run
from tests.report.plain_decision import written

pytestmark = pytest.mark.skipif(chromium() is None, reason="no chromium on the PATH: `apt-get install chromium`")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SIMILAR = "#behaviour .wide:last-of-type"  # a table of twelve rows


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    small_run(folder)
    pairs = [{**ALIKE_PAIRS[0], "together": number * 37 % 100, "right_text": f"film-{number}"} for number in range(12)]
    write_parquet(folder / "measures" / "alike.parquet", pa.Table.from_pylist(pairs, schema=ALIKE))
    results = collect(small_params(folder), folder / "results")
    written(results, folder, folder / "index.html")
    return folder / "index.html"


@pytest.fixture
def seen(chrome: Any) -> Iterator[Any]:
    """Opens the report; ends with all that went wrong, which must be nothing."""
    wrong: list[str] = []
    context = chrome.new_context(viewport=DESK)
    context.on("request", lambda one: None if one.url.startswith("file:") else wrong.append(one.url))
    context.on("console", lambda one: wrong.append(one.text) if one.type in ("error", "warning") else None)
    context.on("weberror", lambda one: wrong.append(str(one.error)))
    yield context.new_page()
    context.close()
    assert wrong == []


def opened(page: Any, report: Path, **viewport: int) -> Any:
    """The page with everything unfolded."""
    page.set_viewport_size(viewport or DESK)
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    return page


def test_the_page_asks_for_nothing_else(seen: Any, report: Path) -> None:
    asked: list[str] = []
    seen.on("request", lambda one: asked.append(one.url))
    opened(seen, report)
    assert asked == [report.as_uri()]
    assert report.stat().st_size < 1_000_000


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nothing_stands_out_at_the_side(seen: Any, report: Path, width: int) -> None:
    opened(seen, report, width=width, height=844)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width


def test_drawings_can_be_read_on_a_telephone(seen: Any, report: Path) -> None:
    opened(seen, report, **PHONE)
    sizes = seen.evaluate(
        """[...document.querySelectorAll('figure > svg')].map((one) =>
           one.getBoundingClientRect().width / one.viewBox.baseVal.width
           * parseFloat(getComputedStyle(one.querySelector('text')).fontSize))"""
    )
    assert len(sizes) == 3
    assert min(sizes) >= 11


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_no_two_labels_of_a_drawing_overlap(seen: Any, report: Path, viewport: dict[str, int]) -> None:
    opened(seen, report, **viewport)
    overlapping = seen.evaluate(
        """[...document.querySelectorAll('figure > svg')].flatMap((drawing) => {
             const labels = [...drawing.querySelectorAll('text')];
             const boxes = labels.map((one) => [one.textContent, one.getBoundingClientRect()]);
             const room = drawing.getBoundingClientRect();
             return boxes.flatMap(([name, a], i) => [
               ...(a.left < room.left - 1 || a.right > room.right + 1 ? [`${name} is cut`] : []),
               ...boxes.slice(i + 1).filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
                 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other]) => `${name} on ${other}`)]);
           })"""
    )
    assert overlapping == []


@pytest.mark.parametrize("viewport", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(seen: Any, report: Path, scheme: Any, viewport: dict[str, int]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen.emulate_media(color_scheme=scheme)
    found = Axe().run(opened(seen, report, **viewport)).response
    assert len(found["passes"]) > 20
    worst = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in worst] == []


def column(page: Any, number: int) -> list[str]:
    texts: list[str] = page.locator(f"{SIMILAR} tbody tr:visible > :nth-child({number})").all_inner_texts()
    return texts


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_table_is_sorted_by_keyboard(seen: Any, report: Path, key: str) -> None:
    opened(seen, report)
    together = [number * 37 % 100 for number in range(12)]
    assert column(seen, 2) == [str(one) for one in together]
    head = seen.locator(f"{SIMILAR} thead th").nth(1)
    head.get_by_role("button").focus()
    seen.keyboard.press(key)
    assert column(seen, 2) == [str(one) for one in sorted(together)]
    seen.keyboard.press(key)
    assert column(seen, 2) == [str(one) for one in sorted(together, reverse=True)]
    assert head.get_attribute("aria-sort") == "descending"
    seen.locator(f"{SIMILAR} thead th").nth(4).get_by_role("button").press(key)
    assert column(seen, 5) == [f"film-{number}" for number in range(12)]
    assert head.get_attribute("aria-sort") == "none"


def test_a_missing_number_comes_last_either_way(seen: Any, report: Path) -> None:
    opened(seen, report)
    button = seen.locator("#cells thead").first.get_by_role("button", name="sd of seeds")
    for _ in range(2):
        button.press("Enter")
        shown = seen.locator("#cells table").first.locator("tbody tr > :last-child").all_inner_texts()
        assert [one == "-" for one in shown] == [False, False, True]


def test_rows_are_filtered_by_keyboard(seen: Any, report: Path) -> None:
    opened(seen, report)
    seen.locator("#behaviour .filter input").focus()
    seen.keyboard.type("FILM-1")
    assert column(seen, 5) == ["film-1", "film-10", "film-11"]
    assert seen.locator("#behaviour .filter [role=status]").inner_text() == "3 of 12 rows"
    for _ in "FILM-1":
        seen.keyboard.press("Backspace")
    assert len(column(seen, 5)) == 12


def test_links_open_what_they_point_into(seen: Any, report: Path) -> None:
    seen.goto(f"{report.as_uri()}#capacity")
    assert seen.evaluate("document.querySelector('#capacity').open")
    assert seen.evaluate("document.querySelectorAll('main > details[open]').length") == 1
    seen.evaluate("window.addEventListener('hashchange', () => { window.came = true })")  # after the page's own
    seen.locator("nav a[href='#geometry']").press("Enter")
    seen.wait_for_function("window.came")
    assert seen.evaluate("document.querySelector('#geometry').open")
    seen.locator("#geometry > summary").press("Enter")
    assert not seen.evaluate("document.querySelector('#geometry').open")
    seen.locator("nav a[href='#geometry']").press("Enter")  # again, where the address does not change
    assert seen.evaluate("document.querySelector('#geometry').open")


def test_the_first_stop_of_a_keyboard_leads_past_the_head(seen: Any, report: Path) -> None:
    seen.goto(report.as_uri())
    seen.keyboard.press("Tab")
    focused = "document.activeElement"
    assert seen.evaluate(f"{focused}.textContent") == "Skip to the results"
    assert seen.evaluate(f"{focused}.getBoundingClientRect().left") >= 0
    assert seen.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    seen.keyboard.press("Enter")
    seen.wait_for_url("**#main")  # the address follows the key, and not at once


def test_without_scripts_the_page_is_whole(chrome: Any, report: Path) -> None:
    page = chrome.new_page(java_script_enabled=False)
    page.goto(report.as_uri())
    page.locator("#behaviour > summary").press("Enter")
    assert len(column(page, 2)) == 12
    assert page.locator("button, input").count() == 0
    page.close()
