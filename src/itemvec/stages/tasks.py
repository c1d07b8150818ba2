"""The task of a system: search or recommendation."""

from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.registry import KINDS, suggest
from itemvec.recommenders import RECOMMENDERS
from itemvec.retrievers import RETRIEVERS


def task_of(name: str, row: dict[str, Any]) -> str:
    """The task of a row of ``systems``, by its kind.

    Raises
    ------
    ParamsError
        The kind is neither a recommender nor a retriever.
    """
    kind = row.get("kind")
    if kind in RECOMMENDERS:
        return "recommend"
    if kind in RETRIEVERS:
        return "search"
    known = RECOMMENDERS.kinds() + RETRIEVERS.kinds()
    raise ParamsError(f"systems: {name!r} has unknown kind {kind!r}{suggest(kind, known, KINDS)}")
