"""A column that is encoded in groups is the column; what is asked of each string is asked of each row."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from itemvec.datasets.encoded_ids import ENCODED, Encoder, decoded, distinct, encoded, gathered, is_among, of_each

PARTS: list[list[str | None]] = [["b", "a", None], [], ["a", "c"], ["b", None, "d", "a"], ["e"]]
VALUES = [value for part in PARTS for value in part]


@pytest.mark.parametrize("group", [1, 20, 1 << 20])
def test_groups_together_are_the_column_with_each_string_once(group: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.datasets.encoded_ids.GROUP", group)
    encoder = Encoder()
    for part in PARTS:
        encoder.add(pa.array(part, pa.string()))
    column = encoder.column()
    assert column.to_pylist() == VALUES
    assert column.dictionary.to_pylist() == ["b", "a", "c", "d", "e"]
    assert column.type == ENCODED


def test_batches_are_gathered_with_dictionaries_where_strings_are() -> None:
    schema = pa.schema([("id", pa.string()), ("number", pa.int64()), ("text", pa.string())])
    rows = [{"id": "x", "number": 1, "text": "a"}, {"id": "y", "number": 2, "text": None}, {"id": "x", "number": 3}]
    batches = [pa.RecordBatch.from_pylist(rows[:2], schema), pa.RecordBatch.from_pylist(rows[2:], schema)]
    table = gathered(iter(batches), schema, ["id", "number"])
    assert table.schema.types == [ENCODED, pa.int64(), pa.string()]
    assert decoded(table).equals(pa.Table.from_batches(batches))
    assert gathered(iter([]), schema, ["id"]).schema == schema


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.large_string())])
def test_any_column_of_strings_becomes_one_dictionary(kind: Any) -> None:
    column = pa.chunked_array([pa.array(part, pa.string()) for part in PARTS]).cast(kind)
    assert encoded(column).type == ENCODED
    assert encoded(column).to_pylist() == VALUES


@pytest.mark.parametrize("known", [["a", "z"], ["a", None], []])
def test_a_dictionary_is_asked_as_its_strings_are(known: list[str | None]) -> None:
    plain = pa.chunked_array([pa.array(part, pa.string()) for part in PARTS])
    wanted = [value in known for value in VALUES]
    for column in (plain, encoded(plain)):
        for among in (pa.array(known, pa.string()), encoded(pa.array(known, pa.string()))):
            assert is_among(column, among).to_pylist() == wanted
    assert distinct(encoded(plain)).to_pylist() == distinct(plain).to_pylist()
    assert of_each(encoded(plain), pc.utf8_upper).to_pylist() == pc.utf8_upper(plain).to_pylist()
