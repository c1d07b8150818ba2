import pytest
import torch
from torch import Tensor, nn

from itemvec.recommenders.weight_average import A_PASS, WeightAverage


@pytest.fixture
def network() -> nn.Linear:
    return nn.Linear(1, 1, bias=False)


def put(network: nn.Linear, value: float) -> None:
    with torch.no_grad():
        network.weight.fill_(value)


def shown(network: nn.Linear, average: WeightAverage) -> float:
    with average.in_use():
        return network.weight.item()


def test_the_mean_forgets_what_is_old(network: nn.Linear) -> None:
    average = WeightAverage(network)
    found = []
    for number, value in enumerate([7.0, 0.0, 1.0]):
        put(network, value)
        average.add(number)
        found.append(shown(network, average))
    second = 7 * (1 - 9 / 10)
    assert found == pytest.approx([7, second, second * (1 - 9 / 11) + 9 / 11])
    assert network.weight.item() == 1.0  # its own again


def test_before_the_first_weights_there_is_no_mean(network: nn.Linear) -> None:
    average = WeightAverage(network)
    put(network, 3.0)
    assert shown(network, average) == 3.0


def test_it_begins_anew(network: nn.Linear) -> None:
    average = WeightAverage(network)
    put(network, 3.0)
    average.add(0.0)
    average.restart()
    put(network, 5.0)
    average.add(1.0)
    assert shown(network, average) == 5.0


def test_an_epoch_of_many_steps_adds_a_bounded_number_and_one_of_few_adds_all(network: nn.Linear) -> None:
    counts = []
    for steps in (10, 1000):
        average = WeightAverage(network)
        for step in range(steps):
            average.add((step + 0.5) / steps)
        counts.append(average.count)
    assert counts == [10, A_PASS]


def test_the_mean_of_noisy_weights_is_nearer_to_where_they_are(network: nn.Linear) -> None:
    noise = 4 + torch.randn(2000, generator=torch.Generator().manual_seed(0))
    average, errors = WeightAverage(network), list[tuple[float, float]]()
    for step, value in enumerate(noise.tolist()):
        put(network, value)
        average.add(step)
        errors.append((abs(shown(network, average) - 4), abs(value - 4)))
    mean, single = (sum(column) / 1000 for column in zip(*errors[1000:], strict=True))
    assert mean < single / 5


def test_the_weights_come_back_after_an_error(network: nn.Linear) -> None:
    average = WeightAverage(network)
    put(network, 1.0)
    average.add(0.0)
    put(network, 2.0)

    def fail() -> Tensor:
        with average.in_use():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert network.weight.item() == 2.0
