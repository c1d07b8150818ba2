"""Click logs: position bias, what a click weighs, and what clicks say about items and queries."""

from itemvec.clicks.all_pairs import all_pairs
from itemvec.clicks.cascade import looked_at
from itemvec.clicks.cells import Cells
from itemvec.clicks.corocchio import corocchio
from itemvec.clicks.filters import asked_anew, short
from itemvec.clicks.log import ClickLog, lists
from itemvec.clicks.regression_em import regression_em
from itemvec.clicks.weights import attraction, click_weights, position_weights, snips

__all__ = [
    "Cells",
    "ClickLog",
    "all_pairs",
    "asked_anew",
    "attraction",
    "click_weights",
    "corocchio",
    "lists",
    "looked_at",
    "position_weights",
    "regression_em",
    "short",
    "snips",
]
