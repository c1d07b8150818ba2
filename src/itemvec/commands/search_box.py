"""Interactive search over the items of the last run: a typed query in, ranked items out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.commands.numpy_bert import numpy_bert
from itemvec.commands.numpy_exact import without_torch
from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEM, TEXT
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.core.params import Params, Row, no_row
from itemvec.core.top_k import NOTHING, Top
from itemvec.encoders import ENCODERS, Corpus, Encoder, Role, encode
from itemvec.reducers import REDUCERS, Transform
from itemvec.rerankers import RERANKERS, Rerank
from itemvec.retrievers import RETRIEVERS, Entries, Retrieve, prepare
from itemvec.stages.reduce import Interactions, Judging, fit
from itemvec.stages.rerank import reorder
from itemvec.store import ROWS, open_vectors

SOME = 64  # items by which to check that the reducer, or another way to encode, is still the same
SAME = 1e-4  # largest difference of a coordinate; float32 leaves some 1e-6, bfloat16 more

Encoded = Callable[[str, Role], Floats]  # of one text, float32 of shape (1, dim)


@dataclass(frozen=True)
class Hit:
    """An item that was found; ``score`` is the reranker's if there is one, else the retriever's."""

    item: str
    score: float
    text: str


class SearchBox:
    """The selected model, the first variant and one retriever, in memory.

    Parameters
    ----------
    root
        Folder of the repository, in which ``artifacts`` and ``metrics`` lie.
    retriever
        Row of ``systems``; by default the first of ``retrievers``.
    reranker
        Row of ``systems`` that reranks the best ``rerank.depth`` items; by default none.

    Raises
    ------
    ItemvecError
        Nothing was run yet, the last run used another model, or there is no such row.
    """

    def __init__(self, root: Path, params: Params, retriever: str | None = None, reranker: str | None = None) -> None:
        self.params, self.root, self.artifacts = params, root, root / "artifacts"
        name = retriever or next(iter(params.retrievers), None)
        if name is None:
            raise ParamsError("params.yaml: retrievers is empty; name a row with --retriever")
        system = without_torch(RETRIEVERS.build(name, self._chosen(name) | self._row(name)))
        self.rerank: Rerank | None = None
        self.depth = 0
        if reranker is not None:
            self.rerank, self.depth = RERANKERS.build(reranker, self._row(reranker)).load(), params.rerank.depth
        table = read_parquet(self.artifacts / "tables" / "items.parquet", [ITEM, TEXT])
        self.ids, self.texts = (table[name].combine_chunks() for name in (ITEM, TEXT))
        self.vector = self._encoder() if system.needs_vectors else None
        vectors = self._vectors() if system.needs_vectors else None
        self.retrieve: Retrieve = prepare(system, Entries(self.ids, self.texts, vectors), None)[0]

    def __call__(self, query: str, k: int) -> list[Hit]:
        """The best ``k`` items for ``query``, best first; fewer where the retriever finds no more."""
        vectors = None if self.vector is None else [self.vector(query)]
        asked = Entries(pa.array(["query"]), pa.array([query]), vectors)
        top = self.retrieve(asked, max(k, self.depth))
        if self.rerank is not None:
            top = reorder(self.rerank, [query], self.texts, top, self.depth)
        return list(self._hits(top, k))

    def _hits(self, top: Top, k: int) -> Iterator[Hit]:
        for place, score in zip(top.positions[0, :k].tolist(), top.scores[0, :k].tolist(), strict=True):
            if place != NOTHING:
                yield Hit(self.ids[place].as_py(), score, self.texts[place].as_py())

    def _row(self, name: str) -> Row:
        if name not in self.params.systems:
            raise no_row("systems", name, self.params.systems)
        return self.params.systems[name]

    def _chosen(self, name: str) -> Row:
        """The weights that the run has chosen on validation queries, where the row gives none."""
        cells = (f"search/{name}/{self.params.variants[0]}", f"baseline/{name}")
        for path in (self.artifacts / "results" / f"{cell}.json" for cell in cells):
            chosen = read_json(path).get("chosen", {}) if path.exists() else {}
            if "weights" in chosen:
                return {"weights": chosen["weights"]}
        return {}

    def _vectors(self) -> list[Floats]:
        """The items of the first variant, in blocks."""
        digest = self.artifacts / "vectors" / f"{self.params.variants[0]}.digest"
        block = open_vectors(digest, "items").load()
        if not block.ids.equals(self.ids):
            raise TableError(f"{digest.with_suffix('')}: its items differ from those of the tables; run `dvc repro`")
        return np.split(block.vectors, range(ROWS, len(block.vectors), ROWS))

    def _encoder(self) -> Any:
        """Make a function from a query to its vector in the first variant, float32 of shape (1, dim)."""
        model, variant = self.params.model, self.params.variants[0]
        said = read_json(self.artifacts / "results" / "embed.json")["model"]
        if said != model:
            raise TableError(f"artifacts holds vectors of model {said!r}, not of {model!r}; run `dvc repro`")
        source = self.artifacts / "embeddings.digest"
        reducer = REDUCERS.build(variant, self.params.reducers[variant])
        moments = self.artifacts / "moments.digest"
        tables = self.artifacts / "tables"
        judging = Judging(tables / "queries.parquet", tables / "qrels.parquet", self.params.search.split)
        log = Interactions(tables / "interactions.parquet", self.params.recommend.split)
        transform = fit(reducer, source, self.params.seed, moments if moments.exists() else None, judging, log)
        check_stored(self.artifacts, variant, transform)
        encoder = ENCODERS.build(model, self.params.models[model])
        encoded = self._without_torch(encoder) or self._as_loaded(encoder)
        return lambda query: transform(encoded(query, "query"), "query")

    def _as_loaded(self, encoder: Encoder) -> Encoded:
        loaded = encoder.load(Corpus(self.artifacts / "tables" / "items.parquet"))

        def encoded(text: str, role: Role) -> Floats:
            ((_, vectors),) = encode(loaded, loaded.prepare([text], role), encoder.dim)
            return vectors

        return encoded

    def _without_torch(self, encoder: Encoder) -> Encoded | None:
        """The same, which starts sooner; None where there is none that gives the stored vectors of the items."""
        bert = numpy_bert(encoder)
        block = next(iter(open_vectors(self.artifacts / "embeddings.digest", "items")), None)
        if bert is None or block is None or not block.ids.equals(self.ids[: len(block.ids)]):
            return None
        texts = self.texts[:SOME].to_pylist()
        tried = {0, max(range(len(texts)), key=lambda place: len(texts[place]))}  # the longest may be cut
        made = np.concatenate([bert(texts[one], "item") for one in tried])
        known = block.vectors[list(tried)]
        return bert if made.shape == known.shape and np.allclose(made, known, atol=SAME) else None


def check_stored(artifacts: Path, variant: str, transform: Transform) -> None:
    """Check that a variant was made by ``transform``: params.yaml or the seed may have changed since.

    Raises
    ------
    TableError
        It was not.
    """
    encoded, stored = (
        next(iter(open_vectors(artifacts / f"{name}.digest", "items").vectors))[:SOME]
        for name in ("embeddings", f"vectors/{variant}")
    )
    made = transform(encoded, "item")
    if made.shape != stored.shape or np.linalg.norm(made - stored) > 0.05 * np.linalg.norm(stored):
        raise TableError(f"artifacts: its vectors differ from what reducer {variant!r} makes; run `dvc repro`")


def lines(hits: list[Hit], width: int) -> list[str]:
    """One line per hit, at most ``width`` characters: rank, score, id, and as much of the text as fits."""
    ids = [plain_line(hit.item, width) for hit in hits]
    longest = max(map(len, ids), default=0)
    return [
        f"{rank:>3}  {hit.score:>8.4f}  {name:<{longest}}  {plain_line(hit.text, width)}"[:width].rstrip()
        for rank, (name, hit) in enumerate(zip(ids, hits, strict=True), 1)
    ]


def plain_line(text: str, width: int) -> str:
    """A text on one line, without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * width]).split())
