"""Where the blocks of a long computation are worked on: in this process, or wherever an engine sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol, TypeVar

from itemvec.core.arrays import Floats

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Stretch:
    """Some blocks of vectors that follow each other, and the position of their first row.

    blocks
        float32 of shape (any, dim); read once, and before the next stretch is asked for.
    """

    start: int
    blocks: Iterable[Floats]

    def held(self) -> Stretch:
        """The same with all blocks in memory."""
        return Stretch(self.start, list(self.blocks))


def stretches(blocks: Iterable[Floats], size: int) -> Iterator[Stretch]:
    """Cut blocks into stretches of ``size`` blocks; how they are cut depends on nothing else."""
    rest, start = iter(blocks), 0

    def counted(some: Iterable[Floats]) -> Iterator[Floats]:
        nonlocal start
        for block in some:
            start += len(block)
            yield block

    for first in rest:
        some = counted(chain([first], islice(rest, size - 1)))
        yield Stretch(start, some)
        for _ in some:  # what was not read, so that the next begins where it should
            pass


class Engine(Protocol):
    """Applies functions to parts of the data."""

    def map(self, function: Callable[[Shared, Part], Found], shared: Shared, parts: Iterable[Part]) -> Iterator[Found]:
        """``function(shared, part)`` of each part, in the order of the parts, which are read as they are needed."""
        ...

    def stretches(self, blocks: Iterable[Floats]) -> Iterable[Stretch]:
        """Blocks, cut as suits the engine, for a function whose results do not depend on where they are cut."""
        ...


class Here:
    """The engine ``local``: one part after the other, in this process."""

    def map(self, function: Callable[[Shared, Part], Found], shared: Shared, parts: Iterable[Part]) -> Iterator[Found]:
        """Apply the function when its result is asked for."""
        return (function(shared, part) for part in parts)

    def stretches(self, blocks: Iterable[Floats]) -> Iterable[Stretch]:
        """All blocks as one stretch."""
        return [Stretch(0, blocks)]


HERE = Here()
