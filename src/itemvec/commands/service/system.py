"""One system that answers: the version in use, which is exchanged between two batches."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

from itemvec.commands.service.version import Hit, Version, load, signature

Asked = tuple[str, int, str]  # query, number of items, mode
Found = tuple[str, list[Hit]]  # name of the version, and what it found


class System:
    """An export in use.

    Parameters
    ----------
    folder
        The export, or a link to it.
    work
        Folder for the tables that are held.

    Raises
    ------
    ItemvecError
        It cannot be loaded.
    """

    def __init__(self, folder: Path, work: Path) -> None:
        self.folder, self._work = folder, work
        self._tried = self._seen = signature(folder)
        self.version = load(folder, work)
        self._lock = threading.Lock()  # held while a batch is answered, or the version exchanged

    def search(self, asked: list[Asked]) -> list[Found]:
        """Answer a batch, all by the same version."""
        with self._lock:
            version = self.version
            return [(version.name, hits) for hits in version.search(asked)]

    def recommend(self, history: list[str], k: int, mask: bool) -> tuple[str, list[Hit], int]:
        """Recommend after a history; the last number says how many of its items the network does not know."""
        with self._lock:
            version = self.version
            network = version.recommender
            if network is None:
                raise LookupError
            pairs = network.recommend(history, k, mask)
            texts = version.texts([item for item, _ in pairs])
            unknown = sum(item not in network.places for item in history)
        hits: list[Hit] = [{"item_id": item, "text": texts.get(item, ""), "score": score} for item, score in pairs]
        return version.name, hits, unknown

    def changed(self) -> bool:
        """Whether there is another version, which has looked the same twice and was not tried yet."""
        now = signature(self.folder)
        settled, self._seen = now is not None and now == self._seen, now
        return settled and now != self._tried

    def reload(self) -> None:
        """Load the version in the folder and use it from the next batch on.

        Raises
        ------
        Exception
            It cannot be loaded; the former one stays in use, and it is not tried again until it changes.
        """
        tried = self._seen
        try:
            found = load(self.folder, self._work)
        except Exception:
            self._tried = tried
            raise
        self._tried = tried
        with self._lock:
            former, self.version = self.version, found
        former.close()
        del former
        gc.collect()  # modules of torch refer to each other: the former weights would stay for many swaps

    def about(self) -> dict[str, Any]:
        """What is in use."""
        version: Version = self.version
        said: dict[str, Any] = {
            key: version.about[key] for key in ("model", "variant", "dim", "items") if key in version.about
        }
        searches = version.model is not None and version.table is not None
        return {"version": version.name, **said, "search": searches, "recommend": version.recommender is not None}
