"""What one vector per query and item can hold at all, and what of that an optimiser finds."""

from itemvec.capacity.bounding import bound
from itemvec.capacity.construction import curve, selectors
from itemvec.capacity.critical import critical_n
from itemvec.capacity.free import ANNEALED, PAPER, Fitted, Recipe, fit

__all__ = ["ANNEALED", "PAPER", "Fitted", "Recipe", "bound", "critical_n", "curve", "fit", "selectors"]
