"""Recommend with a network that `itemvec export --recommender` has written. It needs torch and safetensors alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, normalize, scaled_dot_product_attention


class Recommender:
    """The network in ``folder``, on the processor."""

    def __init__(self, folder: str | Path) -> None:
        self.about: dict[str, Any] = json.loads((Path(folder) / "recommender.json").read_text(encoding="utf-8"))
        self.weights = load_file(Path(folder) / "weights.safetensors")
        self.items: list[str] = self.about["items"]
        self.places = {item: place for place, item in enumerate(self.items)}
        self.gru: torch.nn.GRU | None = None
        if self.about["encoder"] == "gru":
            sizes = (self.about["width"], self.about["inner"], self.about["layers"], self.about["normalised"])
            self.gru = torch.nn.GRU(*sizes, batch_first=True)
            layers = {name[7:]: one for name, one in self.weights.items() if name.startswith("layers.")}
            self.gru.load_state_dict(layers)

    @torch.inference_mode()
    def scores(self, history: Sequence[str]) -> Tensor:
        """Score of every item, float32 of shape (n_items,), after the known ids of a history, oldest first."""
        known = [self.places[item] for item in history if item in self.places][-self.about["max_history"] :]
        if not known:
            raise ValueError("history: names no item that the network knows")
        states = self.weights["inputs"][known]
        states = self._transformer(states) if self.gru is None else self._recurrent(self.gru, states)
        state, temperature = states[-1], self.about["temperature"]
        return self.weights["targets"] @ (state if temperature is None else normalize(state, dim=0) / temperature)

    @torch.inference_mode()
    def recommend(self, history: Sequence[str], k: int = 10, mask: bool = True) -> list[tuple[str, float]]:
        """The best ``k`` items with their scores, without those of the history where ``mask`` is true."""
        scores = self.scores(history)
        if mask:
            scores[[self.places[item] for item in history if item in self.places]] = -torch.inf
        best = scores.topk(min(k, len(self.items)))
        pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        return [(self.items[place], score) for place, score in pairs if score > -torch.inf]

    def _transformer(self, states: Tensor) -> Tensor:
        """States of shape (length, width) after causal self-attention (arXiv 1808.09781)."""
        after, heads = self.about["norm"] == "after", self.about["heads"]
        states = states + self.weights["positions"][: len(states)]
        states = self._norm("normalise", states) if after else states
        for block in (f"blocks.{number}." for number in range(self.about["layers"])):
            inside = states if after else self._norm(f"{block}norm_attention", states)
            split = self._map(f"{block}project", inside).view(len(states), 3, heads, -1).permute(1, 2, 0, 3)
            query, key, value = split.unsqueeze(1)
            seen = scaled_dot_product_attention(query, key, value, is_causal=True)[0].transpose(0, 1)
            states = states + self._map(f"{block}merge", seen.reshape(len(states), -1))
            states = self._norm(f"{block}norm_attention", states) if after else states
            inside = states if after else self._norm(f"{block}norm_forward", states)
            states = states + self._map(f"{block}narrow", gelu(self._map(f"{block}widen", inside)))
            states = self._norm(f"{block}norm_forward", states) if after else states
        return states if after else self._norm("normalise", states)

    def _recurrent(self, gru: torch.nn.GRU, states: Tensor) -> Tensor:
        """States of shape (length, width) after gated recurrent layers (arXiv 1511.06939)."""
        normalised = self.about["normalised"]
        found, _ = gru((self._norm("first", states) if normalised else states)[None])
        states = self._map("merge", found[0])
        return self._norm("last", states) if normalised else states

    def _map(self, name: str, states: Tensor) -> Tensor:
        return linear(states, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, name: str, states: Tensor) -> Tensor:
        return layer_norm(states, states.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])
