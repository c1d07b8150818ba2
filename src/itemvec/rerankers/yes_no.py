"""Reranker by a language model that answers yes or no: the score is the difference of their logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.rerankers.base import RERANKERS, Rerank, by_pairs


@dataclass(frozen=True)
class Form:
    """The prompt format a model was trained with: text before the pair, the pair, text after it, the two answers."""

    before: str
    pair: str
    after: str
    yes: str
    no: str


FORMS = {
    # Nogueira et al., 2020. The tokenizer's mark of a word stands before the answers.
    "monot5": Form("", "Query: {query} Document: {item}", "Relevant:</s>", "▁true", "▁false"),
    # Qwen3-Reranker, as on its card.
    "qwen3": Form(
        "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct "
        'provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n',
        "<Instruct>: {instruction}\n<Query>: {query}\n<Document>: {item}",
        "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
        "yes",
        "no",
    ),
}


@RERANKERS.register("yes-no")
@dataclass(frozen=True)
class YesNoReranker:
    """A language model that is asked whether an item is relevant; the score is the logit of yes less that of no.

    Both are read as the first token of the answer.

    Parameters
    ----------
    checkpoint
        A model of the Hugging Face hub, a local folder or ``package:NAME/FOLDER``. Weights must be safetensors;
        code that comes with it is not run.
    form
        The prompt that the model was trained with: that of monoT5, or of Qwen3-Reranker.
    revision
        Commit of the hub to read; by default the newest.
    instruction
        The task in words, for ``form: qwen3``.
    max_tokens
        Most tokens of a prompt; the text of the item is cut to fit.
    dtype
        Type of the weights and of the computation.
    """

    checkpoint: str
    form: Literal["monot5", "qwen3"]
    revision: str | None = None
    instruction: str = "Given a web search query, retrieve relevant passages that answer the query"
    max_tokens: Positive = 512
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

    def load(self) -> Rerank:
        """Read the weights onto the device."""
        from itemvec.language_models.batches import scored
        from itemvec.language_models.language_model import read

        model = read(self._subject, self.checkpoint, self.revision, self.dtype)
        if self.max_tokens > model.limit:
            raise ParamsError(f"{self._subject}: max_tokens {self.max_tokens} is more than its {model.limit}")
        form = FORMS[self.form]
        yes, no = (self._token(model.tokenizer, answer) for answer in (form.yes, form.no))
        answer = _seq2seq(model.model) if model.model.config.is_encoder_decoder else _causal(model.model)

        def forward(features: dict[str, Any]) -> Any:
            logits = answer(features)  # (n, vocabulary)
            return logits[:, yes] - logits[:, no]

        def score(queries: list[str], texts: list[str]) -> Floats:
            pairs = [
                form.pair.format(query=query, item=text, instruction=self.instruction)
                for query, text in zip(queries, texts, strict=True)
            ]
            tokens = model.prompts(form.before, pairs, form.after, self.max_tokens)
            left = not model.model.config.is_encoder_decoder  # the last place holds the last token of every prompt
            return scored(tokens, forward, model.model.device, model.pad, left)

        return by_pairs(score)

    def _token(self, tokenizer: Any, answer: str) -> int:
        token = tokenizer.convert_tokens_to_ids(answer)
        if token is None or token == tokenizer.unk_token_id:
            raise ParamsError(f"{self._subject}: it has no token {answer!r}, which form {self.form} needs")
        return int(token)

    @property
    def _subject(self) -> str:
        return f"reranker, checkpoint {self.checkpoint!r}"


def _seq2seq(model: Any) -> Any:
    def answer(features: dict[str, Any]) -> Any:
        start = features["input_ids"].new_full((len(features["input_ids"]), 1), model.config.decoder_start_token_id)
        return model(**features, decoder_input_ids=start).logits[:, 0]

    return answer


def _causal(model: Any) -> Any:
    def answer(features: dict[str, Any]) -> Any:
        places = (features["attention_mask"].cumsum(1) - 1).clamp(min=0)
        return model(**features, position_ids=places, logits_to_keep=1, use_cache=False).logits[:, -1]

    return answer
