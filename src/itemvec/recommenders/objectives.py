"""Several objectives in one transformer: a user vector for each, whose rankings share the ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itemvec.core.errors import ParamsError
from itemvec.core.progress import say
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.objective import Objective
from itemvec.recommenders.sasrec import SasRec

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("objectives")
@dataclass(frozen=True, kw_only=True)
class Objectives(SasRec):
    """``sasrec`` with a user vector for each objective (MPFormer, arXiv 2508.20400).

    The token of an objective is added to what the last block of the transformer asks; the history it reads is the same
    for all. Each vector is trained on the interactions that meet its objective. Rankings are merged by rank: each user
    has learned weights, and an objective gets its share of any number of ranks. Only the abstract of the paper is
    public; where the token enters, what trains the weights and the rule of sharing are ours. Objectives of a column
    that interactions do not have are left out, and said; with one objective that all interactions meet it is
    ``sasrec``.

    Parameters
    ----------
    objectives
        ``any`` interaction, or one with a number of at least some size: ``rating >= 4``. The first has no token. The
        columns are the ``events`` of the data set.
    """

    objectives: list[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.objectives or len(set(self.parsed)) < len(self.objectives):
            raise ParamsError(f"recommender objectives: objectives are {self.objectives}; name each once, at least one")

    @property
    def parsed(self) -> list[Objective]:
        """The objectives of the row."""
        return [Objective.parse(words) for words in self.objectives]

    def network(self, training: Training) -> Network:
        """Build the plain network, and the tokens around it."""
        from itemvec.recommenders.objective_network import ObjectiveNetwork

        plain, found = super().network(training), self.known(training)
        if [one.column for one in found] == [None]:
            return plain
        return ObjectiveNetwork(plain, found, training.histories, self.width)

    def known(self, training: Training) -> list[Objective]:
        """The objectives whose column the interactions have.

        Raises
        ------
        ParamsError
            There is none, or no interaction meets one.
        """
        events, n = training.histories.events, len(training.histories.items)
        found = [one for one in self.parsed if one.is_known(events)]
        for one in self.parsed:
            if one not in found:
                said = f"the interactions have no column {one.column!r}; write events: [{one.column}] into their row"
                if not found:
                    raise ParamsError(f"recommender objectives: {one.name}: {said}")
                say(f"objectives: {one.name} is left out: {said}")
        for one in found:
            if not one.met(events, n).any():
                raise ParamsError(f"recommender objectives: no training interaction meets {one.name!r}; lower it")
        return found
