import numpy as np

from itemvec.tuners.duplicates import duplicates


def test_the_same_words_and_near_vectors_are_found() -> None:
    texts = ["Red shirt!", "shirt, RED", "red shirts", "blue hat", "?"]
    angles = np.array([0.0, 0.1, 0.2, 1.5, 3.0])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = duplicates(texts, vectors, ["red shirt", "??"], np.array([[1, 0], [0, -1]], np.float32), 0.97)
    assert found.words.tolist() == [True, True, False, False, False]
    assert found.near.tolist() == [False, False, True, False, False]
    assert found.counts() == {"same_words": 2, "near": 1}
    none = duplicates(texts, vectors, [], np.empty((0, 2), np.float32), 0.97)
    assert not none.either.any()
