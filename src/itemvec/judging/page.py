"""The pages as HTML: texts are escaped, and what a reader could not see is written out."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from itemvec.report.html import inline

LABELS = {
    2: ("not relevant", "relevant"),
    3: ("not relevant", "partly", "exactly"),
    4: ("not relevant", "related", "good", "exactly"),
}
GUIDELINES = """Somebody typed the query into a search box. Would they be content with this item?
Judge the item by itself, not by what was shown before it. If you do not know, skip it."""

PREFERENCES = """Somebody typed the query into a search box. Two lists: which would they rather be shown?
One list: mark what they would take."""


@dataclass(frozen=True)
class Page:
    """What stands on the page.

    dataset
        Name of the data set.
    guidelines
        Text above the items, line by line.
    grades
        How many there are, from 0.
    script
        Which script: ``judge.js`` asks for items, ``prefer.js`` for lists.
    """

    dataset: str
    guidelines: str = GUIDELINES
    grades: int = 4
    script: str = "judge.js"

    def judging(self, who: str) -> str:
        """The page of one person."""
        labels = LABELS.get(self.grades, ("not relevant", *[""] * (self.grades - 2), "exactly"))
        return _environment().get_template("judge.html.j2").render(page=self, who=who, labels=labels)

    def naming(self, wrong: bool) -> str:
        """The page that asks for a name."""
        return _environment().get_template("name.html.j2").render(page=self, wrong=wrong)


def style() -> str:
    """The style of the report, and what the page has of its own."""
    own = files("itemvec.judging").joinpath("templates", "judge.css").read_text()
    return f"{inline()['style']}\n{own}"


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("itemvec.judging"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
