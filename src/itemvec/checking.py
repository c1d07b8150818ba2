"""What can be known to fail before anything runs."""

from pathlib import Path

from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.errors import DatasetError, ParamsError
from itemvec.metrics import parse
from itemvec.params import Params
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.registry import suggest
from itemvec.retrievers import RETRIEVERS
from itemvec.splits import SPLITS
from itemvec.tasks import task_of


def check_params(params: Params) -> None:
    """Build every row that is selected, and look up every name.

    Raises
    ------
    ParamsError
        A kind, option, metric or split is unknown or does not fit.
    """
    DATASETS.build(params.dataset, params.datasets[params.dataset])
    ENCODERS.build(params.model, params.models[params.model])
    for name in params.variants:
        REDUCERS.build(name, params.reducers[name])
    for name in params.recommenders:
        RECOMMENDERS.build(name, params.systems[name])
    for name in params.retrievers:
        RETRIEVERS.build(name, params.systems[name])
    for name in params.baselines:
        row = params.systems[name]
        (RECOMMENDERS if task_of(name, row) == "recommend" else RETRIEVERS).build(name, row)
    for task, protocol in (("recommend", params.recommend), ("search", params.search)):
        if not protocol.metrics:
            raise ParamsError(f"{task}: metrics names none; name at least one, as ndcg@10")
        for metric in protocol.metrics:
            if parse(metric)[1] > protocol.depth:
                raise ParamsError(f"{task}: {metric} looks deeper than depth {protocol.depth}; raise depth")
    if params.recommend.split not in SPLITS:
        raise ParamsError(
            f"recommend: unknown split {params.recommend.split!r}{suggest(params.recommend.split, SPLITS)}"
        )
    if not params.variants:
        raise ParamsError("variants: name at least one row of reducers")


def check_data(data: Path, dataset: str) -> None:
    """Make sure that there are files below ``data / dataset``.

    Raises
    ------
    DatasetError
        The folder is missing or empty.
    """
    folder = data / dataset
    if not folder.is_dir() or not any(folder.iterdir()):
        raise DatasetError(
            f"{folder} is {'empty' if folder.is_dir() else 'missing'}; run `itemvec fetch` (`make repro` does so too), "
            "or put your own files there"
        )
