"""The layouts in which the releases of MovieLens come: films and ratings as Arrow tables of the same columns."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.datasets.delimited import Form
from itemvec.datasets.raw_files import plain_or_packed, present
from itemvec.datasets.raw_tables import read_columns
from itemvec.datasets.times import times

TITLE, YEAR, GENRES, RATING = "title", "year", "genres", "rating"
STRING = pa.string()


def read_movielens(root: Path, stars: Sequence[str] = ()) -> tuple[Any, Any]:
    """Films (id, title, year or null, list of genres) and ratings (user, item, time) of whichever release is there.

    Parameters
    ----------
    stars
        ``[RATING]`` where the ratings should have the stars too, as they are written.

    Raises
    ------
    DatasetError
        There are files of several releases.
    """
    found = [name for name in LAYOUTS if plain_or_packed(root / name).exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(found)} are of different releases; keep one")
    name = found[0] if found else next(iter(LAYOUTS))
    return LAYOUTS[name](root, stars)


def _atomic(root: Path, stars: Sequence[str]) -> tuple[Any, Any]:
    """RecBole's files of MovieLens-100K: titles without their year, genres with spaces between."""
    names = ["user_id:token", "item_id:token", "timestamp:float", *(f"{name}:float" for name in stars)]
    form = Form("\t", quotes="none")
    ratings = _timed(read_columns(root / "ml-100k.inter", names, form), root / "ml-100k.inter")
    columns = ["item_id:token", "movie_title:token_seq", "release_year:token", "class:token_seq"]
    films = read_columns(root / "ml-100k.item", columns, form).combine_chunks()
    ids, titles, years, genres = (films[name].combine_chunks() for name in columns)
    years = pc.if_else(pc.match_substring_regex(years, r"^\d{4}$"), years, None)
    genres = pc.split_pattern(pc.if_else(pc.equal(genres, "unknown"), "", genres), " ")
    return pa.table([ids, titles, years, genres], [ITEM, TITLE, YEAR, GENRES]), ratings


def _double_colons(root: Path, stars: Sequence[str]) -> tuple[Any, Any]:
    """``ratings.dat`` and ``movies.dat`` of 1M and 10M, without headers, ``::`` between fields."""
    names = [USER, "", ITEM, " ", RATING, "  ", TIME]  # between two colons lies a field of its own
    path = plain_or_packed(root / "ratings.dat")
    form = Form(":", quotes="none", names=tuple(names))
    ratings = _timed(read_columns(path, [USER, ITEM, TIME, *stars], form), path)
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


def _commas(root: Path, stars: Sequence[str]) -> tuple[Any, Any]:
    """``ratings.csv`` and ``movies.csv`` of 20M, 25M and 32M."""
    path = plain_or_packed(root / "ratings.csv")
    ratings = _timed(read_columns(path, ["userId", "movieId", "timestamp", *stars]), path)
    path = root / "movies.csv"
    films = read_columns(path, ["movieId", "title", "genres"])
    return _dated(films.rename_columns([ITEM, TITLE, GENRES]).combine_chunks()), ratings


LAYOUTS: dict[str, Callable[[Path, Sequence[str]], tuple[Any, Any]]] = {
    "ml-100k.inter": _atomic,
    "ratings.dat": _double_colons,
    "ratings.csv": _commas,
}


def _timed(ratings: Any, path: Path) -> Any:
    """Columns of user, item and time under our names, times as whole numbers; then the stars, where they are read."""
    user, item, time, *stars = ratings.columns
    return pa.table([user, item, times(time, path), *stars], [USER, ITEM, TIME, *[RATING][: len(stars)]])


def _dated(films: Any) -> Any:
    """Titles parted from the year at their end, where there is one, and genres from each other."""
    titles = pc.utf8_trim_whitespace(films[TITLE].combine_chunks())
    years = pc.struct_field(pc.extract_regex(titles, r"\((?P<year>\d{4})\)$"), "year")  # null without a match
    titles = pc.utf8_trim_whitespace(pc.replace_substring_regex(titles, r"\(\d{4}\)$", ""))
    genres = films[GENRES].combine_chunks()
    genres = pc.split_pattern(pc.if_else(pc.equal(genres, "(no genres listed)"), "", genres), "|")
    return pa.table([films[ITEM], titles, years, genres], [ITEM, TITLE, YEAR, GENRES])
