"""An encoder and a function that take their time, so that something can happen to them; a checker to which it does."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.arrays import Floats
from itemvec.core.errors import ItemvecError
from itemvec.encoders import ENCODERS, Corpus, LoadedEncoder, Plain, Role
from itemvec.stages.expectations import Checker, Expectation, Outcome

SECONDS = 0.3  # for a batch


@dataclass(frozen=True)
class Slow:
    """Hashing that takes its time, and leaves a line in a file for every batch; or that fails."""

    folder: str
    fault: str = ""
    dim: int = 64

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        return {"process": os.getpid()} if self.fault == "other" else {}

    def load(self, corpus: Corpus) -> LoadedEncoder:
        import ray

        hashing = ENCODERS.build("hashing", {"kind": "hashing", "dim": self.dim})
        loaded, node = hashing.load(corpus), ray.get_runtime_context().get_node_id() if ray.is_initialized() else "none"

        def encode(some: Sequence[str], role: Role) -> Floats:
            with (Path(self.folder) / f"{node}-{os.getpid()}").open("a") as file:
                file.write("one\n")
            if self.fault == "model":
                raise ItemvecError("model: no memory for one text")
            if self.fault == "bug":
                raise ZeroDivisionError("a bug")
            if self.fault == "fatal":
                os._exit(1)
            time.sleep(SECONDS)
            ((_, vectors),) = loaded.encode(loaded.prepare(some, role))
            return vectors

        return Plain(encode)


def doubled(how: tuple[str, str], part: int) -> int:
    """Twice a number, after a while, with a line in a file for every call; or a failure."""
    import ray

    folder, fault = how
    with (Path(folder) / f"{ray.get_runtime_context().get_node_id()}-{os.getpid()}").open("a") as file:
        file.write(f"{part}\n")
    if fault == "data":
        raise ItemvecError("items: 3 vectors hold NaN")
    if fault == "fatal":
        os._exit(1)
    time.sleep(SECONDS)
    return 2 * part


class Dying(Checker):
    """Great Expectations, whose first worker of all ends without a word when it has checked two blocks.

    The workers leave a line in ``folder`` for every block.
    """

    def __init__(self, folder: str, home: int, name: str, keys: list[str]) -> None:
        super().__init__(name, keys)
        self.folder, self.home = folder, home

    def __reduce__(self) -> tuple[Any, ...]:
        return Dying, (self.folder, self.home, self.name, self.keys)

    def check(self, frame: Any, expectations: list[Expectation]) -> list[Outcome]:
        """The outcome of each expectation, unless this process ends."""
        outcomes = super().check(frame, expectations)
        if os.getpid() != self.home:
            mine = Path(self.folder) / str(os.getpid())
            with mine.open("a") as file:
                file.write(f"{frame.index[0]} {len(frame)}\n")
            if len(mine.read_text().splitlines()) == 2:
                try:
                    (Path(self.folder) / "lost").touch(exist_ok=False)
                except FileExistsError:
                    return outcomes
                os._exit(1)
        return outcomes
