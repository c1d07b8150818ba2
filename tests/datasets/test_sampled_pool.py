import json
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from tests.datasets.test_esci import gains, load, write


def test_the_pool_is_what_is_wanted_and_some_of_the_same_category(tmp_path: Path) -> None:
    """Lamps are wanted, so lamps are drawn and chairs are not; a product without category is neither."""
    lamps, chairs = [f"L{n:02}" for n in range(30)], [f"C{n:02}" for n in range(30)]
    rows = [(f"lamp {n}", n, f"L{n:02}", "us", "E", 1, 1, "test") for n in range(3)]
    rows += [("odd", 9, "X", "us", "E", 1, 1, "test"), ("lamp 0", 0, "C01", "us", "S", 1, 1, "test")]
    write(tmp_path, rows, [(name, name, None, None, None, None, "us") for name in [*lamps, *chairs, "X"]])
    categories = dict.fromkeys(lamps, "Lamps") | dict.fromkeys(chairs, "Chairs") | {"X": "Unknown"}
    (tmp_path / "asin2category.json").write_text(json.dumps(categories))
    one, again, other = (load(tmp_path, catalogue="sampled", negatives=4, draw=draw) for draw in (0, 0, 1))
    found = set(one.items["item_id"].to_pylist())
    assert {"L00", "L01", "L02"} < found < set(lamps)
    assert 6 <= len(found) <= 3 + 3 * 4
    assert (one.items, one.items.equals(other.items)) == (again.items, False)
    assert gains(one) == {(str(n), f"L{n:02}"): 1.0 for n in range(3)}


def test_files_of_another_release_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    for text, said in (("{}", "has a category for no product"), ("[]", "expected an object"), ("{", "is no JSON")):
        (tmp_path / "asin2category.json").write_text(text)
        with pytest.raises(DatasetError, match=said):
            load(tmp_path, catalogue="sampled")
