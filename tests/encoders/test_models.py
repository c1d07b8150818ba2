"""The rows of models.yaml: each is one the registry takes, and says what a reader must know."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from itemvec.core.params import NAME
from itemvec.encoders import ENCODERS
from tests.conftest import ROOT

MODELS: dict[str, dict[str, Any]] = YAML(typ="safe").load(ROOT / "models.yaml")
CHECKPOINTS = {name: row for name, row in MODELS.items() if row["kind"] == "sentence-transformer"}


@pytest.mark.parametrize("name", MODELS)
def test_a_row_is_one_the_registry_takes(name: str) -> None:
    assert NAME.fullmatch(name)
    assert ENCODERS.build(name, MODELS[name]).dim == MODELS[name]["dim"]


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_row_states_licence_size_and_limit(name: str) -> None:
    row = CHECKPOINTS[name]
    assert row["licence"]
    assert row["parameters"] > 1_000_000
    assert "max_tokens" in row or name in ("minilm", "potion")  # which have none, or say it in their files


def test_the_models_of_this_line_of_work_are_there() -> None:
    families = "kalm gte-qwen2 nvembed jasper blair e5 multilingual-e5 bge gte-small gte-multilingual instructor"
    families += " sentence-t5 embeddinggemma qwen3-embedding mpnet bert roberta potion minilm openai gemini voyage"
    for family in families.split():
        assert any(name.startswith(family) for name in MODELS), family
