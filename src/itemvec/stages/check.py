"""What can be known to fail before anything runs."""

from functools import reduce
from pathlib import Path

import pyarrow as pa

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.params import Params, Row
from itemvec.core.registry import suggest
from itemvec.datasets import DATASETS
from itemvec.datasets.fetch import SOURCES
from itemvec.datasets.reading import attempt, recorded
from itemvec.encoders import ENCODERS
from itemvec.metrics import parse
from itemvec.protocol.splits import splitter
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS, Retriever, TakesWidths
from itemvec.stages.tasks import task_of

ROWS = 100_000  # of each file, that are looked at


def check_params(params: Params) -> None:
    """Build every row that is selected, and look up every name.

    Raises
    ------
    ParamsError
        A kind, option, metric or split is unknown or does not fit.
    """
    DATASETS.build(params.dataset, params.datasets[params.dataset])
    width = ENCODERS.build(params.model, params.models[params.model]).dim
    for name in params.variants:
        REDUCERS.build(name, params.reducers[name])
        if (params.reducers[name].get("dim") or 0) > width:
            raise ParamsError(f"reducer {name!r}: dim is more than the {width} of model {params.model!r}")
    _check_systems(params)
    for task, protocol in (("recommend", params.recommend), ("search", params.search)):
        if not protocol.metrics:
            raise ParamsError(f"{task}: metrics names none; name at least one, as ndcg@10")
        for metric in protocol.metrics:
            if parse(metric)[1] > protocol.depth:
                raise ParamsError(f"{task}: {metric} looks deeper than depth {protocol.depth}; raise depth")
    splitter(params.recommend.split)


def _check_systems(params: Params) -> None:
    for name in params.recommenders:
        RECOMMENDERS.build(name, params.systems[name])
    for name in params.retrievers:
        _check_widths(params, RETRIEVERS.build(name, params.systems[name]))
    for name in params.baselines:
        row = params.systems[name]
        registry = RECOMMENDERS if task_of(name, row) == "recommend" else RETRIEVERS
        if registry.build(name, row).needs_vectors:
            raise ParamsError(f"baselines: {name!r} needs vectors; name it under recommenders or retrievers")
    for name in params.rerankers:
        RERANKERS.build(name, params.systems[name])
    if params.rerankers:
        _check_first(params)
    if not (params.recommenders or params.retrievers or params.baselines):
        raise ParamsError("recommenders, retrievers and baselines name nothing: there is nothing to measure")


def _check_widths(params: Params, retriever: Retriever) -> None:
    """A retriever can index every variant whose width is known before anything runs."""
    whole = ENCODERS.build(params.model, params.models[params.model]).dim
    if not isinstance(retriever, TakesWidths):
        return
    for name in params.variants:
        width = _width(params.reducers[name], whole)
        if width is not None:
            try:
                retriever.check_width(width)
            except ParamsError as error:
                raise ParamsError(f"variant {name!r}: {error}") from None


def _width(row: Row, width: int | None) -> int | None:
    """How wide the row of a reducer leaves vectors of ``width``; None where the data decides."""
    if row["kind"] == "chain":
        return reduce(lambda found, link: _width(link, found), row["links"], width)
    if row.get("dim") is not None:
        return int(row["dim"])
    return None if row["kind"] == "drop-degrading" or row.get("variance") is not None else width


def _check_first(params: Params) -> None:
    """Reranked is what a selected system finds."""
    cells = [f"search/{system}/{variant}" for variant in params.variants for system in params.retrievers]
    cells += [f"baseline/{name}" for name in params.baselines if task_of(name, params.systems[name]) == "search"]
    first, depth = params.rerank.first, params.rerank.depth
    if first not in cells:
        raise ParamsError(f"rerank: first {first!r} is no run of a selected search system{suggest(first, cells)}")
    if depth > params.search.depth:
        raise ParamsError(f"rerank: depth {depth} is more than search has, {params.search.depth}; raise search.depth")


def check_selected_data(data: Path, params: Params) -> list[str]:
    """``check_data`` of the data set that is selected."""
    return check_data(data, params.dataset, params.datasets[params.dataset])


def check_data(data: Path, dataset: str, row: Row) -> list[str]:
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
    kind = DATASETS.build(dataset, row)
    with recorded(ROWS, collects=True) as reading:
        try:
            attempt(lambda: kind.load(folder))
        except (pa.ArrowException, TypeError, ValueError):
            if not reading.problems:  # else what follows from a problem is none of its own
                raise
    if reading.problems:
        raise DatasetError("\n".join(reading.problems))
    return [*reading.lines, *([f"of larger files the first {ROWS:,} rows were looked at"] if reading.cut else [])]
