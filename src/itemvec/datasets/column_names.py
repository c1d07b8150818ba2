"""Which column of a file is meant by a name: case and blanks do not matter, and near names are said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itemvec.core.columns import CLICKED, DWELL, GAIN, GROUP, ITEM, PART, POSITION, QUERY, TEXT, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.core.registry import suggest
from itemvec.core.shown import shown
from itemvec.datasets.reading import note

# What a column is for -> names that other people give it.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    GAIN: (
        *("gains", "relevance", "relevancy", "rel", "label", "score", "grade", "rating", "judgment", "judgement"),
        *("median_relevance", "esci_label", "relevance_score", "relevance_label", "rank_label"),
    ),
    ITEM: (
        *("item", "itemid", "id", "product_id", "product_uid", "productid", "product", "asin", "parent_asin", "sku"),
        *("doc_id", "docid", "document_id", "corpus-id", "movie_id", "movieid"),
    ),
    QUERY: ("qid", "queryid", "query-id", "search_id"),
    "query": ("search_term", "searchterm", "search_query", "query_text", "keyword", "keywords", "search"),
    USER: ("user", "userid", "customer_id", "session_id", "visitor_id", "reviewer_id"),
    TIME: ("time", "datetime", "date", "ts", "created_at", "event_time", "unixreviewtime"),
    PART: ("part", "fold", "subset", "set", "partition"),
    GROUP: ("slice", "segment", "category", "source", "query_type"),
    POSITION: ("rank", "pos", "place", "shown_at"),
    CLICKED: ("click", "is_click", "is_clicked", "clicks"),
    DWELL: ("dwell_time", "dwell_seconds"),
    TEXT: ("title", "product_title", "name", "product_name", "description", "txt", "content"),
}


@dataclass(frozen=True)
class Found:
    """Columns of a file that are wanted.

    places
        Wanted name -> position of its column.
    others
        Names of the columns that nobody asked for, as they stand.
    """

    places: dict[str, int]
    others: list[str]


def plain(name: object) -> str:
    """A name without regard to case, blanks around it and a byte-order mark."""
    return str(name).replace("\ufeff", "").strip().casefold()


def find(names: Sequence[str], wanted: Iterable[str], path: Path) -> Found:
    """Where the ``wanted`` columns are among the ``names`` of a file.

    Raises
    ------
    DatasetError
        Two columns have a wanted name.
    """
    places: dict[str, int] = {}
    counts, near = Counter(names), [plain(name) for name in names]
    for name in dict.fromkeys(wanted):
        if counts[name] > 1 or (not counts[name] and near.count(plain(name)) > 1):
            raise DatasetError(f"{path}: two columns are called {name!r}; rename one")
        if counts[name]:
            places[name] = names.index(name)
        elif plain(name) in near:
            places[name] = near.index(plain(name))
            if names[places[name]].replace("\ufeff", "") != name:
                note("guessed", path, f"column {shown(names[places[name]])} is read as {name!r}")
    used = set(places.values())
    return Found(places, [name for place, name in enumerate(names) if place not in used])


def role_of(name: str) -> str | None:
    """What a column is usually for, by its name: ``relevance`` is a gain."""
    return next((role for role, others in OTHER_NAMES.items() if plain(name) in (role, *others)), None)


def missing(path: object, name: str, names: Iterable[str], role: str = "") -> DatasetError:
    """The error that a column, wanted for a ``role``, is not there, with the nearest that is."""
    known = list(names)
    like = next((one for one in known if role_of(one) == (role or name)), None)
    said = f"; did you mean {shown(like)}?" if like else suggest(name, [shown(one)[1:-1] for one in known[:50]])
    return DatasetError(f"{path}: column {name!r} is missing{said}")


def say_unused(path: Path, others: Iterable[str], roles: Mapping[str, str]) -> None:
    """Name the columns that go unread, with what they look like where that role is not filled.

    ``roles`` says which roles are open, and what to write for each.
    """
    unread = list(others)
    for name in unread:
        role = role_of(name)
        if role is not None and role in roles:
            note("not read", path, f"column {shown(name)}; if it is the {role}, write {roles[role]}")
    rest = [shown(name) for name in unread if role_of(name) not in roles]
    if rest:
        more = f" and {len(rest) - 5} more" if len(rest) > 5 else ""
        note("not read", path, f"columns {', '.join(rest[:5])}{more}")
