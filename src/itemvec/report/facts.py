"""What a page is about, in one line, and where its numbers come from, in another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec import __version__
from itemvec.core.files import read_json
from itemvec.core.params import Row
from itemvec.decision.results import CONSTRUCTED, Results

LIBRARIES = ("torch", "sentence-transformers")
SHORT = 8  # characters of a hash


def facts(results: Results, decision: dict[str, Any]) -> list[tuple[str, str]]:
    """Model, items, users and queries: each as what it is, and a word to mark before its last word, mostly none."""
    embed, tasks = results.embed, decision["tasks"]
    revision = embed.get("encoder", {}).get("revision") or ""
    model = f"{decision['model']} ({decision['dim']} d{', @' + revision[:7] if revision else ''})"
    found = [(model, ""), (f"{embed['rows']['items']:,} items", "")]
    if "recommend" in tasks:
        first = results.of("recommend")[0]
        found.append((f"{first.facts.get('users', first.facts['queries']):,} users", ""))
    if "search" in tasks:
        made = [group.startswith(CONSTRUCTED) for group in tasks["search"]["groups"]]
        mark = CONSTRUCTED if all(made) else f"partly {CONSTRUCTED}" if any(made) else ""
        found.append((f"{embed['rows']['queries']:,} queries", mark))
    return found


def provenance(results: Results, decision: dict[str, Any], artifacts: Path) -> list[str]:
    """Hashes of the data and of the item vectors, split, seeds, versions; equal for equal results.

    Parameters
    ----------
    artifacts
        Folder with ``embeddings.digest``.
    """
    params = results.params
    data = ", ".join(f"{name} {found[:SHORT]}" for name, found in decision["inputs"].items())
    vectors = read_json(artifacts / "embeddings.digest")["items"]["sha256"]
    libraries = results.embed.get("encoder", {}).get("libraries", {})
    versions = {"itemvec": __version__} | {name: libraries[name] for name in LIBRARIES if name in libraries}
    return [
        f"data: {data}",
        f"item vectors {vectors[:SHORT]}",
        *([f"split {split(params.recommend.split)}"] if "recommend" in decision["tasks"] else []),
        f"seed {params.seed}; {params.recommend.seeds} seeds where training is random",
        ", ".join(f"{name} {version}" for name, version in versions.items()),
    ]


def split(row: str | Row) -> str:
    """A split as its kind, then its options."""
    if isinstance(row, str):
        return row
    options = ", ".join(f"{name} {value}" for name, value in row.items() if name != "kind")
    return f"{row['kind']} ({options})" if options else str(row["kind"])
