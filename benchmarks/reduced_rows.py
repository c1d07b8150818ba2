"""Rows of reducers that take the same bytes of an item."""

from __future__ import annotations

from typing import Any, NamedTuple

Row = dict[str, Any]


class Line(NamedTuple):
    """A variant: one row, or several that differ in their draw alone."""

    name: str
    rows: tuple[Row, ...]


def at_bytes(budget: int, dim: int, draws: int) -> list[Line]:
    """What fits ``budget`` bytes of an item: few floats, more of smaller numbers, codes, bits."""
    floats = budget // 4
    lines = [
        Line("pca", ({"kind": "pca", "dim": floats},)),
        Line("pca, queries on their own mean", ({"kind": "pca", "dim": floats, "centre": "queries"},)),
        Line("whiten", ({"kind": "whiten", "method": "pca", "dim": floats},)),
        Line("truncate", ({"kind": "truncate", "dim": floats},)),
        Line("random-drop", by_lot("random-drop", floats, draws)),
        Line("random-projection", by_lot("random-projection", floats, draws)),
    ]
    if budget // 2 <= dim:
        lines.append(Line("pca, float16", _chain({"kind": "pca", "dim": budget // 2}, _to("float16"))))
    if budget < dim:
        lines.append(Line("pca, int8", _chain({"kind": "pca", "dim": budget}, _to("int8"))))
        lines.append(Line("truncate, int8", _chain({"kind": "truncate", "dim": budget}, _to("int8"))))
    if budget == dim:
        lines.append(Line("int8", (_to("int8"),)))
        lines.append(Line("centred, int8", _chain(CENTRED, _to("int8"))))
    if budget * 8 == dim:
        lines.append(Line("binary, rescored", (_to("binary"),)))
        lines.append(Line("binary, bits alone", (_to("binary") | {"rescore": False},)))
        lines.append(Line("centred, binary, rescored", _chain(CENTRED, _to("binary"))))
    if budget < dim and dim % budget == 0:
        codes: Row = {"kind": "product-quantize", "parts": budget}
        lines.append(Line("product-quantize", (codes,)))
        lines.append(Line("centred, product-quantize", _chain(CENTRED, codes)))
        lines.append(Line("centred, rotated, product-quantize", _chain(CENTRED, codes | {"rotate": True})))
    return lines


def at_width() -> list[Line]:
    """What leaves the width as it is."""
    return [
        Line("centred", (CENTRED,)),
        Line("all-but-the-top", ({"kind": "all-but-the-top"},)),
        Line("whiten", ({"kind": "whiten"},)),
        Line("whiten in 4 groups", ({"kind": "whiten", "groups": 4},)),
        Line("pca, 95 % of the variance", ({"kind": "pca", "variance": 0.95},)),
        Line("float16", (_to("float16"),)),
    ]


def at_half(dim: int, draws: int) -> list[Line]:
    """Directions of most variance, and coordinates by lot."""
    return [Line("pca", ({"kind": "pca", "dim": dim // 2},)), Line("drop", by_lot("random-drop", dim // 2, draws))]


def by_trial(budget: int, draws: int) -> list[Line]:
    """Dimensions chosen by half of the queries, against the same number of others."""
    floats = budget // 4
    return [
        Line("drop-degrading, all that seem to harm", ({"kind": "drop-degrading"},)),
        Line("drop-degrading", ({"kind": "drop-degrading", "dim": floats},)),
        Line("random-drop", by_lot("random-drop", floats, draws)),
        Line("pca", ({"kind": "pca", "dim": floats},)),
    ]


CENTRED: Row = {"kind": "all-but-the-top", "directions": 0}


def by_lot(kind: str, dim: int, draws: int) -> tuple[Row, ...]:
    """One row a draw."""
    return tuple({"kind": kind, "dim": dim, "draw": draw} for draw in range(draws))


def _to(form: str) -> Row:
    return {"kind": "quantize", "to": form}


def _chain(*links: Row) -> tuple[Row]:
    return ({"kind": "chain", "links": list(links)},)
