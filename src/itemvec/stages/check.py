"""What can be known to fail before anything runs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.params import Params, RecommendProtocol, Row, SearchProtocol
from itemvec.core.registry import suggest
from itemvec.datasets import DATASETS
from itemvec.datasets.fetch import SOURCES
from itemvec.datasets.reading import attempt, recorded
from itemvec.encoders import ENCODERS, Encoder
from itemvec.encoders.base import Checkable
from itemvec.metrics import parse
from itemvec.protocol.splits import splitter
from itemvec.recommenders import RECOMMENDERS, Recommender
from itemvec.recommenders.transferable import Transferable
from itemvec.reducers import REDUCERS
from itemvec.reducers.widths import width_after
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS, TakesWidths
from itemvec.stages.fits import check_items, check_tables
from itemvec.stages.tasks import task_of
from itemvec.tuners import TUNERS, TakesModel

ROWS = 100_000  # of each file, that are looked at


def check_params(params: Params) -> None:
    """Build every row that is selected, look up every name, and follow the width of the vectors.

    Raises
    ------
    ParamsError
        A line for every kind, option, width, metric or split that is unknown or does not fit.
    """
    checks: list[Callable[[], object]] = [
        lambda: DATASETS.build(params.dataset, params.datasets[params.dataset]),
        lambda: _check_model(params),
        *(partial(_check_variant, params, name) for name in params.variants),
        *(partial(_check_tuner, params, name) for name in params.tuners),
        *(partial(_recommender, params, name) for name in params.recommenders),
        *(partial(_check_retriever, params, name) for name in params.retrievers),
        *(partial(_check_baseline, params, name) for name in params.baselines),
        *(partial(_reranker, params, name) for name in params.rerankers),
        lambda: _check_first(params),
        lambda: _check_metrics("recommend", params.recommend),
        lambda: _check_metrics("search", params.search),
        lambda: splitter(params.recommend.split),
    ]
    found = [error for error in map(_problem, checks) if error]
    if not (params.recommenders or params.retrievers or params.baselines):
        found.append("recommenders, retrievers and baselines name nothing: there is nothing to measure")
    if found:
        raise ParamsError("\n".join(dict.fromkeys(found)))


def _problem(check: Callable[[], object]) -> str:
    try:
        check()
    except ParamsError as error:
        return error.message
    return ""


def _model(params: Params) -> Encoder:
    return ENCODERS.build(params.model, params.models[params.model])


def _recommender(params: Params, name: str) -> Recommender:
    """Build it, and read the weights that it begins with."""
    recommender = RECOMMENDERS.build(name, params.systems[name])
    if isinstance(recommender, Transferable):
        _ = recommender.pretrained
    return recommender


def _reranker(params: Params, name: str) -> object:
    return RERANKERS.build(name, params.systems[name])


def _check_model(params: Params) -> None:
    """Compare the row with the files of the checkpoint, for the kinds that have one."""
    encoder = _model(params)
    if isinstance(encoder, Checkable):
        encoder.check()


def _check_variant(params: Params, name: str) -> None:
    reducer, width = REDUCERS.build(name, params.reducers[name]), _model(params).dim
    try:
        width_after(reducer, width)
    except ParamsError as error:
        raise ParamsError(f"variant {name!r}: {error.message} (model {params.model!r} has {width})") from None


def _check_tuner(params: Params, name: str) -> None:
    tuner = TUNERS.build(name, params.tunings[name])
    if isinstance(tuner, TakesModel):
        try:
            tuner.check_model(_model(params))
        except ParamsError as error:
            raise ParamsError(f"tuner {name!r}: {error.message} (model {params.model!r})") from None


def _check_metrics(task: str, protocol: RecommendProtocol | SearchProtocol) -> None:
    if not protocol.metrics:
        raise ParamsError(f"{task}: metrics names none; name at least one, as ndcg@10")
    for metric in protocol.metrics:
        if parse(metric)[1] > protocol.depth:
            raise ParamsError(f"{task}: {metric} looks deeper than depth {protocol.depth}; raise depth")


def _check_baseline(params: Params, name: str) -> None:
    row = params.systems[name]
    registry = RECOMMENDERS if task_of(name, row) == "recommend" else RETRIEVERS
    if registry.build(name, row).needs_vectors:
        raise ParamsError(f"baselines: {name!r} needs vectors; name it under recommenders or retrievers")


def _check_retriever(params: Params, system: str) -> None:
    """A retriever can index every variant whose width is known before anything runs."""
    retriever = RETRIEVERS.build(system, params.systems[system])
    if not isinstance(retriever, TakesWidths):
        return
    for name in params.variants:
        try:
            width = width_after(REDUCERS.build(name, params.reducers[name]), _model(params).dim)
        except ParamsError:  # said of the variant itself
            continue
        if width is not None:
            try:
                retriever.check_width(width)
            except ParamsError as error:
                raise ParamsError(f"variant {name!r}: {error.message}") from None


def _check_first(params: Params) -> None:
    """Reranked is what a selected system finds."""
    if not params.rerankers:
        return
    cells = [f"search/{system}/{variant}" for variant in params.all_variants for system in params.retrievers]
    cells += [f"baseline/{name}" for name in params.baselines if task_of(name, params.systems[name]) == "search"]
    first, depth = params.rerank.first, params.rerank.depth
    if first not in cells:
        raise ParamsError(f"rerank: first {first!r} is no run of a selected search system{suggest(first, cells)}")
    if depth > params.search.depth:
        raise ParamsError(f"rerank: depth {depth} is more than search has, {params.search.depth}; raise search.depth")


def check_selected_data(data: Path, params: Params) -> list[str]:
    """``check_data`` of the data set that is selected; what is read must also fit the rows that are selected."""
    return check_data(data, params.dataset, params.datasets[params.dataset], params)


def check_data(data: Path, dataset: str, row: Row, params: Params | None = None) -> list[str]:
    """Read the first rows of the files below ``data / dataset`` as the ``row`` of the data set says.

    Returns
    -------
    What would be left out, changed, guessed and not read of these rows, a sentence each.

    Raises
    ------
    DatasetError
        The folder is missing or empty; or a line for every problem of what was read.
    """
    folder = data / dataset
    if not folder.is_dir() or not any(folder.iterdir()):
        known = "run `itemvec fetch` (`make repro` does so too)" if dataset in SOURCES else "put its files there"
        raise DatasetError(f"{folder} is {'empty' if folder.is_dir() else 'missing'}; {known}")
    kind, tables = DATASETS.build(dataset, row), None
    with recorded(ROWS, collects=True) as reading:
        try:
            tables = attempt(lambda: kind.load(folder))
        except (pa.ArrowException, TypeError, ValueError):
            if not reading.problems:  # else what follows from a problem is none of its own
                raise
    if reading.problems:
        raise DatasetError("\n".join(reading.problems))
    if params is not None and tables is not None:
        fits = [lambda: check_items(params, len(tables.items), not reading.cut)]
        fits += [] if reading.cut else [lambda: check_tables(params, tables.interactions, tables.queries)]
        if found := [error for error in map(_problem, fits) if error]:
            raise ParamsError("\n".join(found))
    return [*reading.lines, *([f"of larger files the first {ROWS:,} rows were looked at"] if reading.cut else [])]
