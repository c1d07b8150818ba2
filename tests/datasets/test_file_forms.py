"""Files of any form, encoding and packing: the right table, or one line that says what the file is."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded

TEXTS = ["Größe – „schön“", "Café Jalapeño 3½", "plain"]
ROWS = list(zip("123", TEXTS, strict=True))
CSV = "item_id,text\n" + "".join(f"{key},{text}\n" for key, text in ROWS)
LINES = "".join(json.dumps({"item_id": key, "text": text}) + "\n" for key, text in ROWS)
JAPANESE = "item_id,text\n1,赤い靴 子供用 スニーカー\n2,青い帽子\n"
RUSSIAN = "item_id,text\n1,Красная обувь для детей\n2,Синяя шляпа для взрослых\n"


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "tables", **options}).load(root)


def packed(text: str, how: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, how) as stream:
        stream.write(text.encode())
    return bytes(sink.getvalue())


PARQUET = pa.BufferOutputStream()
pq.write_table(pa.table({"item_id": list("123"), "text": TEXTS}), PARQUET)

SOUND: list[tuple[str, bytes, dict[str, Any]]] = [
    ("items.csv", CSV.encode(), {}),
    ("items.csv", CSV.encode("utf-8-sig"), {}),
    ("items.csv", CSV.encode("utf-16"), {}),
    ("items.csv", CSV.encode("utf-16-le"), {}),
    ("items.csv", CSV.encode("utf-16-be"), {}),
    ("items.csv", CSV.encode("utf-32"), {}),
    ("items.csv", CSV.encode("utf-32-le"), {}),
    ("items.csv", CSV.encode("cp1252"), {}),
    ("items.csv", CSV.encode("cp1252"), {"encoding": "cp1252"}),
    ("items.csv", CSV.replace("\n", "\r\n").encode(), {}),
    ("items.csv", CSV.replace(",", ";").encode(), {}),
    ("items.csv", CSV.replace(",", "|").encode(), {"separator": "|"}),
    ("items.csv", CSV.replace(",", "\t").encode("utf-16"), {}),
    ("items.tsv", CSV.replace(",", "\t").encode(), {}),
    ("items.csv", CSV.replace("item_id,text", "TEXT ,Item_ID").replace("TEXT ,Item_ID", " ITEM_ID,Text ").encode(), {}),
    ("items.csv", ("\n\n" + CSV.replace("\n", "\n\n")).encode(), {}),
    ("items.csv", CSV.rstrip("\n").encode(), {}),
    ("items.csv.gz", gzip.compress(CSV.encode(), mtime=0), {}),
    ("items.csv", gzip.compress(CSV.encode(), mtime=0), {}),  # packed, whatever its name
    ("items.csv.zst", packed(CSV, "zstd"), {}),
    ("items.jsonl", LINES.encode(), {}),
    ("items.jsonl", LINES.encode("utf-8-sig"), {}),
    ("items.jsonl", LINES.replace("\n", "\r\n\r\n").encode(), {}),
    ("items.jsonl.gz", gzip.compress(LINES.encode(), mtime=0), {}),
    ("items.parquet", bytes(PARQUET.getvalue()), {}),
]


@pytest.mark.parametrize(("name", "content", "options"), SOUND)
def test_a_table_is_the_same_in_every_form(tmp_path: Path, name: str, content: bytes, options: dict[str, Any]) -> None:
    (tmp_path / name).write_bytes(content)
    assert [tuple(row.values()) for row in load(tmp_path, **options).items.to_pylist()] == ROWS


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (CSV, "cp1252", "items.csv: guessed: it is not UTF-8; read as cp1252, in which a word is 'Größe'"),
        ("item_id,text\n1,caf\u00e9\n2,no\u00ebl\n", "latin-1", "read as cp1252, in which a word is 'café'"),
        (RUSSIAN, "cp1251", "read as cp1251, in which a word is 'Красная'"),
        (JAPANESE, "shift_jis", "read as cp932, in which a word is '赤い靴'"),
    ],
)
def test_an_encoding_is_guessed_and_said(tmp_path: Path, text: str, encoding: str, said: str) -> None:
    (tmp_path / "items.csv").write_bytes(text.encode(encoding))
    with recorded() as reading:
        found = load(tmp_path).items["text"].to_pylist()
    assert found == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert any(said in line for line in reading.lines), reading.lines


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_bytes("item_id,text\n1,Żółte\n".encode("cp1250"))
    assert load(tmp_path, encoding="cp1250").items["text"].to_pylist() == ["Żółte"]
    with pytest.raises(DatasetError, match=r"items\.csv: is not all utf-8; name its encoding in the option 'encoding'"):
        load(tmp_path, encoding="utf-8")
    with pytest.raises(ParamsError, match="encoding 'cp1252x' is unknown"):
        load(tmp_path, encoding="cp1252x")


def test_a_column_that_nobody_reads_may_be_of_any_encoding_and_name(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_bytes(b"item_id,text,x,x\n1,a,caf\xe9,2\n")
    assert load(tmp_path).items.to_pylist() == [{"item_id": "1", "text": "a"}]


NOT_TABLES: list[tuple[str, bytes, str]] = [
    ("items.csv", b"", "is empty"),
    ("items.csv", b"\n\n", "is empty"),
    ("items.csv", b"item_id,text\r1,a\r", "its lines end with carriage returns alone; save it with line feeds"),
    ("items.csv", bytes(PARQUET.getvalue()), "is a Parquet file; name it .parquet"),
    ("items.parquet", CSV.encode(), "cannot be read: Parquet magic bytes not found"),
    ("items.parquet", bytes(PARQUET.getvalue())[:90], "cannot be read"),
    ("items.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:25\n", "is a pointer of Git LFS"),
    ("items.jsonl", b"version https://git-lfs.github.com/spec/v1\noid sha256:25\n", "is a pointer of Git LFS"),
    ("items.csv", b"PK\x03\x04\x14\x00\x00\x00", "is a zip archive or an Excel file"),
    ("items.csv", b"%PDF-1.4 ...", "is a PDF"),
    ("items.csv", b"<!DOCTYPE html><html><body>Log in</body>", "is a web page, such as that of a login"),
    ("items.csv", b"\x00\x01\x02\x03\x04\x05", "has zero bytes, so it is no text"),
    ("items.csv.gz", gzip.compress(CSV.encode() * 99, mtime=0)[:60], "cannot be read"),
    ("items.csv", b"\xfd7zXZ\x00\x00", "is packed by xz; unpack it"),
    ("items.jsonl", b'[{"item_id": 1, "text": "a"}]', "line 1 is .*; expected one JSON object a line"),
    ("items.jsonl", b'[\n{"item_id": 1, "text": "a"}\n]', "line 1 cannot be read: the file is one JSON array"),
    ("items.jsonl", b'{\n "item_id": 1,\n', "line 1 cannot be read: an object goes over several lines"),
    ("items.jsonl", b'{"item_id": 1, "text": "a"},\n', "line 1 cannot be read: it ends with a comma"),
    ("items.jsonl", b"{'item_id': 1}\n", "line 1 cannot be read: it is written as a Python dict"),
    ("items.jsonl", b'{"item_id": 1, "text": "a"}\n\n{"item_id": 2, "te', "line 3 cannot be read: JSON parse error"),
    ("items.jsonl", b'{"item_id": 1, "text": "caf\xe9"}\n', "line 1 cannot be read: it is not UTF-8"),
    ("items.jsonl", b'{"item_id": 1, "text": "a"}\n7\n', "line 2 is 7; expected a JSON object"),
    (
        "items.jsonl",
        b'{"item_id": 1, "text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}\n",
        "line 1 cannot be read: its values are nested too deep",
    ),
    (
        "items.jsonl",
        b'{"item_id": 1, "text": "a"}\n{"item_id": 2, "text": ["b"]}\n',
        r"line 2 has \['b'\] as 'text', elsewhere of",
    ),
    ("items.jsonl", b'{"item_id": 1.5, "text": "a"}\n', "column 'item_id' is of type double"),
    ("items.jsonl", b'{"item_id": true, "text": "a"}\n', "column 'item_id' is of type bool"),
    ("items.jsonl", b"\n \n", "is empty"),
    ("items.xlsx", b"PK\x03\x04", "needs openpyxl; run `pip install|cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "said"), NOT_TABLES)
def test_what_is_no_table_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=f"{name}:? ({said})") as error:
        load(tmp_path)
    assert error.value.format_message().isprintable()
    assert len(error.value.message) < 500


def test_texts_that_are_no_utf8_in_parquet_are_named(tmp_path: Path) -> None:
    texts = pa.array([b"a", b"caf\xe9"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"item_id": ["1", "2"], "text": texts}), tmp_path / "items.parquet")
    with pytest.raises(DatasetError, match=r"items\.parquet: column 'text' is no UTF-8 in row 2; write the file anew"):
        load(tmp_path)


def test_a_folder_of_that_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.csv").mkdir()
    with pytest.raises(DatasetError, match=r"items\.csv is a folder; put a file of that name there"):
        load(tmp_path)


@pytest.mark.parametrize("content", ["item_id,text", "item_id,text\n", "item_id,text\r\n\r\n"])
def test_a_header_alone_is_an_empty_table(tmp_path: Path, content: str) -> None:
    (tmp_path / "items.csv").write_text(content, newline="")
    with recorded() as reading:
        assert load(tmp_path).items.num_rows == 0
    assert reading.lines == ["items.csv: noticed: it has a header and no rows"]
