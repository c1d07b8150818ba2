import hashlib
import struct

import numpy as np
import pyarrow as pa

from itemvec.store.digest import Hasher


def test_a_digest_by_hand() -> None:
    hasher = Hasher("item_id", 2)
    hasher.update(pa.array(["a", "é"]), np.array([[1, 2], [3, 4]], dtype=np.float32))
    parts = [
        b"item_id:string,vector:float32[2]",
        struct.pack("<2i", 1, 2),
        "aé".encode(),
        struct.pack("<4f", 1, 2, 3, 4),
    ]
    expected = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    assert hasher.digest().sha256 == expected
    assert (hasher.digest().rows, hasher.digest().dim) == (2, 2)


def test_ids_do_not_run_together() -> None:
    digests = set()
    for ids in (["ab", "c"], ["a", "bc"], ["abc", ""]):
        hasher = Hasher("item_id", 1)
        hasher.update(pa.array(ids), np.ones((2, 1), dtype=np.float32))
        digests.add(hasher.digest().sha256)
    assert len(digests) == 3
