"""The comparisons behind the claims, made for every data set that has what they need."""

from __future__ import annotations

from dataclasses import dataclass

from itemvec.commands.paper.evidence import Evidence
from itemvec.decision.contrasts import Contrast, Found, differences, losses

WORDS = "bm25"
TEXT_AND_ID = {"gru4rec": "gru4rec-id", "sasrec": "sasrec-id"}  # beginnings of the names of the rows


@dataclass(frozen=True)
class Finding:
    """One comparison. ``sign`` is + where it shows the claim, - where it shows the opposite, else ~."""

    where: str
    words: str
    sign: str


def texts_against_ids(evidence: Evidence) -> list[Finding]:
    """Each network on texts of generalists, less the same network on ids."""
    part = evidence.settings.recommend
    pairs = [
        (text, identity)
        for text in part.systems
        for identity in part.baselines
        if any(text.startswith(one) and identity.startswith(other) for one, other in TEXT_AND_ID.items())
    ]
    found = []
    for dataset, group in evidence.groups("recommend"):
        models = evidence.models(dataset, "generalist")
        sides = [([f"recommend/{text}/{part.variants[0]}"], [f"baseline/{identity}"]) for text, identity in pairs]
        found += _contrasted(evidence, dataset, group, "recommend", models, models[:1], sides)
    return found


def networks_differ(evidence: Evidence) -> list[Finding]:
    """Each network on texts of generalists, less the same on texts of tuned encoders."""
    part, found = evidence.settings.recommend, []
    for dataset, group in evidence.groups("recommend"):
        left, right = (evidence.models(dataset, family) for family in ("generalist", "tuned"))
        cells = [[f"recommend/{system}/{part.variants[0]}"] for system in part.systems]
        found += _contrasted(evidence, dataset, group, "recommend", left, right, [(one, one) for one in cells])
    return found


def families_differ(
    evidence: Evidence, left: str = "generalist", right: str = "tuned", tolerance: float | None = None
) -> list[Finding]:
    """Search by one family less search by another; with ``tolerance``, whether little is lost."""
    found, cell = [], [_search(evidence, evidence.settings.search.variants[0])]
    for dataset, group in evidence.groups("search"):
        ours, theirs = (evidence.models(dataset, family) for family in (left, right))
        found += _contrasted(evidence, dataset, group, "search", ours, theirs, [(cell, cell)], tolerance)
    return found


def words_differ(evidence: Evidence) -> list[Finding]:
    """Search by generalists less search by words; nothing where no words were searched."""
    if WORDS not in evidence.settings.search.baselines:
        return []
    found: list[Finding] = []
    cell = [_search(evidence, evidence.settings.search.variants[0])]
    for dataset, group in evidence.groups("search"):
        models = evidence.models(dataset, "generalist")
        found += _contrasted(evidence, dataset, group, "search", models, models[:1], [(cell, [f"baseline/{WORDS}"])])
    return found


def variant_differs(evidence: Evidence, variant: str, family: str) -> list[Finding]:
    """Search on a variant less search on the first, by one family."""
    return _variant(evidence, variant, family, None)


def variant_keeps(evidence: Evidence, variant: str, tolerance: float = 0.01) -> list[Finding]:
    """Whether search on a variant loses little, over all encoders."""
    return _variant(evidence, variant, None, tolerance)


def _variant(evidence: Evidence, variant: str, family: str | None, tolerance: float | None) -> list[Finding]:
    first, found = evidence.settings.search.variants[0], []
    for dataset, group in evidence.groups("search") if variant in evidence.settings.search.variants else ():
        models = evidence.models(dataset, family)
        sides = [([_search(evidence, variant)], [_search(evidence, first)])]
        found += _contrasted(evidence, dataset, group, "search", models, models, sides, tolerance)
    return found


def _search(evidence: Evidence, variant: str) -> str:
    return f"search/{evidence.settings.search.systems[0]}/{variant}"


def _contrasted(
    evidence: Evidence,
    dataset: str,
    group: str,
    task: str,
    left: list[str],
    right: list[str],
    sides: list[tuple[list[str], list[str]]],
    tolerance: float | None = None,
) -> list[Finding]:
    """Cells of ``left`` encoders less cells of ``right`` ones, averaged over encoders; nothing if a side is empty."""
    if not left or not right:
        return []
    cells: list[tuple[str, str]] = []
    wanted = []
    for one, other in sides:
        places = []
        for models, names in ((left, one), (right, other)):
            places.append(list(range(len(cells), len(cells) + len(models) * len(names))))
            cells += [(model, cell) for model in models for cell in names]
        wanted.append(Contrast(" / ".join(one), *places))
    values = evidence.values(dataset, group, cells, evidence.metric(task))
    if tolerance is None:
        found = differences(values, wanted, evidence.seed)
    else:
        found = losses(values, wanted, evidence.seed, tolerance)
    return [_finding(evidence, dataset, group, task, one, len(sides) > 1) for one in found]


def _finding(evidence: Evidence, dataset: str, group: str, task: str, one: Found, several: bool) -> Finding:
    where = ", ".join([dataset, *([] if group in ("given", "users") else [group]), *([one.name] if several else [])])
    interval = f"{one.difference:+.4f} [{one.low:+.3f}, {one.high:+.3f}]"
    return Finding(where, f"{evidence.metric(task)} {one.left:.4f} against {one.right:.4f}: {interval}", one.sign)
