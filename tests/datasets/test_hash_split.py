import hashlib

import pyarrow as pa
import pytest

from itemvec.datasets.hash_split import divided, places


def test_the_place_is_the_head_of_the_hash() -> None:
    head = hashlib.sha256(b"desk lamp").hexdigest()[:8]
    assert places(pa.array(["Desk  lamp "])) == pytest.approx([int(head, 16) / 16**8], abs=0)


def test_the_parts_have_their_shares() -> None:
    """Of 10,000 texts, each share lies within five standard deviations, 0.025 at most."""
    parts = divided(pa.array([f"query {number}" for number in range(10_000)])).to_pylist()
    shares = [parts.count(part) / len(parts) for part in ("train", "validation", "test")]
    assert shares == pytest.approx([0.5, 0.2, 0.3], abs=0.025)


def test_no_text_has_no_part() -> None:
    assert len(divided(pa.array([], pa.string()))) == 0
