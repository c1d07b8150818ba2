"""Types of component options. pydantic checks them when a row of ``params.yaml`` is read."""

from dataclasses import field
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Gt, Le, Lt

Positive = Annotated[int, Gt(0)]
Depth = Annotated[int, Gt(0), Le(100_000)]  # ranks: as many for each query are held in memory
Width = Annotated[int, Gt(0), Le(65_536)]  # numbers in a vector
Natural = Annotated[int, Ge(0)]
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
