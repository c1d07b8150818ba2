"""One version of an export in memory: model, table and recommender of the same folder at the same time."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.commands.deploy.loader import Recommender
from itemvec.commands.deploy.query_rounding import Rounding
from itemvec.commands.deploy.query_rounding import load as load_rounding
from itemvec.core.columns import ITEM, TEXT, VECTOR
from itemvec.core.errors import ItemvecError, TableError
from itemvec.core.files import read_json
from itemvec.store import lance

PROBE = "a query"  # that is asked before a version answers others
RRF = 60  # of reciprocal rank fusion (Cormack et al., SIGIR 2009)
DEPTH = 100  # ranks of each list that are fused

Hit = dict[str, Any]  # item_id, text, score


@dataclass(frozen=True)
class Version:
    """What answers; nothing of it changes, and it does not need the folder that it was read from.

    name
        Twelve digits of a hash of what was read.
    about
        What ``itemvec.json`` of the export says.
    """

    name: str
    about: dict[str, Any]
    model: Any | None
    table: Any | None
    distance: str
    recommender: Recommender | None
    held: Path
    rounding: Rounding | None = None

    def search(self, asked: list[tuple[str, int, str]]) -> list[list[Hit]]:
        """The best items for some queries, of which each has a number of items and a mode."""
        vectors = self.model.encode_query([query for query, _, _ in asked], show_progress_bar=False)  # type: ignore[union-attr]
        vectors = vectors if self.rounding is None else self.rounding(vectors)
        return [self._hits(*one, vector) for one, vector in zip(asked, vectors, strict=True)]

    def _hits(self, query: str, k: int, mode: str, vector: Any) -> list[Hit]:
        if mode == "vector":
            return self._by_vector(vector, k)
        if mode == "words":
            return self._by_words(query, k)
        lists = [self._by_vector(vector, DEPTH), self._by_words(query, DEPTH)]
        scores: dict[str, float] = {}
        for hits in lists:
            for rank, hit in enumerate(hits, 1):
                scores[hit[ITEM]] = scores.get(hit[ITEM], 0.0) + 1 / (RRF + rank)
        known = {hit[ITEM]: hit for hits in lists for hit in hits}
        best = sorted(scores, key=lambda item: (-scores[item], item))[:k]
        return [known[item] | {"score": scores[item]} for item in best]

    def _by_vector(self, vector: Any, k: int) -> list[Hit]:
        query = self.table.search(vector, vector_column_name=VECTOR).distance_type(self.distance)  # type: ignore[union-attr]
        effort = self.about.get("effort", {})
        query = query.nprobes(effort["probes"]) if effort.get("probes") else query
        query = query.ef(effort["candidates"]) if effort.get("candidates") else query
        query = query.refine_factor(effort["refine"]) if effort.get("refine") else query
        found = query.limit(k).select([ITEM, TEXT, "_distance"]).to_list()
        return [{ITEM: one[ITEM], TEXT: one[TEXT], "score": 1 - one["_distance"]} for one in found]

    def _by_words(self, query: str, k: int) -> list[Hit]:
        found = self.table.search(query, query_type="fts").limit(k).select([ITEM, TEXT, "_score"]).to_list()  # type: ignore[union-attr]
        return [{ITEM: one[ITEM], TEXT: one[TEXT], "score": one["_score"]} for one in found]

    def texts(self, items: list[str]) -> dict[str, str]:
        """Texts of items by id, of those that the table has."""
        if self.table is None or not items:
            return {}
        named = ", ".join("'" + item.replace("'", "''") + "'" for item in items)
        found = self.table.search().where(f"{ITEM} IN ({named})").select([ITEM, TEXT]).limit(len(items)).to_list()
        return {one[ITEM]: one[TEXT] for one in found}

    def close(self) -> None:
        """Remove the files that were held for it."""
        shutil.rmtree(self.held, ignore_errors=True)


def signature(folder: Path) -> tuple[Any, ...] | None:
    """What changes when a folder, or the link that names it, is swapped or written to; None while it is not whole."""
    try:
        root = folder.resolve(strict=True)
        watched = [root / "itemvec.json", *sorted((root / "lancedb" / "items.lance" / "_versions").glob("*"))]
        for part in ("model", "recommender"):
            watched += sorted(path for path in (root / part).rglob("*") if path.is_file())
        stats = [(str(path.relative_to(root)), path.stat()) for path in watched]
    except OSError:
        return None
    return str(root), *((name, one.st_ino, one.st_size, one.st_mtime_ns) for name, one in stats)


def load(folder: Path, work: Path) -> Version:
    """Read an export into memory; its table is linked, or copied, into ``work``.

    Raises
    ------
    TableError
        It is no export, or it was swapped meanwhile.
    """
    before = signature(folder)
    if before is None:
        raise TableError(f"{folder}: has no itemvec.json; make the folder with `itemvec export VARIANT {folder}`")
    root, held = Path(before[0]), work / uuid.uuid4().hex
    held.mkdir()
    try:
        found = _read(root, held)
        if signature(folder) != before:
            raise TableError(f"{folder}: was changed while it was read")
    except BaseException as error:
        shutil.rmtree(held, ignore_errors=True)
        if isinstance(error, ItemvecError) or not isinstance(error, Exception):
            raise
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise TableError(f"{folder}: cannot be loaded ({said}); export it again") from error
    return found


def _read(root: Path, held: Path) -> Version:
    about: dict[str, Any] = read_json(root / "itemvec.json")
    model = table = recommender = None
    distance, whole = "cosine", hashlib.sha256((root / "itemvec.json").read_bytes())
    if (root / "lancedb").is_dir():
        shutil.copytree(root / "lancedb", held / "lancedb", copy_function=_link)
        table = lance.connect(held / "lancedb").open_table("items")
        whole.update(f"{table.version} {table.count_rows()}".encode())
        distance = about.get("distance", distance)
    if (root / "model").is_dir():
        model = _model(root / "model")
    if (root / "recommender").is_dir():
        recommender = Recommender(root / "recommender")
        whole.update((root / "recommender" / "weights.safetensors").read_bytes())
    to = about.get("query_rounding")
    rounded = None if to is None else load_rounding(root, to)
    found = Version(whole.hexdigest()[:12], about, model, table, distance, recommender, held, rounded)
    _probe(root, found)
    return found


def _model(folder: Path) -> Any:
    """Read a model from safetensors; code that comes with it does not run."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    from itemvec.core.machine import torch_device
    from itemvec.models.checkpoint import OURS, check_safetensors

    check_safetensors(folder, f"{folder}")
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(
        str(folder), device=torch_device(), model_kwargs={"use_safetensors": True}, **OURS
    ).eval()


def _probe(root: Path, found: Version) -> None:
    """Ask one query, so that a version that cannot answer is not used, and the first real one need not wait."""
    if found.model is not None and found.table is not None:
        (hits,) = found.search([(PROBE, 1, "vector")])
        if not hits or not np.isfinite(hits[0]["score"]):
            raise TableError(f"{root}: finds nothing for {PROBE!r}; make the export again")
    elif found.recommender is None:
        raise TableError(f"{root}: has neither a model with a table nor a recommender; export it without --table-only")


def _link(source: str, target: str) -> str:
    """A second name for a file, which stays when the first is gone; a copy where the disk is another."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
