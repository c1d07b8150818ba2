"""How deep to rank: no deeper than there are items, since each rank takes memory whether it is filled or not."""

from dataclasses import replace
from typing import TypeVar

from itemvec.core.protocols import RecommendProtocol, SearchProtocol
from itemvec.metrics.base import parse

Protocol = TypeVar("Protocol", RecommendProtocol, SearchProtocol)


def within(protocol: Protocol, n_items: int) -> Protocol:
    """The protocol with a ``depth`` of at most ``n_items``, or of the deepest metric, which cannot look deeper."""
    deepest = max((parse(metric)[1] for metric in protocol.metrics), default=0)
    return replace(protocol, depth=min(protocol.depth, max(n_items, deepest)))
