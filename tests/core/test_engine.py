import numpy as np

from itemvec.core.engine import HERE, Stretch, stretches

BLOCKS = [np.full((rows, 2), rows, dtype=np.float32) for rows in (3, 1, 4, 1, 5)]


def rows_of(stretch: Stretch) -> list[int]:
    return [len(block) for block in stretch.blocks]


def test_stretches_know_the_position_of_their_first_row() -> None:
    assert [(one.start, rows_of(one)) for one in stretches(BLOCKS, 2)] == [(0, [3, 1]), (4, [4, 1]), (9, [5])]
    assert [(one.start, rows_of(one)) for one in stretches(BLOCKS, 9)] == [(0, [3, 1, 4, 1, 5])]
    assert list(stretches([], 2)) == []


def test_what_is_not_read_of_a_stretch_is_passed_over() -> None:
    assert [one.start for one in stretches(BLOCKS, 2)] == [0, 4, 9]


def test_held_blocks_outlast_the_next_stretch() -> None:
    held = [one.held() for one in stretches(BLOCKS, 2)]
    assert [rows_of(one) for one in held] == [[3, 1], [4, 1], [5]]


def test_here_reads_parts_as_results_are_asked_for() -> None:
    read: list[int] = []

    def parts() -> object:
        for part in (1, 2, 3):
            read.append(part)
            yield part

    found = HERE.map(lambda shared, part: shared * part, 10, parts())  # type: ignore[arg-type]
    assert next(found) == 10
    assert read == [1]
    assert list(found) == [20, 30]
    assert [rows_of(one) for one in HERE.stretches(BLOCKS)] == [[3, 1, 4, 1, 5]]
