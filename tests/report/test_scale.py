import pytest

from itemvec.report.scale import decimals, round_ticks, size_ticks, spread


@pytest.mark.parametrize(
    ("low", "high", "about", "ticks"),
    [
        (0.0, 1.0, 5, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.257, 0.753, 5, [0.3, 0.4, 0.5, 0.6, 0.7]),
        (0.982, 0.991, 5, [0.982, 0.984, 0.986, 0.988, 0.99]),
        (-0.1, 0.1, 2, [-0.1, 0.0, 0.1]),
        (3.0, 3.0, 3, [3.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, about: int, ticks: list[float]) -> None:
    assert round_ticks(low, high, about) == pytest.approx(ticks)


def test_sizes_are_powers_of_two_where_there_are_some() -> None:
    assert size_ticks(200, 2000, 5) == [256, 512, 1024]
    assert size_ticks(16, 16384, 4) == [16, 128, 1024, 8192]
    assert size_ticks(300, 500, 5) == [300, 350, 400, 450, 500]


def test_ticks_are_told_apart() -> None:
    assert decimals([0.0, 0.5]) == 1
    assert decimals([0.9, 0.95]) == 2
    assert decimals([1.0, 2.0]) == 0


def test_what_does_not_overlap_stays() -> None:
    assert spread([10, 30, 20], 5, 0, 100) == [10, 30, 20]


def test_what_overlaps_stands_about_its_mean_in_its_order() -> None:
    assert spread([50, 50, 50], 10, 0, 100) == [40, 50, 60]
    assert spread([52, 50], 10, 0, 100) == [56, 46]
    assert spread([50, 50, 56], 10, 0, 100) == pytest.approx([42, 52, 62])  # the third is pushed and pushes


def test_nothing_leaves_the_room_while_there_is_some() -> None:
    assert spread([0, 0, 99], 10, 0, 100) == [0, 10, 99]
    assert spread([100, 100], 10, 0, 100) == [90, 100]
    assert spread([5, 5, 5], 10, 0, 5) == [0, 10, 20]
    assert spread([], 10, 0, 5) == []
