"""BM25 beside bm25s: from texts to the 100 best items of each query, in one run and one thread."""

from __future__ import annotations

import time

import click
import numpy as np
import pyarrow as pa
from load import item_tables
from tabulate import tabulate

from itemvec.retrievers import Entries
from itemvec.retrievers.bm25 import Bm25

K = 100


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--items", "sizes", type=int, multiple=True, default=[10_000, 100_000], show_default=True)
@click.option("--queries", default=1000, show_default=True)
def main(sizes: tuple[int, ...], queries: int) -> None:
    """Index items of 12 random words, and ask for four words of some of them.

    \b
    Example: OMP_NUM_THREADS=1 python benchmarks/bm25.py --items 10000 --queries 100
    """
    rows = []
    for size in (1000, *sizes):  # the first imports what both need
        table = pa.concat_tables(item_tables(size)).combine_chunks()
        texts = table["text"].combine_chunks()
        places = (np.arange(queries) * (size / queries)).astype(int).tolist()
        asked = [" ".join(texts[place].as_py().split()[2:6]) for place in places]
        ours, peer = of_itemvec(table["item_id"].combine_chunks(), texts, asked), of_bm25s(texts.to_pylist(), asked)
        rows += [
            [f"{size:,}", what, f"{mine:.2f}", f"{other:.2f}", f"{other / mine:.2f}"]
            for what, mine, other in zip(("index", f"{queries:,} queries"), ours, peer, strict=True)
        ]
    rows = rows[2:]
    heads = ["items", "what", "itemvec", "bm25s", "ratio"]
    click.echo(tabulate(rows, heads, tablefmt="github", disable_numparse=True))


def of_itemvec(ids: pa.Array, texts: pa.Array, asked: list[str]) -> tuple[float, float]:
    """Seconds of the processor to index, and to answer."""
    start = time.process_time()
    retrieve = Bm25().index(Entries(ids, texts))
    middle = time.process_time()
    retrieve(Entries(pa.array([str(row) for row in range(len(asked))]), pa.array(asked)), K)
    return middle - start, time.process_time() - middle


def of_bm25s(texts: list[str], asked: list[str]) -> tuple[float, float]:
    """The same with the tokenizer, the stop words and the stemmer that its documentation names."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    start = time.process_time()
    engine = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    engine.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)
    middle = time.process_time()
    words = bm25s.tokenize(asked, stopwords="en", stemmer=stemmer, show_progress=False)
    engine.retrieve(words, k=K, show_progress=False)
    return middle - start, time.process_time() - middle


if __name__ == "__main__":
    main()
