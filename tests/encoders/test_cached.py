from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.arrays import Floats
from itemvec.encoders import CachedEncoder, Corpus, Role, cached
from itemvec.encoders.base import Encode
from itemvec.errors import ParamsError


@dataclass(frozen=True)
class Counting:
    """Encodes a text as its length and the length of its role, and writes down what it was asked."""

    dim: int = 2
    asked: list[str] = field(default_factory=list, compare=False)
    broken: str = ""

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        return {}

    def load(self, corpus: Corpus) -> Encode:
        def encode(texts: Sequence[str], role: Role) -> Floats:
            self.asked.extend(texts)
            if self.broken in texts:
                raise KeyboardInterrupt
            rows = [[len(text) if text != "nan" else np.nan, len(role)] for text in texts]
            return np.array(rows, dtype=np.float32)

        return encode


@pytest.fixture(autouse=True)
def _fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "fingerprint", lambda encoder, role, identity: f"counting-{role}")


def encode(encoder: Counting, corpus: Corpus, folder: Path, *texts: str, role: Role = "item") -> tuple[Any, int, int]:
    session = CachedEncoder(encoder, corpus, folder)
    vectors = session.encode(pa.array(texts), role)
    return vectors[:, 0].tolist(), session.encoded, session.reused


def test_each_distinct_text_is_encoded_once(corpus: Corpus, tmp_path: Path) -> None:
    encoder = Counting()
    assert encode(encoder, corpus, tmp_path, "a", "bb", "a") == ([1, 2, 1], 2, 0)
    assert encode(encoder, corpus, tmp_path, "bb", "ccc", "a") == ([2, 3, 1], 1, 2)
    assert encoder.asked == ["a", "bb", "ccc"]


def test_roles_are_kept_apart(corpus: Corpus, tmp_path: Path) -> None:
    encoder = Counting()
    encode(encoder, corpus, tmp_path, "a")
    assert encode(encoder, corpus, tmp_path, "a", role="query")[1] == 1


def test_an_encoder_with_nothing_to_do_is_not_loaded(corpus: Corpus, tmp_path: Path) -> None:
    encode(Counting(), corpus, tmp_path, "a")

    class Unloadable(Counting):
        def load(self, corpus: Corpus) -> Encode:
            raise AssertionError("loaded")

    assert encode(Unloadable(), corpus, tmp_path, "a") == ([1], 0, 1)


def test_an_interrupt_keeps_every_finished_batch(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "BATCH", 2)
    texts = ["a", "bb", "ccc", "dddd", "stop", "ffffff"]
    with pytest.raises(KeyboardInterrupt):
        encode(Counting(broken="stop"), corpus, tmp_path, *texts)
    encoder = Counting()
    assert encode(encoder, corpus, tmp_path, *texts) == ([1, 2, 3, 4, 4, 6], 2, 4)
    assert encoder.asked == ["stop", "ffffff"]


def test_a_checkpoint_that_changes_while_it_is_read_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    class Changing(Counting):
        def identity(self, corpus: Corpus) -> Mapping[str, Any]:
            return {"revision": len(self.asked)}

        def load(self, corpus: Corpus) -> Encode:
            self.asked.append("somebody wrote into the folder")
            return super().load(corpus)

    with pytest.raises(ParamsError, match="its checkpoint changed while it was read; run again"):
        encode(Changing(), corpus, tmp_path, "a")
    assert encode(Counting(), corpus, tmp_path, "a")[1:] == (1, 0)  # nothing was kept


def test_a_broken_vector_is_not_kept(corpus: Corpus, tmp_path: Path) -> None:
    vectors, _, _ = encode(Counting(), corpus, tmp_path, "a", "nan")
    assert np.isnan(vectors[1])
    assert encode(Counting(), corpus, tmp_path, "a", "nan")[1:] == (1, 1)
