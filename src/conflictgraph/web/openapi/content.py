"""What bodies are made of, on both ways: media types with their schemas, and the answers that many share.

Must not know the operations.
"""

from http import HTTPStatus

from conflictgraph import formats
from conflictgraph.web.openapi import headers
from conflictgraph.web.openapi.operation import Answer, Json
from conflictgraph.web.openapi.schemas import TEXT, of_formats, reference

OK, CREATED, EMPTY = HTTPStatus.OK.value, HTTPStatus.CREATED.value, HTTPStatus.NO_CONTENT.value
SEE, SAME = HTTPStatus.SEE_OTHER.value, HTTPStatus.NOT_MODIFIED.value
PART, NO_PART = HTTPStatus.PARTIAL_CONTENT.value, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value

HTML: Json = {"text/html": TEXT}
RESULTS = of_formats((*formats.RESULT_FORMATS, *formats.RDF_FORMATS))
TRIPLES = of_formats(f for f in formats.RDF_FORMATS if f not in (formats.NQUADS, formats.TRIG))
REPORTS = tuple(format.media_type for format in formats.RDF_FORMATS)
DOCUMENTS: Json = {
    **{media_type: {"schema": TEXT} for media_type in of_formats(formats.RDF_FORMATS)},
    "multipart/form-data": {
        "schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}
    },
}
"""What is taken in: one document, or a form with files."""

UNCHANGED = Answer("The client has it already.", headers=headers.KEPT)
TO_PAGE = Answer("A browser is led to the page.", HTML, ("Location", "Vary", *headers.LIMITED))
WRITTEN = Answer("Published.", {"application/json": reference("Written")}, ("Link", *headers.LIMITED))
SOURCE_MADE = Answer("A new source.", WRITTEN.content, ("Location", *WRITTEN.headers))
NOTHING_NEW = Answer("The document says nothing; nothing is changed.", headers=headers.LIMITED)


def read(description: str, content: Json, *more: str) -> dict[int, Answer]:
    """What GET answers from a generation; `more` are further headers."""
    return {OK: Answer(description, content, (*headers.KEPT, *more)), SAME: UNCHANGED}


def live(description: str, content: Json) -> dict[int, Answer]:
    """What GET answers of the moment."""
    return {OK: Answer(description, content, ("Vary", *headers.LIMITED))}


def form(fields: Json) -> Json:
    """A body with parameters."""
    return {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}
