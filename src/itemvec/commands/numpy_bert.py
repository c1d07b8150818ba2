"""A text's vector from a checkpoint of the BERT family, computed with NumPy, because importing torch takes seconds.

It is for a query of a person. Whoever uses it compares some vectors with those that the encoder of the row has made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import erf

from itemvec.core.arrays import Floats
from itemvec.encoders import Encoder, Role
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.encoders.stated import chosen_prompts, most_tokens
from itemvec.models.checkpoint import stored

WORDS = "embeddings.word_embeddings.weight"
SIZES = {"num_hidden_layers", "num_attention_heads", "layer_norm_eps", "max_position_embeddings"}
AS_STORED = ("TokenizersBackend", "PreTrainedTokenizerFast")  # classes that take tokenizer.json as it is
# What the class of BERT takes from tokenizer_config.json instead: entry there, default, entry in tokenizer.json.
CLEANED: tuple[tuple[str, bool | None, str], ...] = (
    ("do_lower_case", True, "lowercase"),
    ("strip_accents", None, "strip_accents"),
    ("tokenize_chinese_chars", True, "handle_chinese_chars"),
)


class NumpyBert:
    """The network of BERT (Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers"), for one text.

    Parameters
    ----------
    encoder
        A row whose checkpoint ``fits``.
    folder
        The files of the checkpoint.
    tokenizer
        That of its ``tokenizer.json``.
    """

    def __init__(self, encoder: SentenceTransformerEncoder, folder: Path, tokenizer: Any) -> None:
        config, (_, *rest) = _json(folder / "config.json"), _json(folder / "modules.json")
        self.mean = _pooling(folder) == "mean"
        self.normalize = encoder.normalize or len(rest) > 1
        self.layers, self.heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        self.epsilon = float(config["layer_norm_eps"])
        row: dict[Role, str | None] = {"item": encoder.item_prompt, "query": encoder.query_prompt}
        self.prompts = chosen_prompts(f"model {encoder.checkpoint!r}", folder, row, encoder.own_prompts)
        most = int(config["max_position_embeddings"])
        self.tokenizer = tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(min(encoder.max_tokens or most_tokens(folder) or most, most))
        self.file = _weights_of(folder)
        self.prefix = next(name for name in self.file.keys() if name.endswith(WORDS)).removesuffix(WORDS)  # noqa: SIM118

    def __call__(self, text: str, role: Role) -> Floats:
        """The vector of a text, float32 of shape (1, dim)."""
        ids = self.tokenizer.encode(self.prompts[role] + text).ids
        words = self.file.get_slice(self.prefix + WORDS)  # of which a text needs few rows
        states = np.concatenate([words[one : one + 1] for one in ids]).astype(np.float32)  # (n_tokens, width)
        states += self._weights("embeddings.position_embeddings.weight")[: len(ids)]
        states = self._scaled("embeddings", states + self._weights("embeddings.token_type_embeddings.weight")[0])
        for number in range(self.layers):
            states = self._layer(f"encoder.layer.{number}", states)
        vector: Floats = states.mean(axis=0, keepdims=True) if self.mean else states[:1]
        return vector / np.float32(np.linalg.norm(vector)) if self.normalize else vector

    def _layer(self, name: str, states: Floats) -> Floats:
        shape = (len(states), self.heads, -1)
        asked, key, value = (
            self._linear(f"{name}.attention.self.{part}", states).reshape(shape).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )  # (heads, n_tokens, width / heads)
        scores = asked @ key.swapaxes(1, 2) / np.float32(np.sqrt(key.shape[2]))
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        seen = (weights / weights.sum(axis=2, keepdims=True) @ value).swapaxes(0, 1).reshape(states.shape)
        states = self._scaled(f"{name}.attention.output", states + self._linear(f"{name}.attention.output.dense", seen))
        inner = self._linear(f"{name}.intermediate.dense", states)
        inner *= (1 + erf(inner / np.float32(np.sqrt(2)))) / 2  # GELU
        return self._scaled(f"{name}.output", states + self._linear(f"{name}.output.dense", inner))

    def _linear(self, name: str, states: Floats) -> Floats:
        return states @ self._weights(f"{name}.weight").T + self._weights(f"{name}.bias")

    def _scaled(self, name: str, states: Floats) -> Floats:
        """Layer normalisation."""
        states = states - states.mean(axis=1, keepdims=True)
        spread = np.sqrt((states**2).mean(axis=1, keepdims=True) + np.float32(self.epsilon))
        scaled: Floats = states / spread * self._weights(f"{name}.LayerNorm.weight") + self._weights(
            f"{name}.LayerNorm.bias"
        )
        return scaled

    def _weights(self, name: str) -> Floats:
        found: Floats = self.file.get_tensor(self.prefix + name).astype(np.float32, copy=False)
        return found


def numpy_bert(encoder: Encoder) -> NumpyBert | None:
    """That of a row; None where the row is another network, changes how texts become vectors, or is not stored here."""
    if not isinstance(encoder, SentenceTransformerEncoder) or encoder.trust_remote_code or encoder.backend != "torch":
        return None
    if encoder.suffix or encoder.config or encoder.pooling or encoder.pool_prompt is not None:
        return None
    folder = stored(encoder.checkpoint, encoder.revision)
    tokenizer = _tokenizer_of(folder) if folder is not None and fits(folder) else None
    return None if folder is None or tokenizer is None else NumpyBert(encoder, folder, tokenizer)


def fits(folder: Path) -> bool:
    """Whether a checkpoint is a plain BERT of one file of weights in float32 or float16, without further layers."""
    needed = ("config.json", "modules.json", "tokenizer.json", "model.safetensors")
    if not all((folder / name).is_file() for name in needed):
        return False
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    names = [str(module.get("type")).rpartition(".")[2] for module in modules]
    plain = {"hidden_act": "gelu", "position_embedding_type": "absolute"}
    return (
        names in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and modules[0].get("path") == ""
        and config.get("model_type") == "bert"
        and all(config.get(name, wanted) == wanted for name, wanted in plain.items())
        and config.keys() >= SIZES
        and _pooling(folder) in ("mean", "cls")
        and _reads_alike(folder)
        and _readable(folder)
    )


def _reads_alike(folder: Path) -> bool:
    """Whether transformers takes texts apart as ``tokenizer.json`` alone says; the other files may say otherwise."""
    file, said = _json(folder / "tokenizer.json"), _json(folder / "tokenizer_config.json")
    if not file or said.get("truncation_side", "right") != "right":
        return False
    if _json(folder / "sentence_bert_config.json").get("do_lower_case"):
        return False
    known = {token["content"] for token in file.get("added_tokens", [])}
    if not {token["content"] for token in said.get("added_tokens_decoder", {}).values()} <= known:
        return False
    made = file.get("normalizer") or {}
    return said.get("tokenizer_class") in AS_STORED or all(
        made.get(ours) == said.get(theirs, default) for theirs, default, ours in CLEANED
    )


def _pooling(folder: Path) -> str | None:
    """How token vectors become one; None where it is in more than one way, or leaves out the prompt."""
    said = _json(folder / str(_json(folder / "modules.json")[1].get("path")) / "config.json")
    former = [name.removeprefix("pooling_mode_") for name, value in said.items() if value is True]
    named = {"cls_token": "cls", "mean_tokens": "mean"}
    modes = said.get("pooling_mode") or [named.get(mode, mode) for mode in former if mode != "include_prompt"]
    mode = modes[0] if isinstance(modes, list) and len(modes) == 1 else modes
    return mode if isinstance(mode, str) and said.get("include_prompt", True) else None


def _readable(folder: Path) -> bool:
    """Whether the weights are as here needed; not where they are damaged, which loading the model reports."""
    from safetensors import SafetensorError

    try:
        weights = _weights_of(folder)
    except SafetensorError:
        return False
    names = list(weights.keys())
    prefix = next((name for name in names if name.endswith(WORDS)), WORDS).removesuffix(WORDS)
    types = {weights.get_slice(name).get_dtype() for name in names if name.endswith("weight")}
    return f"{prefix}embeddings.LayerNorm.weight" in names and types <= {"F32", "F16"}


def _tokenizer_of(folder: Path) -> Any:
    """That of ``tokenizer.json``; None where it is damaged, which loading the model reports."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception:  # its errors have no kind of their own
        return None


def _weights_of(folder: Path) -> Any:
    from safetensors import safe_open

    return safe_open(folder / "model.safetensors", framework="numpy")


def _json(path: Path) -> Any:
    """Content of a file; nothing where it is damaged or missing, which loading the model reports."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
