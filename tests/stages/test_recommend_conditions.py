"""What the summary says where items have attributes, or a system measures more than its ranking."""

from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import ATTRIBUTE
from itemvec.core.top_k import TieOrder
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from itemvec.stages.recommend import recommend
from tests.stages.test_recommend import ITEMS, PROTOCOL, interactions  # noqa: F401  (a fixture)

COLOURS = Attributes.of(pa.table({"colour": pa.array([["red"], ["blue"], [], ["red", "red"], ["blue"]], ATTRIBUTE)}))


@dataclass(frozen=True)
class Told:
    """Ranks the last item of the catalogue first; what is asked for comes before all, the first of it first."""

    random: ClassVar[bool] = True
    needs_vectors: ClassVar[bool] = False

    def fit(self, training: Training) -> Score:
        assert training.conditions is COLOURS
        return ToldScore(training.seed)


@dataclass(frozen=True)
class ToldScore:
    seed: int

    def __call__(self, asked: Histories) -> Floats:
        return np.tile(np.arange(5, dtype=np.float32), (len(asked), 1))

    def under(self, asked: Histories, conditions: list[str]) -> Floats:
        meets = COLOURS.meets(np.array([COLOURS.names.index(one) for one in conditions]))
        return self(asked) + np.where(meets, 100 - 2 * self(asked), 0).astype(np.float32)

    def measure(self, cases: Cases, mask: bool, order: TieOrder) -> dict[str, Any]:
        assert mask
        assert order.n_items == 5
        return {"more": {"cases": len(cases.judgments), "seed": float(self.seed)}}


def test_every_way_to_meet_a_condition_is_measured(interactions: Path) -> None:  # noqa: F811
    """u1 (e d) asks for red, that is a; u2 (b c) for red too, that is d. What they have is not ranked.

    Told, the ranks are a, c, b for u1 and a, d, e for u2; not told, c, b, a and e, d, a.
    """
    protocol = replace(PROTOCOL, mask_history=True)
    found = recommend(Told(), interactions, ITEMS, None, protocol, 3, COLOURS).summary
    assert found["more"] == {"cases": 2, "seed": 3.5}
    within = found["within_condition"]
    assert within["cases"] == 2
    second, third = 1 / log2(3), 1 / log2(4)
    assert within["unfiltered"] == {"match@10": pytest.approx(3 / 20), "ndcg@10": pytest.approx((third + second) / 2)}
    assert within["filter_before"] == {"match@10": pytest.approx(3 / 20), "ndcg@10": pytest.approx(1)}
    assert within["filter_after"] == within["filter_before"]
    assert within["conditional"] == {"match@10": pytest.approx(3 / 20), "ndcg@10": pytest.approx((1 + second) / 2)}


def test_without_attributes_there_is_nothing_of_it(interactions: Path) -> None:  # noqa: F811
    @dataclass(frozen=True)
    class Plain(Told):
        def fit(self, training: Training) -> Score:
            assert training.conditions is None
            return ToldScore(training.seed).__call__

    assert "within_condition" not in recommend(Plain(), interactions, ITEMS, None, PROTOCOL, 3).summary
