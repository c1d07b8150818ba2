import numpy as np
import pyarrow as pa

from itemvec.retrievers import Entries


def test_some_entries_keep_ids_texts_and_vectors_together() -> None:
    blocks = [np.arange(4, dtype=np.float32).reshape(2, 2), np.full((1, 2), 9, dtype=np.float32)]
    entries = Entries(pa.array(["a", "b", "c"]), pa.array(["x", "y", "z"]), blocks)
    found = entries.where(np.array([False, True, True]))
    assert found.ids.to_pylist() == ["b", "c"]
    assert found.words("test") == ["y", "z"]
    for _ in range(2):  # they may be read again
        assert np.concatenate(list(found.blocks("test"))).tolist() == [[2, 3], [9, 9]]
    assert entries.where(np.ones(3, dtype=bool)) is entries
    assert len(Entries(entries.ids).where(np.array([True, False, False]))) == 1
