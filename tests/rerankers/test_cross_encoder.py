from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ParamsError
from itemvec.rerankers.cross_encoder import CrossEncoderReranker
from tests.rerankers.conftest import QUERIES, TEXTS, pickled


def reference(folder: str, query: str, text: str, limit: int) -> float:
    """The model of transformers, given one pair."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokens = AutoTokenizer.from_pretrained(folder)(query, text, truncation=True, max_length=limit, return_tensors="pt")
    with torch.inference_mode():
        return float(model(**tokens).logits[0, 0])


@pytest.mark.parametrize("family", ["bert", "xlm_roberta"])
def test_scores_are_those_of_one_pair_at_a_time(checkpoints: dict[str, str], family: str) -> None:
    limit = 40  # the longest pair has more
    found = CrossEncoderReranker(checkpoints[family], max_tokens=limit).load()(QUERIES, TEXTS)
    expected = [
        [reference(checkpoints[family], query, text, limit) for text in some]
        for query, some in zip(QUERIES, TEXTS, strict=True)
    ]
    for scores, wanted in zip(found, expected, strict=True):
        assert scores == pytest.approx(wanted, abs=1e-4)
    assert np.ptp(found[0]) > 0.01  # other texts, other scores


@pytest.mark.parametrize(
    ("family", "options", "said"),
    [
        ("bert_plain", {}, "is a BertModel, which is not trained to score pairs"),
        ("qwen3", {}, "of kind yes-no"),
        ("bert_of_three", {}, "it has 3 outputs, a reranker has one"),
        ("bert", {"max_tokens": 101}, "max_tokens 101 is more than its 100"),
    ],
)
def test_what_is_no_reranker_is_refused(
    checkpoints: dict[str, str], family: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamsError, match=said):
        CrossEncoderReranker(checkpoints[family], **options).load()


def test_a_pickle_is_refused(checkpoints: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="is a pickle; convert it to safetensors"):
        CrossEncoderReranker(pickled(checkpoints["bert"], tmp_path / "pickled")).load()
