import pickle
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from itemvec.commands.main import main
from itemvec.core.errors import ParamsError
from itemvec.encoders import ENCODERS
from itemvec.models.conversion import convert
from tests.encoders.conftest import corpus_of
from tests.encoders.tiny import DIM, t5_without_prompt


def pickled(folder: Path) -> dict[Path, dict[str, torch.Tensor]]:
    """INSTRUCTOR as it is published: every file of weights is a pickle."""
    t5_without_prompt(folder)
    found = {path.relative_to(folder): load_file(path) for path in folder.rglob("*.safetensors")}
    for path, weights in found.items():
        torch.save(weights, (folder / path).with_name("pytorch_model.bin"))
        (folder / path).unlink()
    return found


def test_a_converted_checkpoint_has_the_same_weights_and_encodes(tmp_path: Path) -> None:
    before = pickled(tmp_path / "old")
    row = {"kind": "sentence-transformer", "checkpoint": str(tmp_path / "old"), "dim": DIM}
    with pytest.raises(ParamsError, match="is a pickle"):
        ENCODERS.build("x", row).load(corpus_of(tmp_path, ["a"]))
    done = CliRunner().invoke(main, ["convert", str(tmp_path / "old"), str(tmp_path / "new")])
    assert done.output.endswith(f"2 files of weights converted; set checkpoint: {tmp_path / 'new'} in models.yaml\n")
    assert len(before) == 2
    for path, weights in before.items():
        after = load_file(tmp_path / "new" / path)
        assert {name: one.tolist() for name, one in after.items()} == {k: v.tolist() for k, v in weights.items()}
    loaded = ENCODERS.build("x", row | {"checkpoint": str(tmp_path / "new")}).load(corpus_of(tmp_path, ["a"]))
    assert loaded is not None


class Planted:
    """What runs when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.marker,)


def test_code_in_a_pickle_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    marker = tmp_path / "code has run"
    (tmp_path / "old" / "pytorch_model.bin").write_bytes(pickle.dumps({"a": Planted(marker)}))
    with pytest.raises(ParamsError, match="is no pickle of weights alone"):
        convert(tmp_path / "old", tmp_path / "new")
    assert not marker.exists()
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_converted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="exists; name a folder that does not"):
        convert(tmp_path, tmp_path)
    with pytest.raises(ParamsError, match="has no pytorch_model"):
        convert(tmp_path, tmp_path / "new")
