from pathlib import Path

import pytest

from tests.conftest import RERANKER_ROWS
from tests.language_models.tiny import FAMILIES

QUERIES = ["red hat", "garden hose", "lamp"]
TEXTS = [
    ["a hat of red wool", "a hose", "hat"],
    ["a long green hose for the garden and for much else that has to be wet"],
    ["lamp", "a desk lamp with a black shade", "lamp", "hat"],
]


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A folder with a tiny model of each family; the example rows name them from then on."""
    root = tmp_path_factory.mktemp("rerankers")
    for name, build in FAMILIES.items():
        build(root / name)
    for kind, name in (("cross-encoder", "bert"), ("yes-no", "qwen3"), ("llm", "qwen3")):
        RERANKER_ROWS[kind]["checkpoint"] = str(root / name)
    return {name: str(root / name) for name in FAMILIES}


def pickled(source: str, folder: Path) -> str:
    """The same checkpoint with a pickle in place of its safetensors."""
    folder.mkdir()
    for path in Path(source).iterdir():
        name = "pytorch_model.bin" if path.name == "model.safetensors" else path.name
        (folder / name).write_bytes(path.read_bytes())
    return str(folder)
