"""Tables of bounded size: no two ids share a row, whatever is seen, freed and seen again."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import RECOMMENDERS
from itemvec.recommenders.id_table import EMPTY, IdTable, hashed
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, training

BATCHES = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=12), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(BATCHES, st.integers(1, 40), st.integers(1, 4), st.integers(1, 4))
def test_no_two_ids_share_a_row(batches: list[list[int]], n_rows: int, admit: int, life: int) -> None:
    """Beside a dictionary of who should be there: admitted in time, kept until it expires, at one row meanwhile."""
    table, held, counts = IdTable(n_rows, admit), dict[int, int](), dict[int, int]()
    last = dict[int, int]()
    for now, batch in enumerate(batches):
        ids = np.array(batch)
        for one in (one for one in set(batch) if one not in held):
            counts[one] = counts.get(one, 0) + batch.count(one)
        rows = dict(zip(batch, table.add(ids, now).tolist(), strict=True))
        for one, row in rows.items():
            if one in held:
                assert row == held[one]
            elif row != EMPTY:
                held[one] = row
            last[one] = now
        assert len(set(held.values())) == len(held)  # the essential line
        full = len(held) == n_rows
        assert all(one in held or full for one in rows if counts[one] >= admit)  # never late
        freed = table.expire(now - life + 1)
        gone = {one for one in held if last[one] < now - life + 1}
        assert sorted(freed.tolist()) == sorted(held.pop(one) for one in gone)
        for one in range(41):
            assert table.find(np.array([one])).tolist() == [held.get(one, EMPTY)]


def test_an_id_is_admitted_at_its_third_occurrence() -> None:
    table = IdTable(1000, admit=3)
    assert [int(table.add(np.array([7]), now)[0] != EMPTY) for now in range(4)] == [0, 0, 1, 1]
    assert (table.add(np.array([8, 9, 8, 8]), 4) != EMPTY).tolist() == [True, False, True, True]


def test_an_id_that_probes_no_free_row_gets_none() -> None:
    table = IdTable(5)
    rows = table.add(np.arange(9), 0)
    assert sorted(rows[rows != EMPTY].tolist()) == [0, 1, 2, 3, 4]
    assert (rows == EMPTY).sum() == 4


def test_a_hash_spreads_evenly() -> None:
    counts = np.bincount(hashed(np.arange(100_000), 100), minlength=100)
    assert abs(counts - 1000).max() < 5 * 1000**0.5


def row(kind: str, **options: Any) -> Any:
    return RECOMMENDERS.build("row", {"kind": kind, "item": "id", "width": 8, "epochs": 2} | options)


@pytest.mark.parametrize("kind", ["sasrec", "gru4rec"])
@pytest.mark.parametrize("loss", ["full", "sampled"])
def test_with_room_for_all_scores_are_those_of_the_exact_table(kind: str, loss: str, planted: Histories) -> None:
    """Bit for bit; where items share rows they are others."""
    exact, own, shared = (
        row(kind, loss=loss, negatives=8, **table).fit(training(planted))(planted.slice(0, 5))
        for table in ({}, {"table": "collisionless", "rows": 3 * N_ITEMS}, {"table": "hashed", "rows": N_ITEMS // 2})
    )
    assert (own == exact).all()
    assert (shared != exact).any()


def test_items_that_share_a_row_share_their_score(planted: Histories) -> None:
    recommender = row("sasrec", table="hashed", rows=5)
    rows, scores = recommender.rows_of(planted), recommender.fit(training(planted))(planted.slice(0, 3))
    assert 1 < len(np.unique(rows)) <= 5
    assert all((np.ptp(scores[:, rows == one], axis=1) == 0).all() for one in np.unique(rows))


def test_rare_and_unseen_items_share_the_last_row() -> None:
    data = histories([0, 1, 2, 0], [1, 0, 3], n_items=6)
    rows = row("sasrec", table="collisionless", rows=50, admit=2).rows_of(data)
    assert rows[2:].tolist() == [50] * 4
    assert len(set(rows[:2])) == 2
    assert rows[:2].max() < 50


def test_of_more_items_than_rows_the_frequent_have_rows_of_their_own() -> None:
    """600 items, of which the first 300 are had by twice as many users, in 300 rows and the shared one."""
    data = histories(*np.concatenate([np.arange(600), np.arange(300)]).reshape(-1, 9).tolist(), n_items=600)
    rows = row("sasrec", table="collisionless", rows=300).rows_of(data)
    assert len(set(rows[:300])) > 260
    assert (rows[300:] == 300).mean() > 0.85


def test_frequency_counts_in_a_small_table_too() -> None:
    """100 items, of which the first ten are had ten times as often, in 16 rows."""
    data = histories(*np.concatenate([np.arange(100), *[np.arange(10)] * 9]).reshape(-1, 10).tolist(), n_items=100)
    rows = row("sasrec", table="collisionless", rows=16).rows_of(data)
    assert len(set(rows[:10]) - {16}) == 10


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rows": 5}, "table exact takes no rows"),
        ({"table": "hashed"}, "table hashed needs rows"),
        ({"table": "hashed", "rows": 5, "admit": 2}, "admit 2 is for table collisionless, not for hashed"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any], said: str) -> None:
    for kind in ("sasrec", "gru4rec"):
        with pytest.raises(ParamsError, match=f"recommender {kind}: {said}"):
            row(kind, **options)
