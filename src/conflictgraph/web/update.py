"""SPARQL 1.1 Protocol, update operation: through the gate.

Must not know how an update is evaluated.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from conflictgraph.errors import MalformedRequest, QueryTooLarge, UnsupportedMediaType
from conflictgraph.federation.loading import loaded
from conflictgraph.federation.outside import Outside
from conflictgraph.gate import changes
from conflictgraph.gate.publishing import Gate, publish
from conflictgraph.ingest.documents import Bounds, Placed
from conflictgraph.settings import Settings
from conflictgraph.store.operations import Operation, operations
from conflictgraph.store.tokens import Token
from conflictgraph.web import bodies, written
from conflictgraph.web.authority import require_token
from conflictgraph.web.negotiation import require_utf8
from conflictgraph.web.sparql import resolving

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-update"


def blueprint(gate: Gate, settings: Settings, bounds: Bounds, outside: Outside | None) -> Blueprint:
    """The route `/update`. What an update names in SERVICE and LOAD is fetched before its draft begins."""
    part = Blueprint("update", __name__)

    @part.post("/update")
    def update() -> Response:
        """Run an update request (SPARQL 1.1 Protocol, section 2.2), and publish what comes of it."""
        require_token(settings)
        text = _text(settings.query_max_bytes)
        with (
            bodies.kept_text(bounds, text, "update.ru") as document,
            resolving(settings.base_iri) as prologue,
            fetched(prologue + _on_dataset(text)) as full,
        ):
            return written.response(publish(gate, changes.update(full, document, settings.free_graphs)))

    def fetched(text: str) -> AbstractContextManager[Sequence[str | Placed]]:
        if outside is None:
            return nullcontext((text,))
        return loaded(text, outside, bounds, settings.update_timeout)

    return part


def _text(limit: int) -> str:
    require_utf8(request.content_type)
    if request.mimetype == DIRECT:
        return bodies.text(limit)
    if request.mimetype != FORM:
        raise UnsupportedMediaType(request.content_type or "no Content-Type", (FORM, DIRECT))
    texts = request.form.getlist("update")
    if len(texts) != 1:
        raise MalformedRequest(f"Expected one parameter 'update'; found {len(texts)}.")
    if len(texts[0].encode()) > limit:
        raise QueryTooLarge(len(texts[0].encode()), limit)
    return texts[0]


def _on_dataset(text: str) -> str:
    """The update with the dataset of the parameters, as USING in each operation that has a pattern."""
    clauses = "".join(f"{words} {graph} " for words, graph in _using())
    if not clauses:
        return text
    found = operations(text)
    if found is None:
        raise MalformedRequest(
            "The update can be read in two ways. Put spaces around <, or write USING in it."
        )
    edits = [edit for operation in found for edit in _edits(operation, text, clauses)]
    if not edits:
        raise MalformedRequest("The parameters name a dataset, but no operation of the update has a pattern.")
    for place, added in reversed(edits):
        text = text[:place] + added + text[place:]
    return text


def _using() -> Iterator[tuple[str, NamedNode]]:
    for name, words in (("using-graph-uri", "USING"), ("using-named-graph-uri", "USING NAMED")):
        for iri in request.values.getlist(name):
            try:
                yield words, NamedNode(iri)
            except ValueError as error:
                raise MalformedRequest(f"{name} must be an absolute IRI: {error}.") from error


def _edits(operation: Operation, text: str, clauses: str) -> Iterator[tuple[int, str]]:
    """What is put where. Raises `MalformedRequest` for WITH and USING beside the parameters (2.2.3)."""
    outer = list(_outside_braces(operation))
    is_data = operation.begins("INSERT", "DATA") or operation.begins("DELETE", "DATA")
    if operation.begins("DELETE", "WHERE"):
        pattern = text[outer[1].end : operation.tokens[-1].end]
        yield outer[1].start, f"{pattern} {clauses}"
    elif outer and outer[0].is_word("INSERT", "DELETE", "WITH") and not is_data:
        if not all(token.is_word("INSERT", "DELETE", "WHERE") for token in outer):
            raise MalformedRequest(
                "The dataset of an update comes from parameters or from WITH and USING in it, not from both."
            )
        yield outer[-1].start, clauses


def _outside_braces(operation: Operation) -> Iterator[Token]:
    depth = 0
    for token in operation.tokens:
        if token.is_symbol("{", "}"):
            depth += 1 if token.text == "{" else -1
        elif not depth:
            yield token
