"""The site builds without a warning, names every page, and asks no other server for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_the_site_builds_and_stands_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # a notice of the theme, and none of ours
    done = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    pages = {path.relative_to(tmp_path).with_suffix(".md") for path in tmp_path.rglob("*.html")} - {Path("404.md")}
    assert pages == {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.?(?:https?:)?//")
    assert [path for path in tmp_path.rglob("*.html") if loaded.search(path.read_text())] == []
