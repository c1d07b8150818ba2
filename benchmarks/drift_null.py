"""How often `itemvec drift` finds a difference where there is none, and where one was planted.

Texts of a run are dealt at random into known and new ones; then a share of the new ones is from one side of the space.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pyarrow.parquet as pq
from scipy.stats import binomtest
from tabulate import tabulate

from itemvec.commands.data_drift.languages import language
from itemvec.commands.data_drift.two_samples import LEVEL, energy_shift, share_shift
from itemvec.core.arrays import Floats
from itemvec.core.columns import TEXT
from itemvec.store import open_vectors


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("artifacts", type=click.Path(exists=True, path_type=Path))
@click.option("--draws", default=200, show_default=True)
@click.option("--known", default=1000, show_default=True, help="Texts of the decision.")
@click.option("--new", default=200, show_default=True, help="Texts of today.")
@click.option("--table", type=click.Choice(["items", "queries"]), default="items", show_default=True)
def main(artifacts: Path, draws: int, known: int, new: int, table: str) -> None:
    """Count differences found in DRAWS at a level of 5 %; where some are planted, in a quarter of DRAWS.

    \b
    Example: python benchmarks/drift_null.py artifacts
    """
    texts = pq.read_table(artifacts / "tables" / f"{table}.parquet", columns=[TEXT])[TEXT].to_pylist()
    vectors = open_vectors(artifacts / "embeddings.digest", table).load().vectors
    places = list({text: place for place, text in enumerate(texts)}.values())
    lengths = np.log1p([len(text.split()) for text in texts]).astype(np.float32)[:, None]
    kinds = np.array([language(text) for text in texts])
    rows = []
    for planted in (0.0, 0.1, 0.2):
        found, n = np.zeros(3), draws if planted == 0 else draws // 4
        for draw in range(n):
            one, other = deal(np.array(places), vectors, known, new, planted, np.random.default_rng(draw))
            ps = (
                energy_shift(lengths[one], lengths[other], draw).p,
                share_shift(kinds[one].tolist(), kinds[other].tolist(), draw).p,
                energy_shift(vectors[one], vectors[other], draw).p,
            )
            found += np.array(ps) <= LEVEL
        rows.append([f"{planted:.0%}", *(share(int(one), n) for one in found)])
    click.echo(f"{len(places):,} {table}, {known:,} known and {new:,} new, {draws} draws: found at the level of 5 %")
    click.echo(tabulate(rows, headers=["planted", "lengths", "languages", "vectors"], disable_numparse=True))


def deal(
    places: np.ndarray[tuple[int], np.dtype[np.int64]],
    vectors: Floats,
    known: int,
    new: int,
    planted: float,
    rng: np.random.Generator,
) -> tuple[list[int], list[int]]:
    """Known and new rows; of the new ones a share is of the tenth that lies furthest along a random direction."""
    direction = vectors[rng.choice(places)]
    far = places[np.argsort(-(vectors[places] @ direction))[: len(places) // 10]]
    special = rng.choice(far, round(planted * new), replace=False)
    rest = rng.permutation(np.setdiff1d(places, special))
    return rest[:known].tolist(), [*special.tolist(), *rest[known : known + new - len(special)].tolist()]


def share(found: int, draws: int) -> str:
    """A share with its interval of 95 % (Clopper-Pearson)."""
    low, high = binomtest(found, draws).proportion_ci()
    return f"{found / draws:.1%} [{low:.1%}, {high:.1%}]"


if __name__ == "__main__":
    main()
