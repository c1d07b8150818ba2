"""One file with a query, a product and its relevance in each row, as three tables."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT
from itemvec.core.shown import shown
from itemvec.datasets.attributes import first_rows
from itemvec.datasets.base import Tables
from itemvec.datasets.column_names import missing, plain
from itemvec.datasets.graded_judgments import judged_tables
from itemvec.datasets.own_files import OwnFiles, find_file
from itemvec.datasets.own_gains import own_gains
from itemvec.datasets.own_tables import OwnTables
from itemvec.datasets.raw_tables import read
from itemvec.datasets.reading import note

# Role -> names that such files give it, the likeliest first; an "id" there is that of the row.
NAMES = {
    "query": ("query", "search_term", "search_query", "query_text", "keyword"),
    ITEM: (ITEM, "product_uid", "product_id", "asin", "sku", "doc_id"),
    TEXT: (TEXT, "product_title", "title", "product_name", "name"),
    GAIN: (GAIN, "relevance", "median_relevance", "esci_label", "label", "grade", "score"),
}


def judged_file(tables: OwnTables, path: Path) -> Tables:
    """Items, queries and judgments of a file whose rows are judgments.

    Queries are those of the same text, or of the same ``query_id`` where there is one; items those of the same
    ``item_id``, or of the same text. Where the folder has a file of items, these are the items. A column that the row
    does not name is looked for under the usual names.

    Raises
    ------
    DatasetError
        A column is missing, or a grade is none.
    """
    apart = None if find_file(path.parent, "items") in (None, path) else tables.items()
    files = _named(tables.files.of("judgments"), path, tables.template, apart is None)
    own = replace(tables, files=files)
    roles = [QUERY, "query", ITEM, GROUP, PART]
    gain = files.name(GAIN) if files.names(GAIN) else None
    wanted = (
        [files.name(role) for role in roles]
        + ([gain] if gain else [])
        + ([*own.text_names, *own.attributes] if apart is None else [])
    )
    found = files.read_file(path, wanted, [QUERY, GROUP, PART])
    words = found.strings(files.name("query"), "query")
    texts = own.texts(found) if apart is None else None
    named = texts is None or files.name(ITEM) in found
    items = found.strings(files.name(ITEM), ITEM) if named else hashed(texts)
    ids = found.strings(files.name(QUERY)) if files.name(QUERY) in found else hashed(words)
    asked = {QUERY: ids, TEXT: words}
    asked |= {role: found.strings(files.name(role)) for role in (GROUP, PART) if files.name(role) in found}
    queries = pa.table(asked).group_by(list(asked), use_threads=False).aggregate([]).select(list(asked))
    catalogue = pa.table({ITEM: items, TEXT: texts} | own.kept(found)) if apart is None else apart.table
    catalogue = first_rows(catalogue, [ITEM, TEXT])
    gains = own_gains(files, found, gain, tables.gain)
    qrels = pa.table({QUERY: ids, ITEM: items, GAIN: gains})
    used = tables.interactions()
    where = path if apart is None else path.parent
    return judged_tables(where, catalogue, queries, qrels, None if used is None else used.table)


def hashed(texts: Any) -> Any:
    """An id for each text: 64 bits of its SHA-256 in hexadecimal figures."""
    digests = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in pc.fill_null(texts, "").to_pylist()]
    return pa.array(digests, pa.string())


def _named(files: OwnFiles, path: Path, template: str | None, texts: bool) -> OwnFiles:
    """The names of the columns: those of the row, else the usual ones that the file has; said."""
    table, others = read(path, [], files.form)
    known = {plain(name): name for name in [*table.column_names, *others]}
    columns = dict(files.columns)
    for role, usual in NAMES.items():
        if (role in columns and columns[role] != [TEXT]) or (role == TEXT and (template or not texts)):
            continue
        name = next((known[one] for one in usual if one in known), None)
        if name is None and role in ("query", TEXT):
            raise missing(path, role, known.values())
        if name is not None:
            columns[role] = [name]
            if plain(name) != role:
                note(
                    "guessed", path, f"column {shown(name)} is read as {role}; `columns: {{{role}: ...}}` names another"
                )
    return replace(files, columns=columns)
