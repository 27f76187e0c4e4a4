"""The whole document, OpenAPI 3.1.1: every path with its methods, and the components they refer to.

Must not know what an operation does.
"""

import json
from collections.abc import Mapping
from typing import Any

from conflictgraph import errors as e
from conflictgraph.web.openapi import headers, parameters, reading, schemas, writing
from conflictgraph.web.openapi.operation import Answer, Json, Operation

_ABOUT = (
    "A knowledge graph of armed conflict as it is reported. Reading is for everybody; writing needs a token. "
    "Unknown parameters are ignored. Each answer may be read by scripts of any origin. Behind the first byte "
    "there is no status: an answer that breaks off breaks the connection. An address longer than 64 kB is "
    "414, a head longer than the limit of the server 431, and what is no HTTP 400, without a body."
)

_OPERATIONS = {**reading.OPERATIONS, **writing.OPERATIONS}


def document(version: str) -> Json:
    """The document; its addresses are relative to where it was read."""
    paths = {path: _path(operations) for path, operations in _OPERATIONS.items()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "conflictgraph",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "components": {
            "responses": _shared_responses(paths),
            "schemas": schemas.COMPONENTS,
            "parameters": parameters.COMPONENTS,
            "headers": headers.COMPONENTS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "paths": paths,
    }


def _path(operations: Mapping[str, Operation]) -> dict[str, Any]:
    """The Path Item Object: HEAD comes with GET, OPTIONS with everything."""
    described = {method: operation.described() for method, operation in operations.items()}
    if "get" in described:
        described["head"] = _head(described["get"])
    described["options"] = _options(next(iter(operations.values())))
    return described


def _head(get: Json) -> Json:
    bare = {
        status: {k: v for k, v in each.items() if k != "content"} for status, each in get["responses"].items()
    }
    summary = "The status and headers of GET."
    return get | {"operationId": get["operationId"] + "Head", "summary": summary, "responses": bare}


def _options(beside: Operation) -> Json:
    answer = Answer("No body.", headers=(*headers.PREFLIGHT, *headers.LIMITED))
    in_path = [name for name in beside.parameters if parameters.COMPONENTS[name]["in"] == "path"]
    return Operation(
        f"{beside.id}Options",
        "What a script from another origin may send here.",
        {204: answer},
        (e.NotFound,) if in_path else (),
        tuple(in_path),
    ).described()


def _shared_responses(paths: Json) -> Json:
    """The different responses, by names; in the paths they become references."""
    names: dict[str, str] = {}
    shared: Json = {}
    for operation in (each for path in paths.values() for each in path.values()):
        for status, response in operation["responses"].items():
            name = names.setdefault(json.dumps(response), f"{status}-{len(names) + 1}")
            shared[name] = response
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared
