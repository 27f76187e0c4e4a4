"""The JSON that is answered, as JSON Schema components of the document; and what formats are made of.

Must not know which operation answers what.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from conflictgraph import errors, formats
from conflictgraph.formats import Format

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
LINKED_DATA: Json = {"description": "JSON-LD", "type": ["object", "array"]}


def _object(required: Json, optional: Json | None = None, *, closed: bool = True) -> Json:
    told: Json = {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
    return told | ({"additionalProperties": False} if closed else {})


def _many(schema: Json) -> Json:
    return {"type": "array", "items": schema}


def _kinds() -> Iterator[str]:
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.ConflictGraphError):
            yield f"* `{name}`: {(inspect.getdoc(kind) or '').splitlines()[0]}"


def reference(name: str) -> Json:
    """A reference to one of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


COMPONENTS: Json = {
    "Problem": {
        "description": "What went wrong (RFC 9457). `kind` tells one error from another of the same status.",
        **_object(
            {"type": {"const": "about:blank"}, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
            {
                "kind": {"description": "\n".join(_kinds()), **TEXT},
                "line": {"type": "integer", "minimum": 1},
                "column": {"type": "integer", "minimum": 1},
                "offered": _many(TEXT),
                "report": reference("Report"),
                "rejected": {"type": ["integer", "null"]},
            },
        ),
    },
    "Written": {
        "description": "The generation that was published, the triples added and removed, the warnings.",
        **_object({"generation": COUNT, "added": COUNT, "removed": COUNT, "warnings": COUNT}),
    },
    "Generation": _object(
        {
            "number": {"type": "integer", "minimum": 1},
            "published": {"type": "string", "format": "date-time"},
            "note": TEXT,
            "base": {"type": ["integer", "null"]},
            "current": {"type": "boolean"},
            "sparql": TEXT,
        },
        {
            "by": TEXT,
            "software": TEXT,
            "added": {"type": ["integer", "null"]},
            "removed": {"type": ["integer", "null"]},
            "warnings": {"type": ["integer", "null"]},
            "inputs": _many(_object({"name": TEXT, "sha256": TEXT})),
        },
    ),
    "Generations": _object({"generations": _many(reference("Generation"))}),
    "Health": _object({"status": {"const": "ok"}, "version": TEXT}),
    "Ready": _object({"status": {"const": "ready"}, "version": TEXT, "generation": COUNT}),
    "Term": {
        "description": "SPARQL 1.1 Query Results JSON Format, 3.2.2, with the triples of SPARQL 1.2.",
        **_object(
            {
                "type": {"enum": ["uri", "literal", "bnode", "triple"]},
                "value": {"anyOf": [TEXT, {"type": "object"}]},
            },
            {"xml:lang": TEXT, "its:dir": TEXT, "datatype": TEXT},
        ),
    },
    "Results": {
        "description": "SPARQL 1.1 Query Results JSON Format: rows, or a truth value.",
        "anyOf": [
            _object(
                {
                    "head": _object({"vars": _many(TEXT)}),
                    "results": _object(
                        {"bindings": _many({"type": "object", "additionalProperties": reference("Term")})}
                    ),
                }
            ),
            _object({"head": {"type": "object"}, "boolean": {"type": "boolean"}}),
        ],
    },
    "Explanation": {
        "description": "A triple, the rule it follows by (or `asserted`), its graphs or its premises.",
        **_object({"triple": {"type": "object"}, "rule": TEXT}, closed=False),
    },
    "Report": {
        "description": "A SHACL validation report.",
        **_object(
            {
                "conforms": {"type": "boolean"},
                "conformsExactly": {"type": "boolean"},
                "results": _many({"type": "object", "required": ["focusNode", "severity", "sourceShape"]}),
                "delegated": _many(_object({"shape": reference("Term"), "reason": TEXT})),
            },
            closed=False,
        ),
    },
    "Sarif": {"description": "SARIF 2.1.0", **_object({"version": {"const": "2.1.0"}}, closed=False)},
}


def of_formats(offered: Iterable[Format]) -> dict[str, Json]:
    """Each media type under which a format is answered, with the schema of its documents."""
    found: dict[str, list[Json]] = {}
    for format in offered:
        for media_type in (format.media_type, *format.aliases):
            schemas = found.setdefault(media_type, [])
            if (schema := _schema(format)) not in schemas:
                schemas.append(schema)
    return {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in found.items()}


def _schema(format: Format) -> Json:
    if format == formats.JSON:
        return reference("Results")
    return LINKED_DATA if format == formats.JSONLD else TEXT
