"""Other runtimes against torch: near enough in the same number type, and as near as measured in smaller ones."""

import os
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.encoders import LoadedEncoder, Role, backends
from itemvec.encoders.export import Traced, compared, exported
from itemvec.encoders.int8_calibration import calibration_texts
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from tests.conftest import ENCODER_ROWS, ROOT
from tests.encoders.conftest import TEXTS

CHECKPOINT = str(ENCODER_ROWS["sentence-transformer"]["checkpoint"])
OTHERS = [("openvino", "float32"), ("openvino", "bfloat16"), ("openvino", "int8"), ("onnx", "float32")]
LONG = "An account of how a glacier gave way to a meadow, and of who came to graze there first. " * 20
SOME = [*TEXTS, "a", "a hat for a short walk in the rain", LONG, LONG[:400]]


@cache
def loaded(backend: Any, dtype: Any, **options: Any) -> LoadedEncoder:
    """Loading takes seconds, so each is loaded once."""
    encoder = SentenceTransformerEncoder(
        CHECKPOINT, 384, item_prompt="passage: ", query_prompt="query: ", backend=backend, dtype=dtype, **options
    )
    return encoder.load(None)  # type: ignore[arg-type]  # nothing is fitted


def vectors(encoder: LoadedEncoder, texts: list[str], role: Role = "item") -> Floats:
    found = np.full((len(texts), 384), np.nan, dtype=np.float32)
    for rows, some in encoder.encode(encoder.prepare(texts, role)):
        found[rows] = some
    return found


@pytest.mark.weights
@pytest.mark.parametrize("role", ["item", "query"])
@pytest.mark.parametrize("backend", ["openvino", "onnx"])
def test_float32_equals_torch(backend: str, role: Role) -> None:
    expected = vectors(loaded("torch", "float32"), SOME, role)
    assert vectors(loaded(backend, "float32"), SOME, role) == pytest.approx(expected, abs=1e-5)


@pytest.mark.weights
@pytest.mark.parametrize(("dtype", "least"), [("bfloat16", 0.9995), ("int8", 0.95)])
def test_smaller_numbers_stay_near(dtype: str, least: float) -> None:
    found, expected = vectors(loaded("openvino", dtype), SOME), vectors(loaded("torch", "float32"), SOME)
    assert (found * expected).sum(axis=1).min() > least


@pytest.mark.weights
@pytest.mark.parametrize(("backend", "dtype"), OTHERS)
def test_a_vector_does_not_depend_on_the_texts_beside_it(backend: str, dtype: str) -> None:
    """As the contract says of torch: a run that was resumed has the digest of one that was not."""
    many = [f"{text} {' '.join(['new'] * number)}" for number in range(20) for text in TEXTS]
    encoder = loaded(backend, dtype)
    whole = vectors(encoder, many)
    for some in (slice(7, 8), slice(100, 101), slice(None, None, 9), slice(None, None, -1)):
        assert (vectors(encoder, many[some]) == whole[some]).all()


@pytest.mark.weights
def test_int8_is_calibrated_the_same_again_with_the_texts_it_is_given(tmp_path: Path) -> None:
    few = tmp_path / "few.txt"
    few.write_text("\n".join(sorted(calibration_texts(None), key=len)[:8]))
    first, second = (loaded.__wrapped__("openvino", "int8", calibration=str(few)) for _ in range(2))
    found = vectors(first, SOME)
    assert (found == vectors(second, SOME)).all()
    assert (found != vectors(loaded("openvino", "int8"), SOME)).any()


@pytest.mark.weights
@pytest.mark.parametrize(("backend", "dtype"), OTHERS)
def test_a_batch_leaves_the_one_before_it_alone(backend: str, dtype: str) -> None:
    """A vector that is a view of token vectors is read while the next batch runs."""
    body = loaded(backend, dtype).body  # type: ignore[attr-defined]
    mask = torch.ones(2, 8, dtype=torch.int64)
    first = body(mask * 100, mask)
    before = first.clone()
    body(mask * 200, mask)
    assert torch.equal(first, before)


@pytest.mark.weights
@pytest.mark.parametrize("backend", ["openvino", "onnx"])
def test_a_graph_that_gives_other_vectors_is_refused(backend: str) -> None:
    encoder: Any = loaded(backend, "float32")
    traced, body = Traced(encoder.model[0].auto_model), encoder.body
    samples = [np.arange(100, 104), np.arange(100, 150)]
    compared(body, traced, samples)
    with pytest.raises(ParamsError, match=r"of 4 tokens have cosine .* use backend: torch"):
        compared(lambda ids, mask: body(ids + 1, mask), traced, samples)


def test_a_model_that_cannot_be_taken_over_is_refused() -> None:
    with pytest.raises(
        ParamsError, match=r"backend onnx cannot take this checkpoint over \(ZeroDivisionError: .*torch"
    ):
        exported("onnx", lambda: 1 / 0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"dtype": "int8"},
            "backend torch knows dtype float32, bfloat16, float16, not int8; .* is for backend openvino",
        ),
        (
            {"backend": "onnx", "dtype": "bfloat16"},
            "onnx knows dtype float32, not bfloat16; .* backend torch, openvino",
        ),
        ({"backend": "openvino", "calibration": "mine.txt"}, "calibration is for dtype int8, not float32"),
    ],
)
def test_combinations_that_do_not_exist_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        SentenceTransformerEncoder(CHECKPOINT, 384, **options)


def test_a_package_that_is_not_installed_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(backends, "version", missing)
    assert backends.versions("torch") == {}
    for name, package in (("openvino", "openvino"), ("onnx", "onnxruntime")):
        with pytest.raises(ParamsError, match=rf"needs the package {package}, .* pip install .*\.\[{name}\]"):
            backends.versions(name)


def test_calibration_texts_are_many_and_of_all_lengths() -> None:
    words = [len(text.split()) for text in calibration_texts(None)]
    assert len(words) == len(set(calibration_texts(None))) > 60
    assert min(words) == 2
    assert max(words) > 200


def test_a_calibration_file_that_does_not_serve_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="cannot be read as text"):
        calibration_texts(str(tmp_path / "nothing.txt"))
    (tmp_path / "few.txt").write_text("one\n\ntwo\n")
    with pytest.raises(ParamsError, match="has 2 texts, expected 8 or more"):
        calibration_texts(str(tmp_path / "few.txt"))


def test_use_is_not_reported(tmp_path: Path) -> None:
    """In a process of its own, since NNCF keeps quiet under pytest: nothing is sent, nor left in the home folder."""
    script = f"""
import socket, sys
def refuse(*_, **__): raise SystemExit("went to the network")
socket.socket.connect = socket.getaddrinfo = refuse
sys.path.insert(0, {str(ROOT / "src")!r})
from itemvec.encoders.openvino import _openvino
_openvino()
import nncf.telemetry, openvino.tools.ovc.telemetry_utils as ovc
print(type(nncf.telemetry.telemetry).__name__, ovc.init_ovc_telemetry().__module__)
"""
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", "TF_BUILD", "JENKINS_URL")}
    environment = clean | {"HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert ran.stdout.split() == ["MagicMock", "openvino.tools.ovc.telemetry_stub"], ran.stderr  # its stub
    assert list(tmp_path.iterdir()) == []
