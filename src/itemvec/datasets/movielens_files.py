"""Reading of the file layouts of all MovieLens releases, into Arrow tables with the same columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.datasets.raw_tables import plain_or_packed, present, read_columns, read_delimited, read_headless

TITLE, YEAR, GENRES = "title", "year", "genres"
STRING = pa.string()


def read_movielens(root: Path) -> tuple[Any, Any]:
    """Read films (id, title, year or null, list of genres) and ratings (user, item, time) of the release in ``root``.

    Raises
    ------
    DatasetError
        There are files of several releases.
    """
    found = [name for name in LAYOUTS if plain_or_packed(root / name).exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(found)} are of different releases; keep one")
    name = found[0] if found else next(iter(LAYOUTS))
    return LAYOUTS[name](root)


def _atomic(root: Path) -> tuple[Any, Any]:
    """RecBole's files of MovieLens-100K: titles without their year, genres with spaces between."""
    names = {"user_id:token": STRING, "item_id:token": STRING, "timestamp:float": pa.float64()}
    ratings = read_delimited(root / "ml-100k.inter", names).select(list(names)).rename_columns([USER, ITEM, TIME])
    columns = ["item_id:token", "movie_title:token_seq", "release_year:token", "class:token_seq"]
    films = read_delimited(root / "ml-100k.item", dict.fromkeys(columns, STRING)).combine_chunks()
    ids, titles, years, genres = (films[name].combine_chunks() for name in columns)
    years = pc.if_else(pc.match_substring_regex(years, r"^\d{4}$"), years, None)
    genres = pc.split_pattern(pc.if_else(pc.equal(genres, "unknown"), "", genres), " ")
    return pa.table([ids, titles, years, genres], [ITEM, TITLE, YEAR, GENRES]), ratings


def _double_colons(root: Path) -> tuple[Any, Any]:
    """``ratings.dat`` and ``movies.dat`` of 1M and 10M, without headers, ``::`` between fields."""
    names = [USER, "", ITEM, " ", "rating", "  ", TIME]  # between two colons lies a field of its own
    ratings = read_headless(
        plain_or_packed(root / "ratings.dat"), names, {USER: STRING, ITEM: STRING, TIME: pa.int64()}, ":"
    )
    path = present(root / "movies.dat")
    try:
        text = path.read_text(encoding="utf-8")  # 10M
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")  # 1M
    rows = [line.split("::") for line in text.split("\n") if line]
    if wrong := next((row for row in rows if len(row) != 3), None):
        raise DatasetError(f"{path}: expected id::title::genres, found {'::'.join(wrong)!r}; replace it")
    return _dated(
        pa.table([pa.array(part, STRING) for part in zip(*rows, strict=True)], [ITEM, TITLE, GENRES])
    ), ratings


def _commas(root: Path) -> tuple[Any, Any]:
    """``ratings.csv`` and ``movies.csv`` of 20M, 25M and 32M."""
    types = {"userId": STRING, "movieId": STRING, "timestamp": pa.int64()}
    ratings = read_columns(plain_or_packed(root / "ratings.csv"), types).rename_columns([USER, ITEM, TIME])
    path = root / "movies.csv"
    films = read_columns(path, dict.fromkeys(["movieId", "title", "genres"], STRING))
    return _dated(films.rename_columns([ITEM, TITLE, GENRES]).combine_chunks()), ratings


LAYOUTS: dict[str, Callable[[Path], tuple[Any, Any]]] = {
    "ml-100k.inter": _atomic,
    "ratings.dat": _double_colons,
    "ratings.csv": _commas,
}


def _dated(films: Any) -> Any:
    """Split titles from the year at their end, if there is one, and genres into lists."""
    titles = pc.utf8_trim_whitespace(films[TITLE].combine_chunks())
    years = pc.struct_field(pc.extract_regex(titles, r"\((?P<year>\d{4})\)$"), "year")  # null without a match
    titles = pc.utf8_trim_whitespace(pc.replace_substring_regex(titles, r"\(\d{4}\)$", ""))
    genres = films[GENRES].combine_chunks()
    genres = pc.split_pattern(pc.if_else(pc.equal(genres, "(no genres listed)"), "", genres), "|")
    return pa.table([films[ITEM], titles, years, genres], [ITEM, TITLE, YEAR, GENRES])
