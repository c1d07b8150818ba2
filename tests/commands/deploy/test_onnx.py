from pathlib import Path

import pytest

from itemvec.commands.deploy import onnx
from itemvec.core.errors import TableError
from tests.encoders.tiny import bert_mean

TEXTS = ["desk lamp", "a garden hose that is long", "hat"]


def test_onnx_runtime_gives_the_token_vectors_of_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place, and under the names, that sentence-transformers knows."""
    import onnxruntime

    bert_mean(tmp_path / "model")
    assert onnx.write_onnx(tmp_path / "model", TEXTS) < 1e-5
    session = onnxruntime.InferenceSession(tmp_path / "model" / "onnx" / "model.onnx")
    assert [one.name for one in session.get_inputs()] == ["input_ids", "attention_mask"]
    assert [one.name for one in session.get_outputs()] == ["last_hidden_state"]
    monkeypatch.setattr(onnx, "NEAR", 1e-12)
    monkeypatch.setattr(onnx, "exported", lambda *_: None)  # the graph that is there
    with pytest.raises(TableError, match="differ from those of torch"):
        onnx.write_onnx(tmp_path / "model", TEXTS)
