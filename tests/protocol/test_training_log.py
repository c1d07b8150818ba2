import pytest

from itemvec.protocol.training_log import training_facts


@pytest.mark.parametrize(
    ("found", "budget", "best", "improving"),
    [
        ([0.1, 0.2, 0.3], 3, 3, True),
        ([0.1, 0.3, 0.2], 3, 2, False),
        ([0.1, 0.2, 0.3], 10, 3, False),
        ([0.3, 0.3], 2, 1, False),
    ],
)
def test_a_training_still_improves_if_its_last_epoch_was_the_best_and_no_more_were_allowed(
    found: list[float], budget: int, best: int, improving: bool
) -> None:
    assert training_facts(found, budget) == {"epochs": len(found), "best_epoch": best, "still_improving": improving}


def test_what_is_not_trained_in_epochs_has_no_log() -> None:
    assert training_facts([], 6) == {}
