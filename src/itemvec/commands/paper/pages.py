"""What the comparison ends in: tables of the form of the paper, and the page of its claims."""

from __future__ import annotations

from pathlib import Path

from tabulate import tabulate

from itemvec import __version__
from itemvec.commands.paper.claims import CLAIMS, Claim, verdict
from itemvec.commands.paper.evidence import Evidence
from itemvec.commands.paper.findings import Finding
from itemvec.core.files import write_text
from itemvec.report.html import environment, inline
from itemvec.report.tables import Table

MARKS = {"+": "shows it", "-": "shows the opposite", "~": "shows neither"}
NONE = "not measured"
TITLE = "Which of its claims stand: arXiv 2507.05006"


def judged(evidence: Evidence) -> list[tuple[Claim, str, list[Finding]]]:
    """Every claim with its verdict and what it rests on."""
    made = [(one, one.find(evidence)) for one in CLAIMS]
    return [(one, verdict(found), found) for one, found in made]


def sentences(claims: list[tuple[Claim, str, list[Finding]]]) -> list[str]:
    """One for each claim."""
    return [f"{said}: {one.words}" + ("" if found else f" ({NONE})") for one, said, found in claims]


def claims_tables(claims: list[tuple[Claim, str, list[Finding]]]) -> list[Table]:
    """The verdicts, then what each rests on."""
    head = ["verdict", "claim", "stated in", "what is compared, and when it counts as shown"]
    rows = [[said if found else f"{said} ({NONE})", one.words, one.source, one.quantity] for one, said, found in claims]
    tables = [Table("Claims", head, rows)]
    for one, said, found in claims:
        lines = [[part.where, part.words, MARKS[part.sign]] for part in found]
        if lines:
            tables.append(Table(f"{said}: {one.words}", ["where", "measured", "which"], lines))
    return tables


def measured_tables(evidence: Evidence) -> list[Table]:
    """Recommendation by network and encoder; search by encoder; search by share of the variance."""
    return [table for task in evidence.tasks for table in (_means(evidence, task), _variants(evidence, task)) if table]


def _means(evidence: Evidence, task: str) -> Table:
    part, metrics = evidence.settings.part(task), evidence.settings.protocol[task]["metrics"]
    places = list(evidence.groups(task))
    head = ["system", "encoder", *(f"{_place(*one)}: {metric}" for one in places for metric in metrics)]
    cells = [(f"baseline/{one}", one, "-") for one in part.baselines]
    first, rows = part.variants[0], []
    for cell, system, _ in cells:
        rows.append([system, "-", *(_mean(evidence, place, None, cell, m) for place in places for m in metrics)])
    for system in part.systems:
        for model in part.encoders:
            cell = f"{task}/{system}/{first}"
            if any((dataset, model) in evidence.runs for dataset, _ in places):
                found = [_mean(evidence, place, model, cell, metric) for place in places for metric in metrics]
                rows.append([system, model, *found])
    return Table({"recommend": "Sequential recommendation", "search": "Product search"}[task], head, rows)


def _variants(evidence: Evidence, task: str) -> Table | None:
    """Dimensions and the first metric on each variant; None if there is one variant alone."""
    part, metric = evidence.settings.part(task), evidence.metric(task)
    if len(part.variants) < 2:
        return None
    head, rows = ["data set", "encoder", *(f"{one}: {what}" for one in part.variants for what in ("dim", metric))], []
    for place in evidence.groups(task):
        for model in evidence.models(place[0]):
            row = [_place(*place), model]
            for variant in part.variants:
                dim = evidence.runs[place[0], model].geometry(variant)["dim"]
                row += [f"{dim:,}", _mean(evidence, place, model, f"{task}/{part.systems[0]}/{variant}", metric)]
            rows.append(row)
    return Table("Effective dimensions, and search on them", head, rows)


def _mean(evidence: Evidence, place: tuple[str, str], model: str | None, cell: str, metric: str) -> str:
    dataset, group = place
    model = model or evidence.models(dataset)[0]
    return f"{evidence.mean(dataset, group, model, cell, metric):.4f}" if (dataset, model) in evidence.runs else "-"


def _place(dataset: str, group: str) -> str:
    return dataset if group in ("given", "users") else f"{dataset}, {group}"


def write_pages(evidence: Evidence, defects: list[str], folder: Path) -> list[str]:
    """Write ``claims.md`` and ``tables.md``, and both as ``index.html``; return the sentences."""
    claims = judged(evidence)
    said, first, second = sentences(claims), claims_tables(claims), measured_tables(evidence)
    notes = [f"Reproduced with these defects of the authors' code: {', '.join(defects) or 'none'}."]
    notes += [f"Not finished: {', '.join(evidence.missing)}."] if evidence.missing else []
    write_text(folder / "claims.md", _markdown(TITLE, notes, first))
    write_text(folder / "tables.md", _markdown("What was measured", notes, second))
    page = environment().get_template("paper.html.j2")
    facts = {"title": TITLE, "sentences": said, "notes": notes, "tables": [*first, *second], "version": __version__}
    write_text(folder / "index.html", page.render(**facts, **inline()))
    return said


def _markdown(title: str, notes: list[str], tables: list[Table]) -> str:
    parts = [f"# {title}", *notes]
    for one in tables:
        parts += [f"## {one.title}", tabulate(one.rows, one.header, "github", disable_numparse=True)]
    return "\n\n".join(parts) + "\n"
