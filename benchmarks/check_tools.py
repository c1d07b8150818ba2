"""What the checks on a GPU share: where they run, and how they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

Said = dict[str, str]


class CheckError(Exception):
    """The device gives something else than the processor."""


def expect(claim: bool, said: str) -> None:
    """Raise ``CheckError`` with what was found, unless the claim holds."""
    if not claim:
        raise CheckError(said)


@contextmanager
def on(device: str) -> Iterator[None]:
    """Let everything inside run on a device."""
    before = os.environ.get("ITEMVEC_DEVICE")
    os.environ["ITEMVEC_DEVICE"] = device
    try:
        yield
    finally:
        os.environ.pop("ITEMVEC_DEVICE")
        if before is not None:
            os.environ["ITEMVEC_DEVICE"] = before
