"""The interface of tuners: what may be learnt from, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.core.registry import Registry
from itemvec.core.top_k import top_k
from itemvec.metrics.exact_ndcg import ndcg
from itemvec.tuners.asked import Asked

Role = Literal["item", "query"]
Setting = Mapping[str, Any]  # values of the options that are tried
FINE = 2.0**24  # results are multiples of 1 / FINE, so that all processors and threads give the same


@dataclass(frozen=True)
class Lesson:
    """What a tuner may learn from. Nothing here is of the test.

    items
        Vectors of the whole catalogue, of unit length, float32 of shape (n_items, dim).
    item_texts
        Their texts, in the same order.
    train
        What is learnt from.
    validation
        What decides which setting, and how many steps, are kept.
    both
        Whether queries are items, as in histories: then one map is learnt for both.
    words
        The items that share words with each of some texts, best first (BM25): from texts and a number k to
        positions, int64 of shape (n, k), -1 where there are no more.
    encoder
        Row of the model, for a tuner of its weights.
    checkpoints
        Folder for what a long training has reached; None to keep nothing.
    pool
        Nearest items of each query among which queries are asked, beside what was judged of them; 0 for all items.
    seen
        What was computed once.
    """

    items: Floats
    item_texts: Sequence[str]
    train: Asked
    validation: Asked
    both: bool = False
    words: Callable[[Sequence[str], int], Ints] | None = None
    encoder: Any = None
    checkpoints: Path | None = None
    pool: int = 0
    seen: dict[str, Any] = field(default_factory=dict, compare=False)

    def quality(self, tuned: Tuned | None = None, asked: Asked | None = None) -> Doubles:
        """nDCG@10 by cosine of every query, float64; of ``validation`` unless others are ``asked``."""
        asked = self.validation if asked is None else asked
        items, texts, known = self.items, self.item_texts, asked
        if self.pool and self.pool * len(asked) < len(items):
            some = self.pooled(asked, self.pool)
            items, texts = items[some], [texts[place] for place in some.tolist()]
            known = asked.among(some)
        queries = asked.vectors
        if tuned is not None:
            items = tuned.apply("item", items, texts)
            queries = tuned.apply("query", queries, asked.texts)
        return ndcg(queries, items, known.judged, hidden=known.hidden)

    def pooled(self, asked: Asked, depth: int) -> Ints:
        """Positions of the nearest items of each query, untuned, and of all that was judged of it; ascending."""
        depth = min(depth, len(self.items))
        blocks = np.array_split(np.arange(len(asked)), max(1, len(asked) // 256))
        near = [top_k(asked.vectors[rows] @ self.items.T, depth).positions.ravel() for rows in blocks]
        hidden = [] if asked.hidden is None else [asked.hidden[asked.hidden >= 0]]
        found: Ints = np.unique(np.concatenate([asked.judged.items, asked.irrelevant[:, 1], *hidden, *near]))
        return found

    def only(self, rows: Ints) -> Lesson:
        """The same with some of the queries to learn from, ``rows`` ascending."""
        return replace(self, train=self.train.select(rows))


Apply = Callable[[Role, Floats, Sequence[str]], Floats]


@dataclass(frozen=True)
class Tuned:
    """A fitted tuner.

    apply
        From a role, vectors and their texts to tuned vectors, float32 of unit length. All items come at once, in the
        order of the catalogue; queries come in any number.
    reached
        Mean nDCG@10 of the validation queries.
    write
        Writes what it takes to apply it elsewhere into an empty folder, as safetensors.
    facts
        What was found on the way, for the results.
    """

    apply: Apply
    reached: float
    write: Callable[[Path], None]
    facts: dict[str, Any] = field(default_factory=dict)


class Tuner(Protocol):
    """Options of a tuner; ``random`` says whether another seed gives another result."""

    random: ClassVar[bool]

    def settings(self) -> list[dict[str, Any]]:
        """Settings to try, the most likely first; options that the row fixes are the same in all."""
        ...

    def fit(self, lesson: Lesson, setting: Setting, seed: int) -> Tuned:
        """Learn with one setting. Where there are steps, keep those that validate best; step 0 is one of them."""
        ...


@runtime_checkable
class TakesModel(Protocol):
    """A tuner that trains the model itself, and not what it gave."""

    def check_model(self, encoder: Any) -> None:
        """Raise ``ParamsError`` if the row of the model has no weights to train."""
        ...


TUNERS: Registry[Tuner] = Registry("tuner")


def unit(vectors: Floats) -> Floats:
    """Scale rows to unit length; a row of zeros stays as it is."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return scaled


def rounded(vectors: Any) -> Floats:
    """Unit length, on a grid that hides how sums were rounded."""
    return np.asarray(np.rint(unit(np.asarray(vectors, dtype=np.float64)) * FINE) / FINE, dtype=np.float32)


def unchanged(role: Role, vectors: Floats, texts: Sequence[str]) -> Floats:  # noqa: ARG001
    """Leave vectors as they are."""
    return vectors


def write_arrays(folder: Path, **arrays: Any) -> None:
    """Write arrays as ``map.safetensors``."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(one) for name, one in arrays.items()}, folder / "map.safetensors")


def grid(**tried: Sequence[Any]) -> list[dict[str, Any]]:
    """Settings from columns of values, row by row."""
    return [dict(zip(tried, row, strict=True)) for row in zip(*tried.values(), strict=True)]
