"""MovieLens-100K (Harper and Konstan, 2015), with queries made from the films' own metadata."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.columns import ITEM, TEXT, TIME, USER
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.constructed import attribute_queries, known_item_queries
from itemvec.datasets.raw import read_delimited

# "Usual Suspects, The" and "Boot, Das (The Boat)": the article goes back to the front.
INVERTED = r"^(.+), (The|A|An|La|Le|Les|Il|Das|Der|Die)( \(.*\))?$"


@DATASETS.register("movielens")
@dataclass(frozen=True)
class MovieLens:
    """``ml-100k.inter`` and ``ml-100k.item``, RecBole's atomic files of MovieLens-100K.

    The text of a film is its title, year and genres: "The Usual Suspects (1995). Crime, Thriller". The data set has no
    queries; known-item and attribute queries are constructed, and their groups say so.
    """

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        names = {"user_id:token": pa.string(), "item_id:token": pa.string(), "timestamp:float": pa.float64()}
        ratings = read_delimited(root / "ml-100k.inter", names)
        interactions = pa.table(
            {
                USER: ratings["user_id:token"],
                ITEM: ratings["item_id:token"],
                TIME: ratings["timestamp:float"],
            }
        )
        ids, titles, years, genres = _films(root / "ml-100k.item")
        items = pa.table({ITEM: ids, TEXT: _texts(titles, years, genres)})
        known, known_qrels = known_item_queries(ids, titles)
        attribute, attribute_qrels = attribute_queries(ids, genres, years)
        queries = pa.concat_tables([known, attribute])
        return as_tables(root, items, interactions, queries, pa.concat_tables([known_qrels, attribute_qrels]))


def _films(path: Path) -> tuple[Any, Any, Any, Any]:
    """Ids, titles, years (null if unknown) and lists of genres of all films."""
    names = ["item_id:token", "movie_title:token_seq", "release_year:token", "class:token_seq"]
    films = read_delimited(path, dict.fromkeys(names, pa.string())).combine_chunks()
    ids, titles, years, genres = (films[name].combine_chunks() for name in names)
    titles = pc.replace_substring_regex(titles, INVERTED, r"\2 \1\3")
    years = pc.if_else(pc.match_substring_regex(years, r"^\d{4}$"), years, None)
    return ids, titles, years, pc.split_pattern(pc.if_else(pc.equal(genres, "unknown"), "", genres), " ")


def _texts(titles: Any, years: Any, genres: Any) -> Any:
    dated = pc.binary_join_element_wise(titles, pc.binary_join_element_wise(" (", years, ")", ""), "")
    heads = pc.coalesce(dated, titles)
    tails = pc.binary_join(genres, ", ")
    return pc.if_else(pc.equal(tails, ""), heads, pc.binary_join_element_wise(heads, tails, ". "))
