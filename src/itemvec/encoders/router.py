"""Models with separate routes for queries and documents (sentence-transformers' ``Router``)."""

from __future__ import annotations

from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.encoders.base import Role

TASKS: dict[Role, str] = {"item": "document", "query": "query"}  # what sentence-transformers calls our roles


def has_routes(subject: str, model: Any) -> bool:
    """Whether the model has separate routes for items and queries.

    Raises
    ------
    ParamsError
        One of the roles has no route. The message begins with ``subject``.
    """
    from sentence_transformers.sentence_transformer.modules import Router

    routers = [module for module in model if isinstance(module, Router)]
    for router in routers:
        for role, task in TASKS.items():
            try:
                router._resolve_route(task, "text")
            except ValueError as error:
                raise ParamsError(f"{subject}: it has routes, and none for a text of role {role}: {error}") from None
    return bool(routers)
