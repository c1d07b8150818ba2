"""Pictures of the first screen of report/index.html, light and dark: `python -m docs.generator.report_picture`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from docs.generator.browser import browser

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "report" / "index.html"
SIZE = {"width": 1280, "height": 760}  # pixels of the picture, at most; it ends below the contents
MARGIN = 20
COLOURS = 128  # of a picture: text is drawn in shades of few


def take(report: Path, folder: Path) -> list[Path]:
    """Write ``report-light.png`` and ``report-dark.png`` into a folder, and say where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with browser() as started:
        for scheme in ("light", "dark"):
            page = started.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]}, color_scheme=scheme)
            page.goto(report.resolve().as_uri())
            taken.append(folder / f"report-{scheme}.png")
            whole = page.locator("nav").bounding_box()
            height = min(SIZE["height"], int(whole["y"] + whole["height"]) + MARGIN if whole else SIZE["height"])
            _write(page.screenshot(clip={"x": 0, "y": 0, "width": SIZE["width"], "height": height}), taken[-1])
    return taken


def _write(screenshot: bytes, path: Path) -> None:
    """With few colours, which is a third of the bytes and looks the same."""
    picture = Image.open(BytesIO(screenshot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    if not REPORT.exists():
        raise SystemExit(f"{REPORT.relative_to(ROOT)} is not there; `dvc repro` writes it")
    for path in take(REPORT, ROOT / "docs" / "img"):
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB\n")
