from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.encoders import CachedEncoder, Corpus, LoadedEncoder, Plain, Role, base, cache_writer, cached_encoder


@dataclass(frozen=True)
class Counting:
    """Encodes a text as its length and the length of its role, and writes down what it was asked."""

    dim: int = 2
    asked: list[str] = field(default_factory=list, compare=False)
    broken: str = ""

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        return {}

    def load(self, corpus: Corpus) -> LoadedEncoder:
        def encode(texts: Sequence[str], role: Role) -> Floats:
            self.asked.extend(texts)
            if self.broken in texts:
                raise KeyboardInterrupt
            rows = [[len(text) if text != "nan" else np.nan, len(role)] for text in texts]
            return np.array(rows, dtype=np.float32)

        return Plain(encode)


@pytest.fixture(autouse=True)
def _fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_encoder, "fingerprint", lambda encoder, role, identity: f"counting-{role}")


def encode(encoder: Counting, corpus: Corpus, folder: Path, *texts: str, role: Role = "item") -> tuple[Any, int]:
    """First numbers of the vectors, and how many texts were encoded."""
    session = CachedEncoder(encoder, corpus, str(folder))
    encoded = session.fill([pa.array(texts)], role)
    return session.read(pa.array(texts), role).vectors[:, 0].tolist(), encoded


def test_each_distinct_text_is_encoded_once(corpus: Corpus, tmp_path: Path) -> None:
    encoder = Counting()
    assert encode(encoder, corpus, tmp_path, "a", "bb", "a") == ([1, 2, 1], 2)
    assert encode(encoder, corpus, tmp_path, "bb", "ccc", "a") == ([2, 3, 1], 1)
    assert encoder.asked == ["a", "bb", "ccc"]


def test_roles_are_kept_apart(corpus: Corpus, tmp_path: Path) -> None:
    encoder = Counting()
    encode(encoder, corpus, tmp_path, "a")
    assert encode(encoder, corpus, tmp_path, "a", role="query")[1] == 1


def test_an_encoder_with_nothing_to_do_is_not_loaded(corpus: Corpus, tmp_path: Path) -> None:
    encode(Counting(), corpus, tmp_path, "a")

    class Unloadable(Counting):
        def load(self, corpus: Corpus) -> LoadedEncoder:
            raise AssertionError("loaded")

    assert encode(Unloadable(), corpus, tmp_path, "a") == ([1], 0)


def test_an_interrupt_keeps_every_finished_batch(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "SLICE", 2)
    monkeypatch.setattr(cache_writer, "ROWS", 10)
    texts = ["a", "bb", "ccc", "dddd", "stop", "ffffff"]
    with pytest.raises(KeyboardInterrupt):
        encode(Counting(broken="stop"), corpus, tmp_path, *texts)
    encoder = Counting()
    assert encode(encoder, corpus, tmp_path, *texts) == ([1, 2, 3, 4, 4, 6], 2)
    assert encoder.asked == ["stop", "ffffff"]


def test_a_checkpoint_that_changes_while_it_is_read_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    class Changing(Counting):
        def identity(self, corpus: Corpus) -> Mapping[str, Any]:
            return {"revision": len(self.asked)}

        def load(self, corpus: Corpus) -> LoadedEncoder:
            self.asked.append("somebody wrote into the folder")
            return super().load(corpus)

    with pytest.raises(ParamsError, match="its checkpoint changed while it was read; run again"):
        encode(Changing(), corpus, tmp_path, "a")
    assert encode(Counting(), corpus, tmp_path, "a")[1] == 1  # nothing was kept


def test_a_broken_vector_is_not_kept(corpus: Corpus, tmp_path: Path) -> None:
    first, second = (encode(Counting(), corpus, tmp_path, "a", "nan") for _ in range(2))
    assert np.isnan(first[0][1])
    assert (first[1], second[1]) == (2, 1)


def test_windows_repeat_no_text(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is met again in its own window, in the next, which is looked up before the first is encoded, and later."""
    monkeypatch.setattr(cached_encoder, "WINDOW", 2)
    encoder, done = Counting(), list[int]()
    session = CachedEncoder(encoder, corpus, str(tmp_path))
    blocks = [["a", "a"], ["bb", "a"], ["bb", "ccc"], ["a"], ["dddd", "a", "ccc"]]
    assert session.fill((pa.array(texts) for texts in blocks), "item", done.append) == 4
    assert encoder.asked == ["a", "bb", "ccc", "dddd"]
    assert sum(done) == sum(map(len, blocks))


def test_one_new_text_in_a_hundred_is_all_that_is_encoded(corpus: Corpus, tmp_path: Path) -> None:
    """Of 100,000 texts, read in blocks and cached before they are read again."""
    texts = [f"{row}" for row in range(100_000)]
    changed = [text + " anew" * (row % 100 == 0) for row, text in enumerate(texts)]
    for asked, expected in ((texts, 100_000), (changed, 1_000), (changed, 0)):
        encoder = Counting()
        blocks = [pa.array(asked[start : start + 8192]) for start in range(0, len(asked), 8192)]
        session = CachedEncoder(encoder, corpus, str(tmp_path))
        assert session.fill(blocks, "item") == len(encoder.asked) == expected
        lengths = np.concatenate([session.read(block, "item").vectors[:, 0] for block in blocks])
        assert (lengths == [len(text) for text in asked]).all()
