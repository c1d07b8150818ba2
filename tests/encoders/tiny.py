"""Tiny random models, one of each architecture of models.yaml, saved as their checkpoints are."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DIM = 16
LIMIT = 48  # tokens a text is cut to unless a row says otherwise, below the 64 positions
SIZE = {
    "hidden_size": DIM,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 64,
    "initializer_range": 0.5,  # far from the usual 0.02, so that different texts have different vectors
}
DECODER = SIZE | {"num_key_value_heads": 1}
T5 = {"d_model": DIM, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}
SPECIAL = ["<pad>", "<s>", "</s>"]


def bert_mean(folder: Path) -> None:
    """MiniLM, E5, GTE."""
    _save(folder, _network("Bert", SIZE), _tokenizer("<s> $A </s>"), _pooling("mean"))


def bert_cls(folder: Path) -> None:
    """BGE."""
    _save(folder, _network("Bert", SIZE), _tokenizer("<s> $A </s>"), _pooling("cls"), _normalize())


def bert_plain(folder: Path) -> None:
    """BERT as it was pre-trained, without modules of sentence-transformers."""
    _network("Bert", SIZE).save_pretrained(folder)
    _tokenizer("<s> $A </s>", model_max_length=LIMIT).save_pretrained(folder)


def roberta_cls(folder: Path) -> None:
    """BLaIR, with the pooling that its row adds."""
    network = _network("Roberta", SIZE, type_vocab_size=1)
    _save(folder, network, _tokenizer("<s> $A </s>"), _pooling("cls"))


def xlm_roberta_mean(folder: Path) -> None:
    """Multilingual E5."""
    network = _network("XLMRoberta", SIZE, type_vocab_size=1)
    _save(folder, network, _tokenizer("<s> $A </s>"), _pooling("mean"), _normalize())


def mpnet_mean(folder: Path) -> None:
    """MPNet."""
    _save(folder, _network("MPNet", SIZE), _tokenizer("<s> $A </s>"), _pooling("mean"), _normalize())


def qwen2_mean(folder: Path) -> None:
    """KaLM."""
    _save(folder, _network("Qwen2", DECODER), _tokenizer("$A"), _pooling("mean"), _normalize())


def qwen2_last(folder: Path) -> None:
    """GTE-Qwen2: attends in both directions; an option of its tokenizer appends the end token."""
    network = _network("Qwen2", DECODER, is_causal=False)
    tokenizer = _tokenizer("$A", add_eos_token=True, padding_side="left")
    _save(folder, network, tokenizer, _pooling("lasttoken"), _normalize())


def qwen3_last(folder: Path) -> None:
    """Qwen3-Embedding."""
    tokenizer = _tokenizer("$A </s>", padding_side="left")
    _save(folder, _network("Qwen3", DECODER, head_dim=8), tokenizer, _pooling("lasttoken"), _normalize())


def mistral_last(folder: Path) -> None:
    """E5-Mistral."""
    network = _network("Mistral", DECODER, sliding_window=16)
    tokenizer = _tokenizer("<s> $A </s>", padding_side="left")
    _save(folder, network, tokenizer, _pooling("lasttoken"), _normalize())


def mistral_wide(folder: Path) -> None:
    """A window of attention that no text fills."""
    _save(folder, _network("Mistral", DECODER, sliding_window=64), _tokenizer("<s> $A </s>"), _pooling("lasttoken"))


def t5_mean(folder: Path) -> None:
    """Sentence-T5."""
    _save(folder, _network("T5Encoder", T5), _tokenizer("$A </s>"), _pooling("mean"), _dense(DIM, DIM), _normalize())


def t5_without_prompt(folder: Path) -> None:
    """INSTRUCTOR: the prompt is read, and left out of the mean."""
    pooling = _pooling("mean", include_prompt=False)
    _save(folder, _network("T5Encoder", T5), _tokenizer("$A </s>"), pooling, _dense(DIM, DIM), _normalize())


def gemma3_mean(folder: Path) -> None:
    """EmbeddingGemma."""
    options = {"head_dim": 8, "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"]}
    network = _network("Gemma3Text", DECODER, **options, use_bidirectional_attention=True)
    modules = _pooling("mean"), _dense(DIM, 24), _dense(24, DIM), _normalize()
    _save(folder, network, _tokenizer("<s> $A </s>"), *modules)


def static(folder: Path) -> None:
    """Model2Vec's potion, in the layout of its checkpoint."""
    from json import dumps

    import torch
    from safetensors.torch import save_file

    tokenizer = _tokenizer("$A")
    weights = torch.randn(len(tokenizer), DIM, generator=torch.Generator().manual_seed(0))
    folder.mkdir()
    save_file({"embeddings": weights}, folder / "model.safetensors")
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    module = {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"}
    (folder / "modules.json").write_text(dumps([module]))


FAMILIES: dict[str, Callable[[Path], None]] = {
    build.__name__: build
    for build in (
        *(bert_mean, bert_cls, bert_plain, roberta_cls, xlm_roberta_mean, mpnet_mean),
        *(qwen2_mean, qwen2_last, qwen3_last, mistral_last, mistral_wide, gemma3_mean),
        *(t5_mean, t5_without_prompt, static),
    )
}


def _network(architecture: str, size: dict[str, Any], **options: Any) -> Any:
    """Random weights, the same every time."""
    import torch
    import transformers

    vocabulary = {"vocab_size": 256 + len(SPECIAL), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    config = getattr(transformers, f"{architecture.removesuffix('Encoder')}Config")(**size, **vocabulary, **options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return getattr(transformers, f"{architecture}Model")(config)


def _tokenizer(template: str, **options: Any) -> Any:
    """One token per byte, among the special ones of ``template``."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = SPECIAL + sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({word: row for row, word in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [(word, row) for row, word in enumerate(SPECIAL)]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=special)
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names, **options)  # type: ignore[no-untyped-call]


def _pooling(mode: str, include_prompt: bool = True) -> Any:
    from sentence_transformers.sentence_transformer.modules import Pooling

    return Pooling(DIM, mode, include_prompt=include_prompt)


def _dense(width: int, dim: int) -> Any:
    import torch
    from sentence_transformers.base.modules import Dense

    weight = torch.randn(dim, width, generator=torch.Generator().manual_seed(0))
    return Dense(width, dim, bias=False, activation_function=torch.nn.Identity(), init_weight=weight)


def _normalize() -> Any:
    from sentence_transformers.base.modules import Normalize

    return Normalize()


def _save(folder: Path, network: Any, tokenizer: Any, *modules: Any) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer

    with TemporaryDirectory() as raw:
        network.save_pretrained(raw)
        tokenizer.save_pretrained(raw)
        first = Transformer(raw, max_seq_length=LIMIT)
        SentenceTransformer(modules=[first, *modules]).save_pretrained(str(folder))
