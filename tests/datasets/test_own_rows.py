"""Rows of tables of one's own, good and bad: the right table, or one line with file, row and value."""

from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded

ITEMS = "item_id,text\n1,a\n2,b\n"
QUERIES = "query_id,text\nq,a\nr,b\n"
JUDGED = {"items": ITEMS, "queries": QUERIES}
SWALLOWED = "item_id,text,brand\n" + "".join(f'{row},"lamp {row}",x\n' for row in range(3)) + '3,"27 inch,x\n'


def load(root: Path, files: dict[str, str], **options: Any) -> Tables:
    for name, content in files.items():
        (root / (name if "." in name else f"{name}.csv")).write_text(content, newline="")
    return DATASETS.build("mine", {"kind": "tables", **options}).load(root)


@pytest.mark.parametrize(
    ("qrels", "options", "gains"),
    [
        ("query_id,item_id,gain\nq,1,2\nr,2,0.5\n", {}, [2, 0.5]),
        ("Query_ID,ITEM_ID,Gain\nq,1,2\nr,2,1\n", {}, [2, 1]),
        ('query_id,item_id,"gain "\nq,1,2\nr,2,1\n', {}, [2, 1]),
        ("query_id,item_id\nq,1\nr,2\n", {}, [1, 1]),
        ("query_id,item_id,rank,note\nq,1,1,x\nr,2,7,y\n", {}, [1, 1]),  # a rank is no gain
        ("query_id,item_id,relevance\nq,1,3\nr,2,1\n", {"columns": {"gain": "relevance"}}, [3, 1]),
        ("query_id,item_id,relevance\nq,1,3\nr,2,1\n", {"columns": {"gain": []}}, [1, 1]),
        ("query_id,item_id,gain\nq,1,3\nr,2,1\n", {"gain": 2.0}, [3, 0]),
        ("query_id,item_id,gain\nq,1,Exact\nr,2,Partial\n", {"gain": {"Exact": 1.0, "Partial": 0.5}}, [1, 0.5]),
        ("query_id,item_id,gain\nq,1,4\nr,2,2.0\n", {"gain": {4: 3.0, 2: 1.0}}, [3, 1]),
        ("qid,sku,y\nq,1,4\nr,2,2\n", {"columns": {"query_id": "qid", "item_id": "sku", "gain": "y"}}, None),
    ],
)
def test_gains(tmp_path: Path, qrels: str, options: dict[str, Any], gains: list[float] | None) -> None:
    if gains is None:  # other names of the columns in all files
        files = {"items": "sku,text\n1,a\n2,b\n", "queries": "qid,text\nq,a\nr,b\n", "qrels": qrels}
        assert load(tmp_path, files, **options).qrels["gain"].to_pylist() == [4, 2]
        return
    assert load(tmp_path, JUDGED | {"qrels": qrels}, **options).qrels["gain"].to_pylist() == gains


