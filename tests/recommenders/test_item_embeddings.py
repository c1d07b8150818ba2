import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.recommenders import item_embeddings as module
from itemvec.recommenders.code_embeddings import CodeItems
from itemvec.recommenders.id_or_text import MixedItems
from itemvec.recommenders.item_embeddings import (
    IdItems,
    Items,
    TextItems,
    adaptor_of,
    items_of,
    linear_text,
    standardised,
)
from itemvec.recommenders.whitening_experts import Experts
from tests.conftest import histories
from tests.recommenders.conftest import training

KNEW = torch.arange(12) % 3 > 0


@pytest.fixture(params=["id", "text", "id+text", "experts", "mixed", "codes"])
def side(request: pytest.FixtureRequest, vectors: Floats) -> Items:
    torch.manual_seed(0)
    if request.param == "experts":
        return TextItems(standardised(vectors), Experts(16, 8, experts=3, dropout=0.5))
    if request.param == "mixed":
        return MixedItems(IdItems(12, 8), linear_text(vectors, 8), 0.5, KNEW)
    if request.param == "codes":
        return CodeItems(torch.randint(4, (12, 3)), 4, 8, "mean")
    return items_of(request.param, training(histories(n_items=12), vectors), 8)


def test_rows_are_those_of_the_table(side: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    side.eval()
    whole, asked = side(), torch.tensor([3, 3, 11])
    assert whole.shape == (12, 8)
    assert torch.allclose(side(asked), whole[asked], atol=1e-6)
    monkeypatch.setattr(module, "ROWS", 5)
    assert torch.allclose(side.table(), whole, atol=1e-6)


def test_both_sides_are_summed(vectors: Floats) -> None:
    both = items_of("id+text", training(histories(n_items=12), vectors), 8)
    ids, text = both.sides  # type: ignore[misc]
    assert torch.equal(both(), ids() + text())


@pytest.mark.parametrize("rows", [5, 1 << 16])
def test_text_has_mean_0_and_root_mean_square_1(rows: int, vectors: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", rows)
    before, found = vectors.copy(), standardised(5 * vectors + 3)
    assert found.mean(dim=0).numpy() == pytest.approx(np.zeros(16), abs=1e-5)
    assert float(found.square().mean()) == pytest.approx(1, rel=1e-5)
    standardised(vectors)
    assert (vectors == before).all()


def test_whitened_text_has_variance_1_in_every_direction_it_has(rng: np.random.Generator) -> None:
    text = rng.standard_normal((60, 3), dtype=np.float32) @ rng.standard_normal((3, 5), dtype=np.float32) + 4
    found = standardised(text, whiten=True).numpy().astype(float)
    assert found.mean(axis=0) == pytest.approx(np.zeros(5), abs=1e-5)
    values = np.linalg.eigvalsh(found.T @ found / 60)
    assert values == pytest.approx([0, 0, 1, 1, 1], abs=1e-4)  # of five numbers, three are free


def test_text_is_frozen_and_no_part_of_a_checkpoint(vectors: Floats) -> None:
    side = linear_text(vectors, 8)
    assert set(side.state_dict()) == {"adaptor.weight", "adaptor.bias"}
    assert not side.text.requires_grad


def test_mixed_items_are_ids_where_known_and_texts_where_not(vectors: Floats) -> None:
    ids, text = IdItems(12, 8), linear_text(vectors, 8)
    found = MixedItems(ids, text, 0.5, KNEW).eval()()
    assert torch.equal(found[KNEW], ids()[KNEW])
    assert torch.equal(found[~KNEW], text()[~KNEW])


def test_mixed_items_are_drawn_in_training(vectors: Floats) -> None:
    torch.manual_seed(0)
    ids, text = IdItems(12, 8), linear_text(vectors, 8)
    side, drawn = MixedItems(ids, text, 0.25, KNEW), []
    for _ in range(300):
        found = side()
        by_text = (found == text()).all(dim=1)
        assert (by_text | (found == ids()).all(dim=1)).all()
        drawn.append(by_text)
    assert torch.stack(drawn).float().mean(dim=0).numpy() == pytest.approx(np.full(12, 0.25), abs=0.1)


@pytest.mark.parametrize(("pooling", "share"), [("mean", 1 / 3), ("sum", 1)])
def test_an_item_is_its_codes_pooled(pooling: str, share: float) -> None:
    """Codes 0, 2, 1 of three parts of four: rows 0, 4 + 2, 8 + 1."""
    side = CodeItems(torch.tensor([[0, 2, 1]]), 4, 8, pooling)
    expected = side.vectors[[0, 6, 9]].sum(dim=0) * share
    assert torch.allclose(side()[0], expected, atol=1e-6)


def test_experts_are_whitened_maps_mixed_by_a_gate() -> None:
    torch.manual_seed(0)
    adaptor, text = Experts(4, 2, experts=3, dropout=0.5).eval(), torch.randn(5, 4)
    for parameter in adaptor.parameters():
        torch.nn.init.normal_(parameter)
    gates = (text @ adaptor.gate).softmax(dim=1)
    mapped = [(text - adaptor.bias[one]) @ adaptor.weight[one].T for one in range(3)]
    expected = torch.stack([gates[:, [one]] * mapped[one] for one in range(3)]).sum(dim=0)
    assert torch.allclose(adaptor(text), expected, atol=1e-5)
    adaptor.train()
    assert not torch.equal(adaptor.gates(text), adaptor.gates(text))  # noisy


def test_an_adaptor_with_a_hidden_layer_is_drop_linear_relu_drop_linear() -> None:
    adaptor = adaptor_of(16, 4, [8], 0.2)
    assert [type(one).__name__ for one in adaptor] == ["Dropout", "Linear", "ReLU", "Dropout", "Linear"]  # type: ignore[attr-defined]
    first = adaptor[1]  # type: ignore[index]
    assert (first.in_features, first.out_features) == (16, 8)
    assert not first.bias.any()
    assert float(first.weight.detach().std()) == pytest.approx(0.02, rel=0.3)
