"""MovieLens (Harper and Konstan, 2015), with queries made from the films' own metadata."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, TEXT
from itemvec.core.options import Positive
from itemvec.datasets.attributes import check_names, values_of
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.constructed_queries import attribute_queries, known_item_queries
from itemvec.datasets.events import event_values
from itemvec.datasets.k_core import k_core
from itemvec.datasets.movielens_files import GENRES, RATING, TITLE, YEAR, read_movielens

DECADE = "decade"
# "Usual Suspects, The" and "Boot, Das (The Boat)": the article goes back to the front.
INVERTED = r"^(.+), (The|A|An|La|Le|Les|Il|Das|Der|Die)( \(.*\))?$"


@DATASETS.register("movielens")
@dataclass(frozen=True)
class MovieLens:
    """A release of MovieLens, recognised by its files.

    100K is ``ml-100k.inter`` and ``ml-100k.item``, RecBole's atomic files; 1M and 10M are ``ratings.dat`` and
    ``movies.dat``; 20M, 25M and 32M are ``ratings.csv`` and ``movies.csv``. Every rating is an interaction.

    The text of a film is its title, year and genres: "The Usual Suspects (1995). Crime, Thriller". The data set has no
    queries; known-item and attribute queries are constructed, and their groups say so.

    Parameters
    ----------
    attributes
        What the table of items keeps beside the text: ``genres``, ``decade``.
    events
        What the table of interactions keeps beside the time: ``rating``, the stars.
    min_interactions
        Leave out users and items with fewer interactions, until all that are left have that many.
    """

    attributes: list[Literal["genres", "decade"]] = field(default_factory=list)
    events: list[Literal["rating"]] = field(default_factory=list)
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        for names in (self.attributes, self.events):
            check_names(names, (), "dataset movielens")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        films, interactions = read_movielens(root, self.events)
        ids, titles, years, genres = (films[name].combine_chunks() for name in (ITEM, TITLE, YEAR, GENRES))
        titles = pc.replace_substring_regex(titles, INVERTED, r"\2 \1\3")
        items = pa.table({ITEM: ids, TEXT: _texts(titles, years, genres)})
        kept = {GENRES: genres, DECADE: pc.binary_join_element_wise(pc.utf8_slice_codeunits(years, 0, 3), "0s", "")}
        for name in self.attributes:
            items = items.append_column(name, values_of(pa.table({name: kept[name]}), name, root))
        if self.events:
            stars = event_values(interactions[RATING], root, RATING)
            interactions = interactions.set_column(interactions.column_names.index(RATING), RATING, stars)
        known, known_qrels = known_item_queries(ids, titles)
        attribute, attribute_qrels = attribute_queries(ids, genres, years)
        queries, qrels = pa.concat_tables([known, attribute]), pa.concat_tables([known_qrels, attribute_qrels])
        return k_core(as_tables(root, items, interactions, queries, qrels), self.min_interactions)


def _texts(titles: Any, years: Any, genres: Any) -> Any:
    dated = pc.binary_join_element_wise(titles, pc.binary_join_element_wise(" (", years, ")", ""), "")
    heads = pc.coalesce(dated, titles)
    tails = pc.binary_join(genres, ", ")
    return pc.if_else(pc.equal(tails, ""), heads, pc.binary_join_element_wise(heads, tails, ". "))
