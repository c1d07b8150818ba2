"""Recommenders of the library RecBole: any sequential or general model by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal

from ruamel.yaml import YAML

from itemvec.core.errors import ParamsError, TableError
from itemvec.core.options import Positive
from itemvec.core.registry import suggest
from itemvec.recommenders.base import RECOMMENDERS, Score, Training

FAMILIES = ("sequential", "general")
# Options of RecBole's trainer and data, besides those of each model. All others are set by itemvec.
COMMON = (
    "MAX_ITEM_LIST_LENGTH",
    "clip_grad_norm",
    "learner",
    "learning_rate",
    "train_batch_size",
    "train_neg_sample_args",
    "weight_decay",
)
SCIPY = "it calls dok_matrix._update, which scipy has not had since 1.13"
FEATURES = "it needs attributes of items or entities, which this data does not have"
REFUSED = {
    **dict.fromkeys(("GCMC", "LightGCN", "NCL", "NGCF", "SpectralCF"), SCIPY),
    **dict.fromkeys(("FDSA", "GRU4RecF", "GRU4RecKG", "KSR", "SASRecF"), FEATURES),
    "DIEN": "it needs a list of items that each user passed over",
    **dict.fromkeys(("RaCT", "S3Rec"), "it needs a checkpoint of its own pre-training"),
}


@RECOMMENDERS.register("recbole")
@dataclass(frozen=True)
class RecBole:
    """A model of RecBole 1.2.1, trained by RecBole's own trainer on our training histories.

    RecBole counts prefixes: a history of n interactions is n - 1 examples. It measures nothing: training stops by our
    validation nDCG@10, as for every other recommender. A model that keeps a vector per user, as all general ones do,
    can score users of the training data alone, by what they did there. It does not see the later interactions of a test
    case.

    Parameters
    ----------
    model
        RecBole's name of the model: ``SASRec``, ``GRU4Rec``.
    item
        ``id`` learns a vector per item. ``text`` puts the item vectors, unchanged, behind a learned linear adaptor
        in the place of the model's item embedding.
    epochs
        Most epochs of training.
    patience
        End training after this many epochs without a better validation nDCG@10.
    options
        Options of RecBole, as ``{hidden_size: 64, train_batch_size: 256}``; those left out have RecBole's defaults.
    """

    model: str
    item: Literal["id", "text"] = "id"
    epochs: Positive = 300
    patience: Positive = 11
    options: dict[str, Any] = field(default_factory=dict)
    random: ClassVar[bool] = True

    def __post_init__(self) -> None:
        models = _models()
        if self.model not in models:
            raise ParamsError(f"recommender recbole: RecBole has no model {self.model!r}{suggest(self.model, models)}")
        if self.model in REFUSED:
            raise ParamsError(f"recommender recbole: {self.model} does not run: {REFUSED[self.model]}; choose another")
        known = {*COMMON, *self._defaults()}
        for option, value in self.options.items():
            if option not in known:
                raise ParamsError(
                    f"recommender recbole: {self.model} has no option {option!r} to set{suggest(option, known)}"
                )
            # RecBole evaluates strings as Python.
            if isinstance(value, str) and not value.isidentifier():
                raise ParamsError(f"recommender recbole: option {option!r} is {value!r}; as text, it must be one word")

    @property
    def needs_vectors(self) -> bool:
        """Whether it uses item vectors."""
        return self.item == "text"

    def fit(self, training: Training) -> Score:
        """Train with the seed of ``training``; working directory and process state are left unchanged.

        Raises
        ------
        TableError
            No training history has two interactions.
        ParamsError
            The model has no item embedding that item vectors could replace.
        """
        if training.histories.lengths.max(initial=0) < 2:
            raise TableError("recbole: no training history has two interactions, so there is no step to learn from")
        from itemvec.recommenders.recbole_training import train

        sequential = _models()[self.model] == "sequential"
        settings: dict[str, Any] = {"epochs": self.epochs, "eval_step": 1, "stopping_step": self.patience - 1}
        if sequential and (self._defaults() | self.options).get("loss_type") == "CE":
            settings["train_neg_sample_args"] = None  # RecBole insists
        vectors = training.text("recbole") if self.item == "text" else None
        return train(self.model, settings | self.options, training, vectors, sequential)

    def _defaults(self) -> dict[str, Any]:
        found = YAML(typ="safe", pure=True).load(_folder() / "properties" / "model" / f"{self.model}.yaml")
        return dict(found or {})


def _folder() -> Path:
    """Folder of the package RecBole; importing it would take seconds."""
    spec = find_spec("recbole")
    return Path((spec and spec.origin) or "recbole").parent


def _models() -> dict[str, str]:
    """Names of RecBole's sequential and general models, as in its property files, and the family of each."""
    modules = {
        path.stem: family
        for family in FAMILIES
        for path in (_folder() / "model" / f"{family}_recommender").glob("*.py")
    }
    names = sorted(path.stem for path in (_folder() / "properties" / "model").glob("*.yaml"))
    return {name: modules[name.lower()] for name in names if name.lower() in modules}
