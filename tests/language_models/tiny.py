"""Tiny random models, one of each architecture that the rows of rerankers name, saved as their checkpoints are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 128,
    "initializer_range": 0.5,  # far from the usual 0.02, so that different pairs have different scores
}
T5 = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0}
QWEN = SIZE | {"num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 1024}
LIMIT = 100  # tokens of a pair, where positions are learned
WORDS = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
ANSWERS = ["▁true", "▁false", "yes", "no"]
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def bert(folder: Path) -> None:
    """MiniLM trained on MS MARCO."""
    _save(folder, "BertForSequenceClassification", SIZE, "<s> $A </s> $B:1 </s>:1", num_labels=1)


def xlm_roberta(folder: Path) -> None:
    """bge-reranker: one type of token, marks between the texts doubled."""
    template = "<s> $A </s> </s> $B </s>"
    _save(folder, "XLMRobertaForSequenceClassification", SIZE, template, num_labels=1, type_vocab_size=1)


def bert_of_three(folder: Path) -> None:
    """A classifier of something else."""
    _save(folder, "BertForSequenceClassification", SIZE, "<s> $A </s> $B:1 </s>:1", num_labels=3)


def bert_plain(folder: Path) -> None:
    """BERT, not trained to score anything."""
    _save(folder, "BertModel", SIZE, "<s> $A </s> $B:1 </s>:1")


def t5(folder: Path) -> None:
    """monoT5."""
    _save(folder, "T5ForConditionalGeneration", T5, "$A </s> $B </s>")


def qwen3(folder: Path) -> None:
    """Qwen3-Reranker, and an instructed model."""
    _save(folder, "Qwen3ForCausalLM", QWEN, "$A $B", chat_template=CHAT)


FAMILIES: dict[str, Callable[[Path], None]] = {
    build.__name__: build for build in (bert, xlm_roberta, bert_of_three, bert_plain, t5, qwen3)
}


def _save(folder: Path, name: str, size: dict[str, Any], pair: str, chat_template: str = "", **options: Any) -> None:
    """Random weights, the same every time, and a tokenizer that makes one token of a byte."""
    import torch
    import transformers

    tokenizer = _tokenizer(pair, LIMIT if "ForSeq" in name else 1024)
    if chat_template:
        tokenizer.chat_template = chat_template
    numbers = {"vocab_size": len(tokenizer), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    kind = getattr(transformers, f"{name.split('For')[0].removesuffix('Model')}Config")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = getattr(transformers, name)(kind(**size, **numbers, **options))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokenizer(pair: str, limit: int) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = [*WORDS, *ANSWERS, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({word: row for row, word in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [(word, row) for row, word in enumerate(WORDS)]
    single = pair.split(" $B")[0].removesuffix(" </s>")
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=WORDS[3:],
        model_max_length=limit,
    )
