"""The description of the service in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from itemvec import __version__
from itemvec.commands.service.requests import MODES
from itemvec.commands.service.settings import LONGEST_HISTORY, LONGEST_ID, LONGEST_QUERY, MOST_ITEMS

ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
ITEM = {
    "type": "object",
    "required": ["item_id", "text", "score"],
    "properties": {"item_id": {"type": "string"}, "text": {"type": "string"}, "score": {"type": "number"}},
}
REASONS = {
    "400": "A parameter is missing",
    "401": "The token is missing or wrong",
    "422": "A parameter is wrong",
    "503": "Too many requests wait",
}


def described(systems: list[str]) -> dict[str, Any]:
    """The paths, their parameters with limits, and their answers."""
    k = _parameter("k", {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 10})
    system = _parameter("system", {"type": "string", "enum": systems, "default": systems[0]})
    q = _parameter("q", {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY}, required=True)
    mode = _parameter("mode", {"type": "string", "enum": list(MODES), "default": MODES[0]})
    one = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
    ids = {"type": "array", "items": one, "maxItems": LONGEST_HISTORY}
    mask = {"type": "boolean", "default": True}
    asked = {"history": ids, "user": one, "k": k["schema"], "mask": mask, "system": system["schema"]}
    told = {
        "system": {"type": "string"},
        "version": {"type": "string", "description": "Of the export that answered"},
        "items": {"type": "array", "items": ITEM},
    }
    found = {"type": "object", "required": list(told), "properties": told}
    recommended = {**found, "properties": told | {"unknown_in_history": {"type": "integer"}}}
    parameters = [_parameter(name, asked[name]) for name in ("history", "user", "mask")]
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": asked}}}}
    refused = [*REASONS, "404"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "itemvec serve", "version": __version__, "summary": "Search and recommendation on exports"},
        "security": [{}, {"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/search": {"get": _operation("Items for a query", found, list(REASONS), [q, k, mode, system])},
            "/recommend": {
                "get": _operation("Items after a history", recommended, refused, [*parameters, k, system]),
                "post": _operation("Items after a history", recommended, [*refused, "413"]) | {"requestBody": body},
            },
            "/health": {"get": _operation("What is in use", {"type": "object"}, ["401"])},
            "/metrics": {"get": _operation("Counters of all workers, for Prometheus", None, ["401"])},
            "/openapi.json": {"get": _operation("This description", {"type": "object"}, ["401"])},
        },
    }


def _parameter(name: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _operation(
    summary: str, schema: dict[str, Any] | None, refused: list[str], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    content = {"text/plain": {"schema": {"type": "string"}}} if schema is None else _json(schema)
    reasons = REASONS | {"404": "There is no such user", "413": "The body is too large"}
    answers = {code: {"description": reasons[code], "content": _json(ERROR)} for code in refused}
    found = {"summary": summary, "responses": {"200": {"description": "Found", "content": content}} | answers}
    return found | ({"parameters": parameters} if parameters else {})


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
