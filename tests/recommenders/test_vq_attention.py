"""Attention by quantised keys: the sums per codeword are the explicit form, and what quantising costs."""

from typing import Any

import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import RECOMMENDERS
from itemvec.recommenders.codebook import codebook
from itemvec.recommenders.codeword_cache import CodewordCache, read, summed
from itemvec.recommenders.quantised_attention import QuantisedNetwork
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

HEADS, WIDTH, CODEWORDS = 2, 3, 4
RATES = torch.tensor([0.1, 0.003], dtype=torch.float64)


def explicit(queries: Any, keys: Any, values: Any, weights: Any) -> Any:
    """Sum of w exp(q.k / sqrt(d)) v over sum of w exp(q.k / sqrt(d)), event by event."""
    shares = weights * torch.exp(torch.einsum("nhd,nhld->nhl", queries, keys) / WIDTH**0.5)
    return torch.einsum("nhl,nhld->nhd", shares, values) / shares.sum(-1, keepdim=True)


def events(length: int) -> tuple[Any, ...]:
    """Queries, codewords, codes, values and ages of five users' events, in double precision."""
    draw = torch.Generator().manual_seed(0)
    queries, codewords, values = (
        torch.randn(*shape, generator=draw, dtype=torch.float64)
        for shape in ((5, HEADS, WIDTH), (HEADS, CODEWORDS, WIDTH), (5, HEADS, length, WIDTH))
    )
    codes = torch.randint(CODEWORDS, (5, HEADS, length), generator=draw)
    return queries, codewords, codes, values, torch.arange(length - 1, -1, -1)


def test_sums_per_codeword_are_the_explicit_form_and_keep_up_event_by_event() -> None:
    """Batch sums, and a cache that is read after every event and after each while; 2,000 events do not overflow."""
    queries, codewords, codes, values, ages = events(2000)
    weights = torch.exp(-RATES[:, None] * ages).expand(5, -1, -1)
    keys = codewords[torch.arange(HEADS)[:, None], codes]  # (5, heads, length, width)
    expected = explicit(queries, keys, values, weights)
    counts, sums = summed(codes, weights, values, CODEWORDS)
    assert torch.allclose(read(queries, codewords, counts, sums), expected, atol=1e-12)
    cache = CodewordCache(5, CODEWORDS, WIDTH, RATES)
    size = cache.bytes
    for at in range(2000):
        cache.add(codes[..., at], values[..., at, :])
    assert torch.allclose(cache.read(queries, codewords), expected, atol=1e-12)
    assert torch.allclose(cache.read(3 * queries, codewords), explicit(3 * queries, keys, values, weights), atol=1e-12)
    assert cache.bytes == size


def test_a_codeword_without_events_takes_no_part() -> None:
    queries, codewords, codes, values, _ = events(6)
    counts, sums = summed(codes.clamp(max=1), torch.ones(5, HEADS, 6, dtype=torch.float64), values, CODEWORDS)
    alone = read(queries, codewords[:, :2], counts[..., :2], sums[..., :2, :])
    assert torch.equal(read(queries, codewords, counts, sums), alone)


def fitted(planted: Histories, vectors: Floats, **options: Any) -> Any:
    """A network of that kind, in double precision, with weights far from their start."""
    row = {"kind": "vq-attention", "item": "id+text", "width": 8, "layers": 2, "heads": 4} | options
    torch.manual_seed(1)
    network: Any = RECOMMENDERS.build("row", row).network(training(planted, vectors))  # type: ignore[attr-defined]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return network.double().eval()


@pytest.mark.parametrize("groups", [1, 2])
def test_what_scores_is_what_is_trained(groups: int, planted: Histories, vectors: Floats) -> None:
    """The sums that answer, against the explicit attention of training, for histories of several lengths."""
    network: QuantisedNetwork = fitted(planted, vectors, codewords=4, groups=groups)
    asked = torch.from_numpy(histories([3, 1, 4, 1, 5, 9, 2], [6], [5, 3, 5], n_items=N_ITEMS).recent(7))
    last, table = torch.tensor([6, 0, 2]), network.items.table()
    with torch.inference_mode():
        explicit_states = network.states(asked, table).double()[torch.arange(3), last]
        found = network.last_states(asked, last, table)
    assert torch.allclose(found, explicit_states, atol=1e-5)  # states are float32


def test_a_codeword_for_each_text_is_exact_and_fewer_err_more(rng: np.random.Generator) -> None:
    """Keys of 60 texts, 40 users: the error of attention falls with the codewords, to nothing; length is no matter."""
    texts = rng.standard_normal((60, 12), dtype=np.float32)
    queries = torch.from_numpy(rng.standard_normal((40, 1, 12)))
    errors = {}
    for length in (40, 4000):
        items = rng.integers(60, size=(40, 1, length))
        values = torch.from_numpy(rng.standard_normal((60, 2))[items])
        ones = torch.ones(40, 1, length, dtype=torch.float64)
        logits = torch.einsum("nhd,nhld->nhl", queries, torch.from_numpy(texts[items]).double()) / 12**0.5
        exact = torch.einsum("nhl,nhld->nhd", logits.softmax(-1), values)
        for number in (1, 8, 30, 60):
            book = codebook(texts, 1, number, seed=0)
            keys, codes = torch.from_numpy(book.codewords).double(), torch.from_numpy(book.codes[:, 0][items])
            found = read(queries, keys, *summed(codes, ones, values, keys.shape[1]))
            errors[length, number] = float((found - exact).norm(dim=-1).mean())
    for length in (40, 4000):
        assert errors[length, 60] < 1e-12
        assert errors[length, 30] < errors[length, 8] < errors[length, 1]
    assert errors[4000, 8] < 1.5 * errors[40, 8]


def test_groups_have_codebooks_of_their_own(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((50, 7), dtype=np.float32)
    book = codebook(vectors, 3, 5, seed=1)
    assert book.codes.shape == (50, 3)
    assert book.codewords.shape == (3, 5, 2)
    assert (book.codes == codebook(vectors, 3, 5, seed=1).codes).all()


def test_the_planted_order_is_learnt(planted: Histories, vectors: Floats) -> None:
    row = {"kind": "vq-attention", "width": 16, "positions": 64, "learning_rate": 0.02, "epochs": 15, "patience": 15}
    assert next_is_right(RECOMMENDERS.build("row", row).fit(training(planted, vectors)), planted) > 0.95


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"width": 9}, "width 9 is not a multiple of heads 2"),
        ({"groups": 3}, "heads 2 is not a multiple of groups 3"),
    ],
)
def test_what_does_not_divide_is_refused(options: Any, said: str) -> None:
    with pytest.raises(ParamsError, match=f"vq-attention: {said}"):
        RECOMMENDERS.build("row", {"kind": "vq-attention", **options})
