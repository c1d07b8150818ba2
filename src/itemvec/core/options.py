"""Types of component options. pydantic checks them when a row of ``params.yaml`` is read."""

from dataclasses import field
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Gt, Le, Lt

MOST, WIDEST = 1_000_000, 65_536  # a slip of the hand, such as a dim of a billion, must not fill the memory
Positive = Annotated[int, Gt(0), Le(MOST)]
Count = Annotated[int, Gt(0)]  # of what exists already, such as the parameters of a model
Dim = Annotated[int, Gt(0), Le(WIDEST)]  # of vectors
Natural = Annotated[int, Ge(0), Le(MOST)]
Seed = Annotated[int, Ge(0), Lt(1 << 30)]  # the first of several seeds, which are kept as int32
PositiveFloat = Annotated[float, Gt(0)]
NaturalFloat = Annotated[float, Ge(0)]
Share = Annotated[float, Gt(0), Le(1)]
OpenShare = Annotated[float, Gt(0), Lt(1)]
Probability = Annotated[float, Ge(0), Lt(1)]
Pattern = Literal["dense", "random", "cycle", "disjoint"]  # how the relevant items of different queries overlap
PATTERNS = get_args(Pattern)


def aside(default: Any) -> Any:
    """Default of an option that cannot change a result, such as a rate limit. Fingerprints leave it out."""
    return field(default=default, metadata={"aside": True})
