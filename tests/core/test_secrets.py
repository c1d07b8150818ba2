"""A key written where the name of its variable belongs is refused, and never shown."""

from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.encoders import ENCODERS
from itemvec.rerankers import RERANKERS

API = {"kind": "api", "url": "https://host/v1", "checkpoint": "m", "dim": 4}
LLM = {"kind": "llm", "url": "https://host/v1", "checkpoint": "m"}
KEYS = [
    "sk-proj-4f3b2a1c9d8e7f6a5b4c",
    "hf_abcdefghijklmnop",
    "AKIAIOSFODNN7EXAMPLE",
    "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "openai key",
    "",
]


@pytest.mark.parametrize("secret", [*KEYS, 123456789])
def test_a_key_in_place_of_a_name_is_refused_and_not_shown(secret: str | int) -> None:
    for registry, row in ((ENCODERS, API), (RERANKERS, LLM)):
        with pytest.raises(ParamsError) as caught:
            registry.build("mine", row | {"key_variable": secret})
        assert "'mine': option 'key_variable': " in caught.value.message
        assert not secret or str(secret) not in caught.value.message


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "TOKEN", "_KEY2", None])
def test_names_of_variables_pass(name: str | None) -> None:
    for registry, row in ((ENCODERS, API), (RERANKERS, LLM)):
        built: Any = registry.build("mine", row | {"key_variable": name})
        assert built.key_variable == name
