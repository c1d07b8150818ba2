"""Conditional retrieval: a transformer whose user vector takes a condition, such as a genre or a brand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive, Probability
from itemvec.core.registry import suggest
from itemvec.recommenders.base import RECOMMENDERS, Training
from itemvec.recommenders.sasrec import SasRec

if TYPE_CHECKING:
    from itemvec.protocol.attributes import Attributes
    from itemvec.recommenders.network import Network


@RECOMMENDERS.register("conditional")
@dataclass(frozen=True, kw_only=True)
class Conditional(SasRec):
    """``sasrec`` whose user vector takes a condition that the wanted item meets (arXiv 2508.16793).

    With h the state of the transformer and c a learned vector of the condition, the user vector is
    h + MLP([h; c; h * c]). In training the condition is drawn from the attributes of the right item. What the stage
    ranks is the network without a condition; the summary has the metrics within conditions. Without attributes in the
    table of items it is ``sasrec``. The paper does not say how wide its layers are, nor how a request without a
    condition is served.

    Parameters
    ----------
    attributes
        Columns of the table of items whose values are conditions; by default all.
    drop
        Share of the targets that are trained without a condition.
    least
        Training interactions that a condition needs to get a vector. Others count as no condition.
    """

    attributes: list[str] = field(default_factory=list)
    drop: Probability = 0.1
    least: Positive = 5

    def network(self, training: Training) -> Network:
        """Build the plain network, and the conditions around it."""
        plain, known = super().network(training), self.conditions(training)
        if known is None:
            return plain
        from itemvec.recommenders.conditional_network import ConditionalNetwork

        return ConditionalNetwork(plain, known, self.width, self.drop)

    def conditions(self, training: Training) -> Attributes | None:
        """The conditions that occur often enough to be learnt; None where there is none.

        Raises
        ------
        ParamsError
            The table of items has attributes, but not those of the row.
        """
        found = training.conditions
        if found is None:
            return None
        columns = list(dict.fromkeys(name.partition("=")[0] for name in found.names))
        for name in self.attributes:
            if name not in columns:
                raise ParamsError(f"recommender conditional: no item has an attribute {name!r}{suggest(name, columns)}")
        found = found.of_columns(self.attributes or columns)
        known = found.only(found.counts(training.histories.items) >= self.least)
        return known if known.names else None
