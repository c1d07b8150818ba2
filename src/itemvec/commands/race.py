"""The command ``itemvec race``: find the model to use among many, for a part of the encoding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from itemvec.stages.stage import EXISTING

if TYPE_CHECKING:
    from itemvec.commands.race_record import Race
    from itemvec.commands.racing import Encode, Racer
    from itemvec.core.arrays import Floats, Ints
    from itemvec.core.params import Params, Row
    from itemvec.stages.trial import Trial

LETTERS = 4  # of a token, about
LIMIT = 512  # tokens that a model is taken to read at most where its row does not say it


@click.command()
@click.argument("models", nargs=-1, required=True)
@click.option(
    "--budget",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.25,
    show_default=True,
    help="Share of the tokens of all models in full that may be encoded, the winner in full included.",
)
@click.option("--no-finish", is_flag=True, help="Do not encode the winner in full.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names the rows.")
def race(models: tuple[str, ...], budget: float, no_finish: bool, path: Path) -> None:
    """Find the model to use for search among MODELS, for a part of the encoding.

    Looks at 1/8, 1/4, 1/2 and all of the judged test queries, each time on a pool of items: all that are relevant, and
    those that BM25 finds. Models that are shown worse leave. It ends when the winner is shown or the budget is used.
    Means in a pool are higher than over the whole catalogue: only differences between the models count.

    What is encoded goes into the row cache, so `dvc repro` does not encode it again. After Ctrl-C the same command goes
    on where it stopped. Tokens are guessed from letters; texts that were encoded before count all the same.

    \b
    Example: itemvec race minilm bge-small-en-v1-5 gte-small e5-base-v2 lsa hashing
    """
    from itemvec.commands.race_text import as_text
    from itemvec.commands.racing import race as run
    from itemvec.core.params import Params

    params = Params.load(path)
    _check(models, params)
    tables = {name: path.parent / "artifacts" / "tables" / f"{name}.parquet" for name in ("items", "queries", "qrels")}
    trial = _trial(tables, params)
    try:
        racers = [_racer(name, params.models[name], trial, tables) for name in models]
        found = run(racers, _course(trial, params), budget, not no_finish, _say)
        if not no_finish:
            _finish(found, params, trial, tables)
    except KeyboardInterrupt:
        click.echo("race: stopped; what was encoded is in the row cache, and the same command goes on there", err=True)
        raise
    _say("")
    click.echo(as_text(found, not no_finish))


def _say(line: str) -> None:
    """To stderr, so that the conclusion is the first line of the output."""
    click.echo(line, err=True)


def _check(models: tuple[str, ...], params: Params) -> None:
    from itemvec.core.errors import ParamsError
    from itemvec.core.params import no_row

    for name in models:
        if name not in params.models:
            raise no_row("models", name, params.models)
    if len(set(models)) < max(2, len(models)):
        raise ParamsError(f"race: got {', '.join(models)}; name two models or more, each once")


def _trial(tables: dict[str, Path], params: Params) -> Trial:
    from itemvec.core.errors import TableError
    from itemvec.stages.trial import Trial

    for table in tables.values():
        if not table.exists():
            raise TableError(f"{table}: is missing; run `dvc repro prepare` first, which encodes nothing")
    return Trial.load(tables, None, params.search)


def _course(trial: Trial, params: Params) -> Any:
    from itemvec.commands.race_course import DEPTHS, Course
    from itemvec.retrievers.bm25 import Bm25

    hard = trial.test.retrieve(Bm25().index(trial.items), max(DEPTHS)).positions
    protocol = params.search
    return Course(
        *(trial.test, trial.items.ids, hard, protocol.metrics[0], protocol.depth), params.decide.tolerance, params.seed
    )


def _racer(name: str, row: Row, trial: Trial, tables: dict[str, Path]) -> Racer:
    from itemvec.commands.racing import Racer
    from itemvec.encoders import ENCODERS

    cost = float(row.get("price") or 0), float(row.get("parameters") or 0), float(ENCODERS.build(name, row).dim)
    limit = int(row.get("max_tokens") or LIMIT)
    tokens = [_tokens(one.texts, limit) for one in (trial.items, trial.test.queries)]
    return Racer(name, cost, _encode(name, row, trial, tables), *tokens)


def _tokens(texts: Any, limit: int) -> Ints:
    import pyarrow.compute as pc

    letters = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
    tokens: Ints = np.clip(letters // LETTERS + 1, 1, limit).astype(np.int64)
    return tokens


def _encode(name: str, row: Row, trial: Trial, tables: dict[str, Path]) -> Encode:
    """Through the row cache. The model is loaded for one look alone: many would not fit into memory together."""
    import pyarrow as pa

    texts, asked = pa.array(trial.items.words(name)), pa.array(trial.test.queries.words(name))

    def encode(items: Ints, queries: Ints) -> tuple[Floats, Floats]:
        cached = _cached(name, row, tables)
        found = _filled(name, cached, asked.take(pa.array(queries)), "query")
        return _filled(name, cached, texts.take(pa.array(items)), "item"), found

    return encode


def _cached(name: str, row: Row, tables: dict[str, Path]) -> Any:
    from itemvec.core.machine import cache_folder
    from itemvec.encoders import ENCODERS, CachedEncoder, Corpus

    return CachedEncoder(ENCODERS.build(name, row), Corpus(tables["items"]), cache_folder())


def _filled(name: str, cached: Any, texts: Any, role: str) -> Floats:
    from itemvec.core.errors import ItemvecError
    from itemvec.core.progress import progress

    with progress(len(texts), f"{name}: {role}s".replace("querys", "queries"), "texts") as shown:
        cached.fill([texts], role, shown.update)
    vectors: Floats = cached.read(texts, role).vectors
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        text = texts[int(broken[0])].as_py()[:60]
        raise ItemvecError(f"{name}: {len(broken):,} vectors are not finite, as of {text!r}; leave the model out")
    return vectors


def _finish(found: Race, params: Params, trial: Trial, tables: dict[str, Path]) -> None:
    """Encode the winner in full, all queries included."""
    from itemvec.core.columns import TEXT
    from itemvec.core.files import read_parquet

    cached = _cached(found.winner, params.models[found.winner], tables)
    _filled(found.winner, cached, read_parquet(tables["queries"], [TEXT])[TEXT].combine_chunks(), "query")
    _filled(found.winner, cached, trial.items.texts, "item")
