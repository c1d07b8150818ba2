import gc
import shutil
import weakref
from pathlib import Path

import pytest

from itemvec.commands.service.system import System
from itemvec.core.errors import TableError
from tests.commands.service.exports import TEXTS, write_export, write_search


def test_another_version_is_taken_when_it_is_whole_and_the_old_folder_is_not_needed(tmp_path: Path) -> None:
    """The second has its vectors in the other order, so that an answer tells which version gave it."""
    folders = [write_search(tmp_path / str(order), tmp_path / f"tables{order}", order) for order in (1, -1)]
    live, work = tmp_path / "live", tmp_path / "work"
    work.mkdir()
    shutil.copytree(folders[0], live)
    system = System(live, work)

    def best() -> str:
        ((_, hits),) = system.search([(TEXTS[0], 1, "vector")])
        return str(hits[0]["item_id"])

    shutil.rmtree(live)
    assert (system.changed(), best()) == (False, "t0")  # nothing is there, and nothing is needed
    shutil.copytree(folders[1], live)
    (live / "model" / "model.safetensors").rename(tmp_path / "weights")
    assert (system.changed(), system.changed()) == (False, True)  # it must look the same twice
    with pytest.raises(Exception, match="model"):
        system.reload()
    assert (system.changed(), best()) == (False, "t0")  # not tried again
    (tmp_path / "weights").rename(live / "model" / "model.safetensors")
    first = system.about()["version"]
    assert (system.changed(), system.changed()) == (False, True)
    system.reload()
    assert (best(), system.changed(), len(list(work.iterdir()))) == ("t3", False, 1)
    assert system.about()["version"] != first
    with pytest.raises(TableError, match=r"has no itemvec\.json"):
        System(tmp_path / "tables1", work)


def test_the_weights_of_a_former_version_are_freed(tmp_path: Path) -> None:
    """At once, and not when Python next looks for cycles: a swap may come each minute."""
    live, work = write_search(tmp_path / "live", tmp_path / "tables"), tmp_path / "work"
    work.mkdir()
    system = System(live, work)
    system.search([(TEXTS[0], 1, "vector")])
    weights = [weakref.ref(one) for one in system.version.model.parameters()]  # type: ignore[union-attr]
    gc.disable()  # only what reload does
    try:
        system.reload()
    finally:
        gc.enable()
    assert weights
    assert [one() for one in weights] == [None] * len(weights)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "one", 0)
    (folder / "recommender" / "recommender.json").write_text("{")
    with pytest.raises(TableError, match=r"one: cannot be loaded \(JSONDecodeError: .*\); export it again") as error:
        System(folder, tmp_path)
    assert "\n" not in error.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["one"]  # nothing is held for it
