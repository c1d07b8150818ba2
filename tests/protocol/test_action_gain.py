import numpy as np
import pyarrow as pa
import pytest

from itemvec.protocol.action_gain import action_gain


def test_means_oracle_and_gain_by_hand(rng: np.random.Generator) -> None:
    """Of 60 queries the first 40 are better by 0.5 with "b", the rest worse by 0.2; the policy takes b for half."""
    asked = rng.uniform(0.3, 0.4, 60)
    better = asked + np.where(np.arange(60) < 40, 0.5, -0.2)
    actions = (np.arange(60) < 30).astype(np.int64)
    taken = np.where(actions, better, asked)
    owners = pa.array([f"q{row}" for row in range(60)])
    found = action_gain({"as asked": asked, "b": better}, taken, actions, owners, seed=1)
    assert found["as_asked"] == pytest.approx(asked.mean())
    assert found["oracle"] == pytest.approx(asked.mean() + 0.5 * 40 / 60)
    assert found["best_one"]["action"] == "b"
    assert found["best_one"]["mean"] == pytest.approx(asked.mean() + (0.5 * 40 - 0.2 * 20) / 60)
    assert found["gain"]["mean"] == pytest.approx(0.25)
    assert found["gain"]["low"] < 0.25 < found["gain"]["high"]
    assert found["gain"]["p"] < 0.05
    assert found["actions"] == {"as asked": 0.5, "b": 0.5}
