"""Geometry against quality in words and tables."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from textwrap import fill
from typing import Any

from tabulate import tabulate

from itemvec.decision.diff_text import WIDTH, plain
from itemvec.decision.geometry import Geometry, Relation
from itemvec.decision.networks import LIKE, Likeness

NETWORKS = f"Encoders against decoders whose parameters differ by a factor of {LIKE:.0f} at most"
NETWORKS_HEADER = ["group", "encoder", "decoder", "difference [95 %, all together]", "verdict"]
HEADER = ["quantity", "rank correlation [95 %, all together]", "points", "verdict"]


def sentence(one: Geometry) -> str:
    """What rises and falls with the mean."""
    head = f"{one.title}, {one.system}: "
    if one.refused:
        return f"{head}nothing is said of geometry: {one.refused}."
    said = [
        f"{relation.quantity} ({'higher' if relation.found.rho > 0 else 'lower'} where {one.metric} is higher)"
        for relation in one.relations
        if relation.found is not None and relation.found.shown
    ]
    models = len({point.model for point in one.points})
    over = f"over {len(one.points)} points of {models} models"
    return f"{head}shown to go with quality, {over}: {', '.join(said) or 'nothing'}."


def tables(one: Geometry) -> list[tuple[str, list[str], list[list[str]]]]:
    """A table of the quantities, and one of the points."""
    if one.refused:
        return []
    title = f"Geometry against quality: {one.title}, {one.system}"
    names = [relation.quantity for relation in one.relations]
    points = [
        [
            plain(point.model),
            plain(point.variant),
            f"{point.mean:.4f}",
            *(f"{point.values[name]:.4g}" for name in names),
        ]
        for point in sorted(one.points, key=lambda point: -point.mean)
    ]
    return [
        (title, HEADER, [_row(relation) for relation in one.relations]),
        (f"Its points: {one.title}, {one.system}", ["model", "variant", one.metric, *names], points),
    ]


def _row(relation: Relation) -> list[str]:
    found = relation.found
    if found is None:
        return [relation.quantity, "-", "-", "all equal"]
    verdict = ("rises" if found.rho > 0 else "falls") if found.shown else "not shown"
    return [relation.quantity, f"{found.rho:+.2f} [{found.low:+.2f}, {found.high:+.2f}]", str(found.n), verdict]


def networks_table(found: list[Likeness]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Encoders against decoders of like size, if there are any."""
    rows = [
        [one.title, plain(one.encoder), plain(one.decoder), _difference(one), one.verdict.replace("\n", " ")]
        for one in found
    ]
    return [(NETWORKS, NETWORKS_HEADER, rows)] if rows else []


def _difference(one: Likeness) -> str:
    return f"{one.difference:+.4f} [{one.low:+.3f}, {one.high:+.3f}]"


def all_tables(found: list[Geometry], likeness: list[Likeness]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Every table."""
    return [table for one in found for table in tables(one)] + networks_table(likeness)


def as_text(found: list[Geometry], likeness: list[Likeness], markdown: bool = False) -> str:
    """Sentences, then tables."""
    form, mark = ("github", "**") if markdown else ("simple", "")
    said = [sentence(one) if markdown else fill(sentence(one), WIDTH, subsequent_indent="  ") for one in found]
    parts = ["\n\n".join(said) if markdown else "\n".join(said)]
    for title, header, rows in all_tables(found, likeness):
        parts.append(f"{mark}{title}{mark}\n\n{tabulate(rows, header, form, disable_numparse=True)}")
    return "\n\n".join(parts)


def as_csv(found: list[Geometry]) -> str:
    """The points: one row for each model, variant and group of queries."""
    names = list(dict.fromkeys(name for one in found for point in one.points for name in point.values))
    lines = [["group", "system", "model", "variant", "mean", *names]]
    for one in found:
        for point in one.points:
            values = [str(point.values.get(name, "")) for name in names]
            lines.append([one.title, one.system, point.model, point.variant, str(point.mean), *values])
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(lines)
    return file.getvalue()


def as_data(found: list[Geometry], likeness: list[Likeness]) -> dict[str, Any]:
    """For programs; nothing where nothing was asked for."""
    groups = [
        {
            "group": one.title,
            "system": one.system,
            "points": [{"model": p.model, "variant": p.variant, "mean": p.mean} | p.values for p in one.points],
            "relations": {
                relation.quantity: None
                if relation.found is None
                else {"rho": relation.found.rho, "low": relation.found.low, "high": relation.found.high}
                for relation in one.relations
            },
        }
        for one in found
    ]
    networks = [asdict(one) | {"verdict": one.verdict} for one in likeness]
    return ({"geometry": groups} if groups else {}) | ({"networks": networks} if networks else {})
