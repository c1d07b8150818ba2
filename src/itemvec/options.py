"""Types of component options: pydantic checks them when a row of ``params.yaml`` is read."""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

Positive = Annotated[int, Gt(0)]
Natural = Annotated[int, Ge(0)]
Seed = Annotated[int, Ge(0), Lt(1 << 30)]  # seeds are counted up from it and kept as int32
PositiveFloat = Annotated[float, Gt(0)]
Share = Annotated[float, Gt(0), Le(1)]
Probability = Annotated[float, Ge(0), Lt(1)]
