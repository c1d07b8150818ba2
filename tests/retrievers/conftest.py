from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.retrievers import Entries
from tests.conftest import RETRIEVER_ROWS

WORDS = ["red", "blue", "shirt", "garden", "hose", "long", "wool", "hat", "."]


def build_colbert(folder: Path, words: list[str], expansion: dict[str, Any] | None = None) -> Path:
    """A tiny ColBERT that knows ``words``, with random weights."""
    import torch
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.base.modules.dense import Dense
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
    from transformers import BertConfig, BertModel, BertTokenizer

    bert = folder / "bert"
    config = BertConfig(
        vocab_size=len(words) + 5,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        body = BertModel(config)
        projection = Dense(
            32, 16, bias=False, activation_function=torch.nn.Identity(), module_input_name="token_embeddings"
        )
        body.embeddings.position_embeddings.weight.data.mul_(0.1)
        body.save_pretrained(bert)
    (bert / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]))
    BertTokenizer(str(bert / "vocab.txt")).save_pretrained(bert)
    transformer = Transformer(str(bert), query_expansion=expansion)
    mask, normalize = MultiVectorMask(["."]), Normalize(module_input_name="token_embeddings")
    model = MultiVectorEncoder(modules=[transformer, projection, mask, normalize], device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a tiny ColBERT, which its example row names from then on."""
    folder = str(build_colbert(tmp_path_factory.mktemp("colbert"), WORDS))
    RETRIEVER_ROWS["colbert"]["checkpoint"] = folder
    return folder


def texts(*some: str) -> Entries:
    return Entries(pa.array([str(row) for row in range(len(some))], pa.string()), pa.array(some, pa.string()))
