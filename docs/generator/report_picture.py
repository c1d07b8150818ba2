"""Pictures of the first screen of report/index.html, light and dark: `python -m docs.generator.report_picture`."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.generator.browser import browser

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "report" / "index.html"
SIZE = {"width": 1280, "height": 760}  # pixels of the picture


def take(report: Path, folder: Path) -> list[Path]:
    """Write ``report-light.png`` and ``report-dark.png`` into a folder, and say where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with browser() as started:
        for scheme in ("light", "dark"):
            page = started.new_page(viewport=SIZE, color_scheme=scheme)
            page.goto(report.resolve().as_uri())
            taken.append(folder / f"report-{scheme}.png")
            page.screenshot(path=taken[-1])
    return taken


if __name__ == "__main__":
    if not REPORT.exists():
        raise SystemExit(f"{REPORT.relative_to(ROOT)} is not there; `dvc repro` writes it")
    for path in take(REPORT, ROOT / "docs" / "img"):
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB\n")
