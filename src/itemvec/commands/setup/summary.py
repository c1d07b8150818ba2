"""What was understood of raw files, for the user to agree with: the conclusion first."""

from __future__ import annotations

import re

import pyarrow.compute as pc

from itemvec.commands.setup.raw_files import what
from itemvec.commands.setup.role_names import WORDS, nearest_role
from itemvec.commands.setup.sheet import Column
from itemvec.commands.setup.trial_reading import Outcome
from itemvec.commands.setup.understanding import Understanding, Understood
from itemvec.core.columns import CLICKED, DWELL, GAIN, ITEM, PART, POSITION, QUERY, SESSION, TEXT, TIME, USER
from itemvec.core.shown import printable
from itemvec.datasets import Tables
from itemvec.stages.proposal import Proposal

WIDTH = 100  # columns of a line
MOST = 15  # columns of a file that are shown though nothing uses them
WORDED = {
    ITEM: "id of the item",
    TEXT: "text of the item",
    USER: "id of the user",
    TIME: "time",
    QUERY: "id of the query",
    WORDS: "words of the query",
    GAIN: "grade",
    POSITION: "place in the ranking",
    CLICKED: "whether it was clicked",
    DWELL: "seconds until the user came back",
    SESSION: "session",
    "split": "part: train, validation, test",
    "group": "slice of the report",
}


def summary(name: str, found: Understanding, outcome: Outcome, proposal: Proposal) -> str:
    """The whole text."""
    blocks = [conclusion(name, outcome.tables, proposal), *(_file(part) for part in found.parts)]
    blocks.append("\n".join(["Three of the texts:", *(f"  {one}" for one in examples(outcome.tables))]))
    noted = dict.fromkeys([*(line for part in found.parts for line in part.sheet.remarks), *_counts(outcome)])
    blocks.append("\n".join(["Of the files:", *(f"  {line}" for line in noted)]))
    systems = [*proposal.changes["recommenders"], *proposal.changes["retrievers"], *proposal.changes["baselines"]]
    chosen = [*found.said, *proposal.said, f"compared: {', '.join(systems)}"]
    blocks.append("\n".join(["How it is measured:", *(f"  {line}" for line in chosen)]))
    return printable("\n\n".join(blocks))


def conclusion(name: str, tables: Tables, proposal: Proposal) -> str:
    """What can be measured, on how much."""
    tasks = ["search"] * bool(proposal.changes["retrievers"]) + ["recommendation"] * ("recommend" in proposal.changes)
    asked, judged = tables.queries, tables.qrels
    if PART in asked.column_names:  # what trains is not measured
        asked = asked.filter(pc.not_equal(asked[PART], "train"))
        judged = judged.filter(pc.is_in(judged[QUERY], value_set=asked[QUERY].combine_chunks()))
    sizes = {"items": tables.items, "queries": asked, "judgments": judged}
    sizes["interactions"] = tables.interactions
    counts = ", ".join(f"{len(table):,} {noun}" for noun, table in sizes.items() if len(table))
    later = ", once people have judged" if len(asked) and not len(judged) and tasks == ["search"] else ""
    return f"{name}: {' and '.join(tasks)} can be measured on {counts}{later}."


def _file(part: Understood) -> str:
    """The columns of a file and what each is."""
    from tabulate import tabulate

    sheet = part.sheet
    roles: dict[str, str] = {}
    for role, names in part.roles.items():
        for place, column in enumerate(names, 1):
            more = f", part {place}" if len(names) > 1 else ""
            roles[column] = f"{roles[column]}; {WORDED[role]}{more}" if column in roles else f"{WORDED[role]}{more}"
    used = [[column, roles[column], _cut(sheet.columns[column].example, 44)] for column in roles]
    others = _others(part)
    rows = [*used, *([name, _unused(name, part), _cut(one.example, 44)] for name, one in others[:MOST])]
    rows += [[f"and {len(others) - MOST} more", "not used", ""]] if len(others) > MOST else []
    rows += [[name, "not used: a list, an object, or a name that stands twice", ""] for name in sheet.unusable]
    return f"{sheet.path}\n" + tabulate(rows, ["column", "is", "first value"], disable_numparse=True)


def _others(part: Understood) -> list[tuple[str, Column]]:
    used = {name for names in part.roles.values() for name in names}
    return [(name, column) for name, column in part.sheet.columns.items() if name not in used]


def _unused(name: str, part: Understood) -> str:
    role = nearest_role(name)
    if role == USER and part.table != "interactions":
        return "not used"
    return f"not used (like {what(role)})" if role else "not used"


def examples(tables: Tables) -> list[str]:
    """The texts of the first item, of the one in the middle, and of the last."""
    rows = len(tables.items)
    places = sorted({0, rows // 2, rows - 1} - {-1})
    some = tables.items.take(places).to_pylist()
    return [_cut(f"{one[ITEM]}: {one[TEXT]}", WIDTH) for one in some]


def _counts(outcome: Outcome) -> list[str]:
    """Remarks about rows, without those that the table of columns says already."""
    said = [line for line in outcome.lines if "not read: column" not in line and "is read as '" not in line]
    if outcome.problems:
        first = outcome.problems[0].partition("; ")[0]
        said.insert(0, f"rows that cannot be used are left out (--on-error refuse stops at them): {first}")
    said = [line.replace("`markup: remove`", "--markup remove") for line in said]
    return [_cut(line, 2 * WIDTH) for line in said] or ["every row can be used: no empty text, no id twice"]


def _cut(text: str, width: int) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= width else f"{text[: width - 3]}..."
