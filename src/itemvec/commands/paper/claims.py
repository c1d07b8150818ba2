"""The claims: each a comparison that was stated beforehand, and the rule by which it stands or falls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itemvec.commands.paper.evidence import Evidence
from itemvec.commands.paper.findings import (
    Finding,
    families_differ,
    networks_differ,
    texts_against_ids,
    variant_differs,
    variant_keeps,
    words_differ,
)
from itemvec.commands.paper.geometry_findings import below_nominal, follows, more_even

ABSTRACT = "the abstract"
SUMMARY = "a summary by others; the wording of the paper was not at hand"
OURS = "not a claim of the paper; asked here"


@dataclass(frozen=True)
class Claim:
    """One claim.

    source
        Where it is stated.
    quantity
        What is compared, and when it counts as shown.
    find
        Makes the comparison for every data set, and whatever else it is made for.
    """

    key: str
    words: str
    source: str
    quantity: str
    find: Callable[[Evidence], list[Finding]]


def verdict(found: list[Finding]) -> str:
    """It stands if every comparison shows it, and is otherwise if every one shows the opposite.

    A claim for all data sets needs each of them, so no correction for their number is needed (Berger, 1982).
    """
    signs = {one.sign for one in found}
    return {frozenset("+"): "shown", frozenset("-"): "shown to be otherwise"}.get(frozenset(signs), "not shown")


MEAN = "mean of the first metric over the family, query by query; on every data set (and with every network) above zero"
CLAIMS = [
    Claim(
        "generalist-beats-ids",
        "In sequential recommendation, networks on texts of generalist encoders beat the same networks on ids.",
        ABSTRACT,
        MEAN,
        texts_against_ids,
    ),
    Claim(
        "generalist-beats-tuned-recommendation",
        "In sequential recommendation, generalist encoders beat those tuned on the domain.",
        ABSTRACT,
        MEAN,
        networks_differ,
    ),
    Claim(
        "generalist-beats-tuned-search",
        "In product search, generalist encoders beat those tuned on the domain.",
        ABSTRACT,
        MEAN,
        families_differ,
    ),
    Claim(
        "generalist-beats-words",
        "In product search, generalist encoders beat BM25.",
        ABSTRACT + ', where it says "traditional"',
        MEAN,
        words_differ,
    ),
    Claim(
        "more-even",
        "Generalist encoders spread features more evenly than those tuned on the domain.",
        ABSTRACT,
        "dimensions for 80 % of the variance over the width: means of families, exact permutation test over encoders",
        more_even,
    ),
    Claim(
        "pca80-improves-tuned",
        "PCA at 80 % of the variance improves encoders tuned on the domain.",
        ABSTRACT + ", which names no share",
        MEAN,
        lambda evidence: variant_differs(evidence, "pca80", "tuned"),
    ),
    Claim(
        "pca95-improves-tuned",
        "PCA at 95 % of the variance improves encoders tuned on the domain.",
        ABSTRACT + ", which names no share",
        MEAN,
        lambda evidence: variant_differs(evidence, "pca95", "tuned"),
    ),
    Claim(
        "pca80-loses-nothing",
        "PCA at 80 % of the variance loses nothing in search.",
        OURS,
        "mean over all encoders; shown to lose less than 1 % on every data set",
        lambda evidence: variant_keeps(evidence, "pca80"),
    ),
    Claim(
        "below-nominal",
        "The effective dimension lies well below the nominal one.",
        OURS + "; what is well below is our choice",
        "dimensions for 80 % of the variance; below half of the width for every encoder on every data set",
        below_nominal,
    ),
    Claim(
        "small-rivals-large",
        "A small decoder rivals one many times its size.",
        SUMMARY,
        "shown to lose less than 1 % on every data set, in search; families small and large",
        lambda evidence: families_differ(evidence, "small", "large", tolerance=0.01),
    ),
    Claim(
        "bigger-is-better",
        "Bigger encoders search better.",
        OURS,
        "rank correlation of parameters with the mean over encoders, interval above zero; eight encoders at least",
        lambda evidence: follows(evidence, "parameters"),
    ),
    Claim(
        "even-goes-with-quality",
        "Encoders and variants whose features are more evenly spread search better.",
        ABSTRACT + ", as the reason",
        "rank correlation of the mean with the share of the width that 80 % of the variance takes; eight points",
        lambda evidence: follows(evidence, "its share of the width"),
    ),
]
