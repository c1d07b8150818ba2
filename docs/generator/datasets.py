"""The page of data sets: those that ``itemvec fetch`` brings, and where they come from."""

from __future__ import annotations

from typing import NamedTuple

from docs.generator.options import prose
from docs.generator.table import page, table
from itemvec.datasets import DATASETS
from itemvec.datasets.known_datasets import SOURCES
from itemvec.datasets.sources import ByHand, Download, PackageFiles, Source

LEAD = """`itemvec fetch NAME` brings the raw files of a known data set into `data/NAME`; `dvc exp run -S dataset=NAME`
runs on it. Files that you put there by hand do as well. A download that was cut goes on where it ended. Each data set
keeps the terms of those who publish it; itemvec redistributes none."""
SUMS = """The three ESCI rows read the same files. Where no checksum is published, `SHA256SUMS` beside the files holds
what came, and a later `itemvec fetch` says if they changed. A size is left out where nobody here measured it."""
RESEARCH = "terms of their own: research, no commercial use without permission"


class Facts(NamedTuple):
    """What the code does not know of a data set."""

    size: str  # what is downloaded; empty where nobody measured it
    terms: str


MOVIELENS = f"GroupLens, {RESEARCH}"
AMAZON = "McAuley Lab, for research; no licence is stated"
FACTS = {
    "movielens-100k": Facts("2 MB", MOVIELENS),
    "movielens-1m": Facts("", MOVIELENS),
    "movielens-20m": Facts("199 MB", MOVIELENS),
    "movielens-32m": Facts("", MOVIELENS),
    "amazon-all-beauty": Facts("", AMAZON),
    "amazon-video-games": Facts("", AMAZON),
    "amazon-baby-products": Facts("", AMAZON),
    "amazon-c4": Facts("0.7 GB", AMAZON),
    "scifact": Facts("8 MB unpacked", "CC BY-NC 2.0"),
    "nfcorpus": Facts("", "for academic use; see its publisher"),
    "limit": Facts("", "CC BY 4.0"),
    "limit-small": Facts("0.2 MB", "CC BY 4.0"),
    **dict.fromkeys(("esci-us", "esci-es", "esci-jp"), Facts("1.2 GB", "Apache-2.0")),
    "wands": Facts("", "MIT"),
    "crowdflower": Facts("5 MB", "rules of the Kaggle competition"),
}


def datasets() -> str:
    """The whole page."""
    head = ("row", "files", "size", "comes from", "checksums", "terms")
    kinds = [[f"[`{kind}`](params.md#{kind})", prose(DATASETS[kind]).split("\n\n")[0]] for kind in DATASETS.kinds()]
    return page(
        "Data sets",
        LEAD,
        "## Known data sets",
        table(head, [_row(name, source) for name, source in SOURCES.items()]),
        SUMS,
        "## Kinds",
        "The kind of a row of `datasets` in `params.yaml` says how files are read. `tables` is for your own data.",
        table(("kind", "what it reads"), kinds),
    )


def _row(name: str, source: Source) -> list[str]:
    facts = FACTS[name]
    files = ", ".join(f"`{one}`" for one in source.names())
    place, sums = _origin(source)
    return [f"`{name}`", files, facts.size, place, sums, facts.terms]


def _origin(source: Source) -> tuple[str, str]:
    """Where the files come from, and by what they are checked."""
    if isinstance(source, PackageFiles):
        return f"the Python package `{source.package}`", "sha256"
    if isinstance(source, ByHand):
        return f"by hand: {source.advice}", "none published"
    assert isinstance(source, Download)  # noqa: S101
    published = sorted({value.partition(":")[0] for value in source.checksums.values()})
    return f"`{source.base}`", ", ".join(published) or "none published"
