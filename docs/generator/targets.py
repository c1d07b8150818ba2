"""The page of the Makefile: its targets, and the variables that change them."""

from __future__ import annotations

import re

from docs.generator.root import ROOT
from docs.generator.table import page, table

LEAD = (
    """`make TARGET` runs one; `make` alone lists them. The first makes the environment, `.venv`, if there is none."""
)
VARIABLES = {
    "DRY": "`make paper DRY=1` prints the plan and its cost, and queues nothing.",
    "SMALL": "`make paper SMALL=1` takes small files of the published forms, and stand-ins for the encoders.",
    "DEFECTS": "Faults of the authors' code that `make paper` reproduces: names with commas, `all`, or `none`.",
    "GRID": "Settings that `make tune` tries, all with all.",
    "PYTHON": "Python that installs uv; by default `python3.11` or `python3` of the path.",
}


def targets() -> str:
    """The whole page."""
    found = re.findall(r"^([a-z-]+):.*?## *(.+)$", _makefile(), re.MULTILINE)
    rows = [[f"`make {name}`", text] for name, text in found]
    variables = [[f"`{name}`", f"`{_value(name)}`" if _value(name) else "", text] for name, text in VARIABLES.items()]
    lead = "Variables follow the target, as in `make tune GRID=dropout=0.1,0.3`."
    return page(
        "Make", LEAD, "## Targets", table(("target", "what it does"), rows),
        "## Variables", lead, table(("variable", "default", "meaning"), variables),
    )  # fmt: skip


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def _value(name: str) -> str:
    found = re.search(rf"^{name} *\?*=[^\S\n]*(.*)$", _makefile(), re.MULTILINE)
    assert found, f"the Makefile has no variable {name}"  # noqa: S101
    return found[1]
