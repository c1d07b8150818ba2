from pathlib import Path

import numpy as np
import pyarrow as pa

from itemvec.core.columns import ATTRIBUTE
from itemvec.core.files import write_parquet
from itemvec.core.top_k import NOTHING
from itemvec.protocol.attributes import Attributes

TABLE = pa.table(
    {
        "genre": pa.array([["Drama", "Action"], [], ["Drama"]], ATTRIBUTE),
        "decade": pa.array([["1990s"], ["1980s"], None], ATTRIBUTE),
    }
)
FOUND = Attributes.of(TABLE)


def test_each_value_of_a_column_is_a_condition() -> None:
    assert FOUND.names == ("decade=1980s", "decade=1990s", "genre=Action", "genre=Drama")
    assert FOUND.meets(np.array([3, 0, 3])).tolist() == [[True, False, True], [False, True, False], [True, False, True]]
    assert FOUND.counts(np.array([0, 0, 2])).tolist() == [0, 2, 2, 3]


def test_the_table_is_read_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    items = pa.table({"item_id": ["a", "b", "c"], "text": ["x", "y", "z"]})
    write_parquet(path, items)
    assert Attributes.read(path, pa.array(["a"])) is None
    write_parquet(path, items.append_column("genre", TABLE["genre"]))
    found = Attributes.read(path, pa.array(["c", "b", "a"]))
    assert found is not None
    assert found.meets(np.array([0]))[0].tolist() == [False, False, True]


def test_some_columns_and_conditions_alone() -> None:
    genres = FOUND.of_columns(["genre"])
    assert genres.names == ("genre=Action", "genre=Drama")
    assert genres.meets(np.arange(2)).tolist() == [[True, False, False], [True, False, True]]
    drama = genres.only(np.array([False, True]))
    assert drama.names == ("genre=Drama",)
    assert drama.draw(np.arange(3), np.random.default_rng(0)).tolist() == [0, NOTHING, 0]


def test_every_condition_of_an_item_is_drawn_equally_often() -> None:
    drawn = FOUND.draw(np.zeros(3000, np.int64), np.random.default_rng(0))
    assert (np.abs(np.bincount(drawn, minlength=4)[1:] - 1000) < 100).all()
