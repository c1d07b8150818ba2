import hashlib
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.columns import DIVIDED_QUERIES, QUERIES
from itemvec.core.errors import TableError
from itemvec.protocol.query_split import TEST, TRAIN, VALIDATION, places, query_parts


def queries(*parts: str | None) -> Any:
    ids = [f"q{number}" for number in range(len(parts))]
    return pa.table([ids, ids, ["given"] * len(ids), list(parts)], schema=DIVIDED_QUERIES)


def test_the_column_decides() -> None:
    assert query_parts(queries("test", "train", "validation"), "given").tolist() == [TEST, TRAIN, VALIDATION]


def test_without_the_column_all_are_tested() -> None:
    table = queries("train", "train").select(QUERIES.names)
    assert query_parts(table, "given").tolist() == [TEST, TEST]


def test_a_share_is_taken_of_the_test_queries_by_their_hash() -> None:
    table = queries(*["test"] * 500, *["train"] * 500)
    found = query_parts(table, {"validation": 0.2})
    assert (found[500:] == TRAIN).all()
    assert 0.15 < (found[:500] == VALIDATION).mean() < 0.25
    alone = query_parts(table.slice(100, 1), {"validation": 0.2})  # whatever else is in the table
    assert alone.tolist() == [found[100]]
    more = query_parts(table, {"validation": 0.5})
    assert (more[found == VALIDATION] == VALIDATION).all()


def test_the_place_of_an_id_by_hand() -> None:
    expected = int.from_bytes(hashlib.sha256(b"q1").digest()[:8], "big") / 2**64
    assert places(pa.array(["q1"])).tolist() == [expected]
    assert len(places(pa.array([], pa.string()))) == 0


@pytest.mark.parametrize(("said", "shown"), [("history", "'history'"), (None, "None")])
def test_another_use_is_named(said: str | None, shown: str) -> None:
    with pytest.raises(TableError, match=f"split {shown} is none of train, validation, test"):
        query_parts(queries("test", said), "given")
