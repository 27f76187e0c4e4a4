"""What is said of one operation, and how its answers are written in OpenAPI.

Must not know which operations there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from conflictgraph import errors as e
from conflictgraph.web.errors import status_of
from conflictgraph.web.openapi import headers

Json = dict[str, Any]
Kinds = tuple[type[e.ConflictGraphError], ...]

PROBLEM = "application/problem+json"
_OF_ALL = ("X-Request-Id",)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error: its media types with their schemas, and the names of its own headers."""

    description: str
    content: Mapping[str, Json] = field(default_factory=dict)
    headers: tuple[str, ...] = ()

    def described(self) -> Json:
        """The Response Object."""
        content = {media_type: {"schema": schema} for media_type, schema in self.content.items()}
        told: Json = {
            "description": self.description,
            "headers": headers.named(*headers.ALWAYS, *self.headers),
        }
        return told | ({"content": content} if content else {})


@dataclass(frozen=True, slots=True)
class Operation:
    """`parameters` are names of components; `errors` are the kinds that can come of it.

    `reports` are the media types in which data that does not conform may be told about instead.
    """

    id: str
    summary: str
    answers: Mapping[int, Answer]
    errors: Kinds = ()
    parameters: tuple[str, ...] = ()
    body: Json | None = None
    writes: bool = False
    reports: tuple[str, ...] = ()

    def described(self) -> Json:
        """The Operation Object."""
        told: Json = {"operationId": self.id, "summary": self.summary}
        names = (*self.parameters, *_OF_ALL)
        told["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in names]
        if self.body:
            told["requestBody"] = {"required": True, "content": self.body}
        if self.writes:
            told["security"] = [{"token": []}]
        answers = {status: answer.described() for status, answer in self.answers.items()}
        answers |= _problems(self.errors, self.reports)
        return told | {"responses": {str(status): answers[status] for status in sorted(answers)}}


def _problems(kinds: Iterable[type[e.ConflictGraphError]], reports: tuple[str, ...]) -> dict[int, Json]:
    """A Response Object for each status to which the kinds lead."""
    by_status: dict[HTTPStatus, list[type[e.ConflictGraphError]]] = {}
    for kind in kinds:
        by_status.setdefault(status_of(kind), []).append(kind)
    return {status.value: _problem(status, kinds, reports) for status, kinds in by_status.items()}


def _of_report(media_type: str) -> Json:
    """JSON-LD is JSON, and may be a list; whoever reads the rest has a text."""
    return {} if media_type.endswith("json") else {"type": "string"}


def _problem(status: HTTPStatus, kinds: list[type[e.ConflictGraphError]], reports: tuple[str, ...]) -> Json:
    names = [kind.__name__ for kind in kinds]
    only: Json = {
        "type": "object",
        "properties": {"status": {"const": status.value}, "kind": {"enum": names}},
    }
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, only]}
    content: Json = {PROBLEM: {"schema": schema}, "text/html": {"schema": {"type": "string"}}}
    if e.DoesNotConform in kinds:
        content |= {media_type: {"schema": _of_report(media_type)} for media_type in reports}
    own = headers.OF_STATUS.get(status, ())
    return {
        "description": f"{status.phrase}: {', '.join(names)}.",
        "headers": headers.named(*headers.ALWAYS, *own),
        "content": content,
    }