@pytest.mark.parametrize(
    ("qrels", "options", "said"),
    [
        (
            "query_id,item_id,relevance\nq,1,3\n",
            {},
            "column 'relevance' would go unread; write `columns: {gain: relevance}`",
        ),
        ("query_id,item_id,label\nq,1,Exact\n", {}, "column 'label' would go unread"),
        ("query_id,item_id,y\nq,1,3\nr,1,0\n", {}, "column 'y' would go unread; .*or `columns: {gain: \\[\\]}`"),
        (
            "query_id,item_id,gain\nq,1,high\n",
            {},
            "gain is no number: 'high' in row 1; write numbers, or give each label",
        ),
        ("query_id,item_id,gain\nq,1,\n", {}, "gain is no number: '' in row 1"),
        ("query_id,item_id,gain\nq,1,inf\n", {}, "gain is no number: 'inf' in row 1"),
        ("query_id,item_id,gain\nq,1,\x1b[2J\n", {}, r"'\\x1b\[2J' in row 1"),
        (
            "query_id,item_id,gain\nq,1,Exakt\n",
            {"gain": {"Exact": 1.0}},
            "have a label like 'Exakt'; did you mean 'Exact'",
        ),
        ("query_id,item,gain\nq,1,1\n", {}, "column 'item_id' is missing; did you mean 'item'"),
        ("query_id,item_id,gain,Gain\nq,1,1,2\n", {"columns": {"gain": "GAIN"}}, "two columns are called 'GAIN'"),
    ],
)
def test_gains_that_cannot_be_read(tmp_path: Path, qrels: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(DatasetError, match=said) as error:
        load(tmp_path, JUDGED | {"qrels": qrels}, **options)
    assert "qrels.csv" in error.value.message
    assert error.value.format_message().isprintable()


def test_grades_of_which_none_is_zero_are_said(tmp_path: Path) -> None:
    with recorded() as reading:
        load(tmp_path, JUDGED | {"qrels": "query_id,item_id,gain\nq,1,1\nr,2,3\n"})
    assert reading.lines == [
        "qrels.csv: guessed: every grade, 1 to 3, counts as relevant, for none is 0; write the least grade that is "
        "relevant as `gain: 2`, or a gain for each label, into its row"
    ]


def test_optional_columns_of_another_name_are_named(tmp_path: Path) -> None:
    with recorded() as reading:
        load(tmp_path, {"items": ITEMS, "queries": "query_id,text,Split,fold,colour\nq,a,test,2,red\n"})
    assert reading.lines == [
        "queries.csv: guessed: column 'Split' is read as 'split'",
        "queries.csv: not read: columns 'fold', 'colour'",
    ]
    (tmp_path / "queries.csv").unlink()
    with recorded() as reading:
        load(tmp_path, {"queries.jsonl": '{"query_id": 1, "text": "a", "fold": "train"}\n'})
    assert reading.lines == [
        "queries.jsonl: not read: column 'fold'; if it is the split, write `columns: {split: NAME}` into its row"
    ]


@pytest.mark.parametrize(
    ("items", "options", "texts"),
    [
        ('item_id,text\n1,"a ""b"" c"\n', {}, ['a "b" c']),
        ('item_id,text\n1,27" wide\n', {}, ['27" wide']),
        ('item_id,text\n1,"two\nlines, and ""more"""\n2,b\n', {}, ['two\nlines, and "more"', "b"]),
        ('item_id,text\n1,"Best" lamp\n', {"quotes": "none"}, ['"Best" lamp']),
        ('item_id,text\n1,"a \\"b\\" c"\n', {"quotes": "backslash"}, ['a "b" c']),
        ('item_id,text\n1,"27 inch\n2,b\n', {"quotes": "none"}, ['"27 inch', "b"]),
        ('item_id,text\n1,"Sizes:\nwidth, 3\nheight, 4"\n', {}, ["Sizes:\nwidth, 3\nheight, 4"]),
        ("item_id,text\n1,\n", {}, [""]),
        ("item_id,title,brand\n1,Lamp,Acme\n2,Cap,\n", {"text": ["title", "brand"]}, ["Lamp. Acme", "Cap"]),
        ("item_id,title,brand\n1,Lamp,Acme\n", {"columns": {"text": ["brand", "title"]}}, ["Acme. Lamp"]),
        ("item_id,title,brand\n1,Lamp,Acme\n", {"template": "{title} by {brand}!"}, ["Lamp by Acme!"]),
        ("item_id,text\n1,Soft<br>Warm <b>B</b>ig &amp; red\n", {"markup": "remove"}, ["Soft Warm Big & red"]),
        ("item_id,text\n1,Soft<br>Warm\n", {}, ["Soft<br>Warm"]),
        ("item_id,text\n1,a\n1,a\n", {}, ["a"]),  # the same row twice
    ],
)
def test_texts(tmp_path: Path, items: str, options: dict[str, Any], texts: list[str]) -> None:
    assert load(tmp_path, {"items": items}, **options).items["text"].to_pylist() == texts


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (SWALLOWED + '4,"lamp 4",x\n', "row 4 .line 5. has text behind a closing quote: '3,\"27 inch,x'"),
        (
            "item_id,text\n" + '1,"27 inch\n' + "".join(f"{row},c\n" for row in range(2, 800)) + '800,15"\n801,d\n',
            "row 1 .line 2. and closed 799 lines later, lines that look like rows of their own, as '2,c'",
        ),
        ('item_id,text\n1,"27 inch\n2,15"\n3,c\n', "a quote is opened in row 1 .line 2. and closed 1 lines later"),
        ('item_id,text\n1,"27 inch\n2,c\n', "a quote is opened in row 1 .line 2. and never closed: '1,\"27 inch'"),
        ('item_id,text\n1,"Best" lamp\n', "row 1 .line 2. has text behind a closing quote: '1,\"Best\" lamp'"),
        ('item_id,text\n1,"a \\"b\\" c"\n', "row 1 .line 2. has text behind a closing quote"),
        ("item_id,text\n1,a\n2,b,c\n", "row 2 .line 3. has 3 fields, the header has 2: '2,b,c'"),
        ("item_id,text\n1,a\n2\n", "row 2 .line 3. has 1 fields, the header has 2: '2'"),
        ("item_id,text\n1,a\n2,\x1b]0;x\x07,c\n", r"'2,\\x1b\]0;x\\x07,c'"),
        ("item_id;text;text\n1;a;b\n", "two columns are called 'text'"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_named(tmp_path: Path, items: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said) as error:
        load(tmp_path, {"items": items})
    assert error.value.format_message().isprintable()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": ["title"], "template": "{title}"}, "text is named twice; keep one"),
        ({"text": ["title"], "columns": {"text": "title"}}, "text is named twice"),
        ({"template": "no columns"}, "write the names of columns in braces"),
        ({"template": "{title"}, "template '{title': .*write names in braces"),
        ({"template": "{title!r}"}, "write the names of columns in braces"),
        ({"separator": "::"}, "separator is '::'; write one letter"),
        ({"columns": {"item_id": ["a", "b"]}}, "columns: item_id is .*; name one column"),
        ({"columns": {"itemid": "a"}}, "option 'columns' is"),
        ({"timestamp_unit": "days"}, "option 'timestamp_unit' is 'days'"),
        ({"quotes": "odd"}, "option 'quotes' is 'odd'"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        load(tmp_path, {"items": ITEMS}, **options)
