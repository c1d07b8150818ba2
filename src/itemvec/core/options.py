"""Types of component options. pydantic checks them when a row of ``params.yaml`` is read."""

import re
from dataclasses import field
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AfterValidator

MOST, WIDEST = 1_000_000, 65_536  # a slip of the hand, such as a dim of a billion, must not fill the memory
Positive = Annotated[int, Gt(0), Le(MOST)]
Count = Annotated[int, Gt(0)]  # of what exists already, such as the parameters of a model
Dim = Annotated[int, Gt(0), Le(WIDEST)]  # of vectors
Natural = Annotated[int, Ge(0), Le(MOST)]
Depth = Annotated[int, Gt(0), Le(100_000)]  # ranks: as many for each query are held in memory
Seed = Annotated[int, Ge(0), Lt(1 << 30)]  # the first of several seeds, which are kept as int32
PositiveFloat = Annotated[float, Gt(0)]
NaturalFloat = Annotated[float, Ge(0)]
Share = Annotated[float, Gt(0), Le(1)]
OpenShare = Annotated[float, Gt(0), Lt(1)]
Probability = Annotated[float, Ge(0), Lt(1)]
Pattern = Literal["dense", "random", "cycle", "disjoint"]  # how the relevant items of different queries overlap
PATTERNS = get_args(Pattern)


class Hidden:
    """Marks an option that may hold a secret by mistake: no message shows its value."""


def _variable(name: str) -> str:
    looks_random = len(name) >= 20 and "_" not in name and re.search("[0-9]", name)
    if looks_random or not re.fullmatch("[A-Z_][A-Z0-9_]*", name):
        raise ValueError(
            "it is not the name of an environment variable, as OPENAI_API_KEY is; if it is the key itself, replace the "
            "key, since this file is in git, and put the new one into a variable"
        )
    return name


Variable = Annotated[str, AfterValidator(_variable), Hidden()]


def aside(default: Any) -> Any:
    """Default of an option that cannot change a result, such as a rate limit. Fingerprints leave it out."""
    return field(default=default, metadata={"aside": True})
