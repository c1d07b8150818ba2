"""A slip of the hand, such as a dim of a billion, is refused before it fills the memory."""

from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

from itemvec.core.options import Dim, Natural, Positive
from itemvec.core.protocols import RecommendProtocol, RerankProtocol, SearchProtocol
from itemvec.core.registry import Registry
from itemvec.encoders import ENCODERS
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS

REGISTRIES: list[Registry[Any]] = [ENCODERS, RECOMMENDERS, REDUCERS, RERANKERS, RETRIEVERS]
KINDS = [
    *(registry[kind] for registry in REGISTRIES for kind in registry.kinds()),
    *(RecommendProtocol, SearchProtocol, RerankProtocol),
]
BILLION = 10**9


@pytest.mark.parametrize(("kind", "most"), [(Positive, 1_000_000), (Natural, 1_000_000), (Dim, 65_536)])
def test_the_largest_number_passes_and_the_next_does_not(kind: Any, most: int) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    assert adapter.validate_python(most, strict=True) == most
    with pytest.raises(ValidationError, match=f"less than or equal to {most}"):
        adapter.validate_python(most + 1, strict=True)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_option_takes_a_billion(kind: type) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for one in fields(kind):
        if one.name == "parameters":  # of a model, which may have billions
            continue
        adapter: TypeAdapter[Any] = TypeAdapter(hints[one.name])
        try:
            taken = adapter.validate_python(BILLION, strict=True)
        except ValidationError:
            continue
        assert not isinstance(taken, int) or _is_float(hints[one.name]), one.name


def _is_float(hint: Any) -> bool:
    return "float" in str(hint) or "Any" in str(hint)
