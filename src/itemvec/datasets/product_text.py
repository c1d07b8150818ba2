"""The text of a product, made from its metadata fields as in the code of BLaIR.

That code (github.com/hyp1231/AmazonReviews2023, seq_rec_results/dataset/process_amazon_2023.py) writes fields one after
the other, the parts of a list joined with commas and ended with a full stop, takes tags out, and replaces every
character outside ASCII by a space: "Pokémon" becomes "Pok mon". Here that last step is an option.
"""

import html
import re
from typing import Any

import pyarrow as pa

FIELDS: dict[str, pa.DataType] = {
    "title": pa.string(),
    "main_category": pa.string(),
    "store": pa.string(),
    "features": pa.list_(pa.string()),
    "categories": pa.list_(pa.string()),
    "description": pa.list_(pa.string()),
}
ROWS = 4096  # held as Python objects at a time
TAG, SPACES, FOREIGN = re.compile(r"<[^>]+>"), re.compile(r" +"), re.compile(r"[^\x00-\x7F]")


def product_texts(fields: Any, order: list[Any], ascii_only: bool) -> Any:
    """Arrow strings, one per row of the table ``fields``, made of its columns in ``order``."""
    chunks = []
    for batch in fields.to_batches(max_chunksize=ROWS):
        columns = [batch.column(name).to_pylist() for name in order]
        texts = (product_text(list(values), ascii_only) for values in zip(*columns, strict=True))
        chunks.append(pa.array(texts, pa.string()))
    return pa.chunked_array(chunks, pa.string())


def product_text(values: list[str | list[str] | None], ascii_only: bool) -> str:
    """The text of one product from its fields.

    With ``ascii_only``, it equals that of BLaIR's code, except for a space at the end.
    """
    sentences = [_sentence(value, ascii_only) for value in values]
    if ascii_only:
        return " ".join(sentences).rstrip(" ")
    return " ".join(filter(None, sentences))


def _sentence(value: str | list[str] | None, ascii_only: bool) -> str:
    if isinstance(value, list):
        parts = [_clean(part or "", ascii_only) for part in value]
        kept = parts if ascii_only else [part for part in parts if part]
        return ", ".join(kept) + "." if kept else ""
    return _clean(value or "", ascii_only)


def _clean(text: str, ascii_only: bool) -> str:
    text = TAG.sub("", html.unescape(text).strip())
    if not ascii_only:
        return " ".join(text.split())
    return FOREIGN.sub(" ", SPACES.sub(" ", re.sub(r"[\n\t]", " ", text)))
