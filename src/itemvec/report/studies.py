"""What was found out about the vectors themselves: shape, single dimensions, text against use, and capacity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec.core.files import read_parquet
from itemvec.decision.results import Results
from itemvec.report.sections import Section
from itemvec.report.tables import Table, geometry
from itemvec.report.truncation import lengths


def studies(results: Results, measures: Path) -> list[Section]:
    """The sections there is something to say in."""
    found = [lengths(results), shape(results), dimensions(results), agreement(results, measures), capacity(results)]
    return [one for one in found if one.tables]


def shape(results: Results) -> Section:
    """How the vectors of each variant lie."""
    header = ["vectors", "isoscore", "uniformity", "skewness of hubs", "largest hub", "never near"]
    kinds = list(results.variants[results.params.variants[0]].get("alignment", {}))
    rows = []
    for name, facts in results.variants.items():
        hubs = facts["hubness"]
        shown = [f"{facts['isoscore']:.3f}", f"{facts['uniformity']:.3f}", f"{hubs['skewness']:.2f}"]
        shares = [f"{hubs['largest']:.1%}", f"{hubs['never']:.1%}"]
        rows.append([name, *shown, *shares, *(f"{facts['alignment'][kind]:.3f}" for kind in kinds)])
    words = (
        "How much of their space the vectors use, and how evenly. Components (80 %) and (95 %): how many principal "
        "components hold that share of the variance; few means that the vectors could be smaller. Effective dims: the "
        "participation ratio, over how many dimensions the variance is spread. Mean cosine: far above 0, all vectors "
        "point the same way. IsoScore: 1 where all directions hold the same variance, 0 where one holds all. "
        "Uniformity: lower the more evenly items lie on the sphere. Hubs: items that are among the ten nearest of far "
        "more others than chance would make them; the table has the skewness of that count, the share of items that "
        "have the largest hub among their nearest, and the share of items that are nearest to none. Alignment: mean "
        "squared distance of unit vectors that belong together, a query and a relevant item, or an item and the next "
        "in a history."
    )
    tables = [
        geometry(results),
        Table("Spread and neighbours", [*header, *(f"alignment, {one}" for one in kinds)], rows),
    ]
    return Section("geometry", "How the vectors use their space", words, tables)


def dimensions(results: Results) -> Section:
    """What each dimension of the first variant does to search."""
    facts = results.study("ablate_dimensions")
    tables = []
    for group, found in facts["groups"].items():
        rows = [
            [
                rule,
                " and ".join(map(str, one["dims"])),
                f"{one['own']:+.4f}",
                _mean(one["other"], 4),
                _p(one["other"]["p"]),
            ]
            for rule, one in found["dropped"].items()
        ]
        title = (
            f"{group} ({found['queries']:,} queries, nDCG@10 {found['ndcg@10']:.4f}): {found['harmful']} of "
            f"{facts['dim']} dimensions are harmful at p < .05, {found['useful']} of use; without {found['higher']} "
            "nDCG is higher at all"
        )
        header = ["dropped", "dimensions", "queries that chose them", "the others", "p"]
        tables.append(Table(title, header, rows))
    words = (
        f"Whether single dimensions of the variant {results.params.variants[0]} harm search. Each is left out in turn; "
        "p is that of a sign-flip test against the largest of all dimensions, which adjusts for their number. The "
        "tables say what it is worth to drop some: one half of the queries chooses which, the other half is measured, "
        "both ways round. Constructed queries have items in common, so that the halves are less independent than "
        "those of different people would be."
    )
    return Section("dimensions", "What single dimensions do", words, tables)


def agreement(results: Results, measures: Path) -> Section:
    """Whether items that are alike in text are wanted together."""
    facts = results.study("collaborative_similarity")
    if "ease" not in facts:
        return Section("behaviour", "", "", [])
    ease, lift, near = facts["ease"], facts["lift"], facts["neighbours"]
    rows = [
        ["cosine and EASE weight", f"{facts['pairs']:,} pairs", f"{ease['pearson']:.3f}", f"{ease['spearman']:.3f}"],
        ["cosine and lift", f"{facts['pairs_together']:,} pairs", f"{lift['pearson']:.3f}", f"{lift['spearman']:.3f}"],
        ["cosine and EASE weight, item by item", f"{facts['items']:,} items", "-", _mean(ease["by_item"], 3)],
    ]
    tables = [
        Table("Correlation", ["of", "over", "Pearson", "Spearman"], rows),
        Table(
            f"Of the {near['k']} nearest by text, those that EASE counts against",
            ["nearest", "all pairs"],
            [[_mean(near["negative"], 3), f"{near['of_all']:.3f}"]],
        ),
    ]
    alike = read_parquet(measures / "alike.parquet").to_pylist()
    listed = [
        [f"{one['cosine']:.3f}", str(one["together"]), f"{one['expected']:.1f}", one["left_text"], one["right_text"]]
        for one in alike
    ]
    if listed:
        header = ["cosine", "users of both", "by chance", "item", "and item"]
        tables.append(Table("Alike, but hardly ever wanted together", header, listed))
    words = (
        "Whether items with similar texts are liked by the same people. Counted are the "
        f"{facts['items']:,} items that most of {facts['users']:,} users had, on {results.params.variants[0]}. "
        "EASE learns from histories alone what an item adds to the wish for another; lift is the number of users "
        "of both over what chance gives. Where the agreement is low, vectors of texts cannot recommend by cosine, "
        "and need training."
    )
    return Section("behaviour", "Similar texts and similar users", words, tables)


def capacity(results: Results) -> Section:
    """What the judgments ask of vectors, what free vectors hold of them, and what those of each variant do."""
    facts = results.study("capacity")
    groups = facts["groups"]
    rows = [
        [
            group,
            f"{found['density']:.4f}",
            f"{found['degree']:.1f}",
            f"{found['query_strength']:.2f}",
            f"{found['queries']:,} and {found['items']:,}",
            ", ".join(f"{dim}: {one['solved']:.1%}" for dim, one in found["free"].items()) or "any",
        ]
        for group, found in groups.items()
    ]
    header = ["queries", "density", "degree", "query strength", "queries and items tried", "solved by dimensions"]
    reached = [
        [name, str(variant["dim"]), *(_margin(variant["margin"].get(group)) for group in groups)]
        for name, variant in results.variants.items()
    ]
    tables = [
        Table("The judgments, and free vectors optimised for them", header, rows),
        Table("What the vectors of each variant reach", ["vectors", "dim", *groups], reached),
    ]
    margins = ", ".join(f"{value} with {int(n):,} items" for n, value in facts["construction"].items())
    words = (
        "How many dimensions it takes to rank all relevant items first. A query is solved where all its relevant items "
        "come before all others. Free vectors are not made from texts but optimised for the judgments: where they "
        "solve what a variant does not, the dimensions are enough and training is missing. The least and the median "
        "margin of a variant are cosines, of the worst relevant item less the best other one. Density is the share of "
        "all pairs of relevant items that one query wants both of, degree to how many others an item is joined in this "
        "way, query strength how much a query shares with the others (arXiv 2508.21038). In theory four dimensions "
        f"hold every pair of any catalogue, but then the least margin is {margins}."
    )
    return Section("capacity", "How many dimensions the judgments need", words, tables if groups else [])


def _margin(found: dict[str, Any] | None) -> str:
    if not found or not found["queries"]:
        return "-"
    return f"{found['positive']:.1%} ({found['least']:+.3f}, {found['median']:+.3f})"


def _mean(one: dict[str, float], digits: int) -> str:
    return f"{one['mean']:.{digits}f} [{one['low']:.3f}, {one['high']:.3f}]"


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
