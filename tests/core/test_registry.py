from dataclasses import dataclass, field
from typing import Literal

import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.core.registry import Registry, suggest


@dataclass(frozen=True)
class Sizes:
    dim: Positive
    scale: float = 1.0
    mode: Literal["a", "b"] = "a"
    names: list[str] = field(default_factory=list)


@pytest.fixture
def registry() -> Registry[Sizes]:
    registry: Registry[Sizes] = Registry("thing")
    registry.register("sizes")(Sizes)
    return registry


def test_a_row_becomes_a_component(registry: Registry[Sizes]) -> None:
    assert registry.build("mine", {"kind": "sizes", "dim": 3, "scale": 2}) == Sizes(dim=3, scale=2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "size", "dim": 3}, "thing 'mine': unknown kind 'size'; did you mean 'sizes'?"),
        ({"kind": ["sizes"], "dim": 3}, "thing 'mine': unknown kind ['sizes']"),
        ({"dim": 3}, "thing 'mine': unknown kind None; choose from sizes"),
        ({"kind": "sizes", "dmi": 3}, "thing 'mine': unknown option 'dmi'; did you mean 'dim'?"),
        ({"kind": "sizes"}, "thing 'mine': option 'dim' is missing"),
        ({"kind": "sizes", "dim": "3"}, "option 'dim' is '3': Input should be a valid integer"),
        ({"kind": "sizes", "dim": 0}, "option 'dim' is 0: Input should be greater than 0"),
        ({"kind": "sizes", "dim": True}, "option 'dim' is True"),
        ({"kind": "sizes", "dim": 3, "mode": "c"}, "option 'mode' is 'c': Input should be 'a' or 'b'"),
        ({"kind": "sizes", "dim": 3, "names": "x"}, "option 'names' is 'x'"),
    ],
)
def test_what_does_not_fit_is_refused(registry: Registry[Sizes], row: dict[str, object], said: str) -> None:
    with pytest.raises(ParamsError) as error:
        registry.build("mine", row)
    assert said in error.value.message


def test_a_kind_is_registered_once(registry: Registry[Sizes]) -> None:
    with pytest.raises(ValueError, match="already Sizes"):
        registry.register("sizes")(Sizes)


def test_suggest_names_the_nearest_or_all() -> None:
    assert suggest("kalmm", ["kalm", "lsa"]) == "; did you mean 'kalm'?"
    assert suggest("zzz", ["kalm", "lsa"]) == "; choose from kalm, lsa"
    assert suggest("zzz", []) == "; choose from none"


def test_of_many_names_suggest_has_the_nearest_few_and_their_number() -> None:
    """Of "nope", "noise" has n, o, e: 2 * 3 / 9 = 0.67 is near, and "knot" 2 * 2 / 8 = 0.5 is less so."""
    many = [f"row{n}" for n in range(12)]
    assert suggest("zzz", many) == f"; choose from {', '.join(sorted(many))}"
    assert suggest("nope", [*many, "knot"], "x.yaml") == "; 13 are known, the nearest knot; x.yaml lists all"
    assert suggest("nope", [*many, "knot", "noise"], "x.yaml") == "; did you mean 'noise'?"
    assert suggest("zzz", [*many, "knot"], "x.yaml") == "; 13 are known, such as knot, row0, row1; x.yaml lists all"
    assert suggest("zzz", [*many, "knot"]) == "; 13 are known, such as knot, row0, row1"
