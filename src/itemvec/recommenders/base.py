"""The interface of recommenders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.registry import Registry
from itemvec.core.top_k import TieOrder
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories

# A score function: from histories to scores, float32 of shape (n_users, n_items). It is called for few users at a time.
Score = Callable[[Histories], Floats]


class Reasons(NamedTuple):
    """Why items are recommended.

    persona
        The persona of the user that stands for each item, int64 of shape (n_users, k), counted from 0.
    behind
        Items of the history that speak most for each, int64 of shape (n_users, k, 2), padded with negatives.
    """

    persona: Ints
    behind: Ints


@runtime_checkable
class Explains(Protocol):
    """A score function that also gives reasons."""

    def reasons(self, asked: Histories, positions: Ints) -> Reasons:
        """Reasons for the items at ``positions``, int64 of shape (n_users, k), negative where there is none."""
        ...


@dataclass(frozen=True)
class Training:
    """Everything a recommender may learn from.

    histories
        The training part of every user's history.
    vectors
        Item vectors, float32 of shape (n_items, dim), in the order of the catalogue; None for a baseline.
    validate
        Computes the validation nDCG@10 of a score function; only for early stopping.
    seed
        The only source of randomness.
    conditions
        The conditions that items meet; None where the data set keeps none.
    curve
        What ``validate`` gave after every epoch; a recommender that is trained in epochs fills it.
    """

    histories: Histories
    vectors: Floats | None
    validate: Callable[[Score], float]
    seed: int
    conditions: Attributes | None = None
    curve: list[float] = field(default_factory=list)

    def text(self, kind: str) -> Floats:
        """The item vectors, for a recommender that needs them; raises if there are none."""
        if self.vectors is None:
            raise ParamsError(f"{kind} needs item vectors; name its row under recommenders, not under baselines")
        return self.vectors


@runtime_checkable
class Measures(Protocol):
    """A score function that measures more of the test cases than its ranking tells."""

    def measure(self, cases: Cases, mask: bool, order: TieOrder) -> dict[str, Any]:
        """What goes into the summary: nested names and numbers.

        Parameters
        ----------
        mask
            Whether what a user already has stays out of the ranking.
        order
            Of equal scores.
        """
        ...


@runtime_checkable
class Limited(Protocol):
    """Options of a recommender that large catalogues are too large for."""

    def check_size(self, n_items: int) -> None:
        """Raise ``ParamsError`` where ``fit`` would take more than it can; called before anything large is read."""
        ...


class Recommender(Protocol):
    """Options of a recommender.

    ``random`` says whether results depend on the seed; one that ``needs_vectors`` cannot be a baseline.
    """

    random: ClassVar[bool]

    @property
    def needs_vectors(self) -> bool:
        """Whether ``fit`` fails without item vectors."""
        ...

    def fit(self, training: Training) -> Score:
        """Fit, and return the function that scores all items for any histories."""
        ...


RECOMMENDERS: Registry[Recommender] = Registry("recommender")
