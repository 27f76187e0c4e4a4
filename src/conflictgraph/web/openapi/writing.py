"""The operations that take documents and updates in, and the reading beside them.

Must not know how any is done.
"""

from conflictgraph import errors as e
from conflictgraph.web.openapi import kinds, parameters
from conflictgraph.web.openapi.content import (
    CREATED,
    DOCUMENTS,
    EMPTY,
    NOTHING_NEW,
    OK,
    REPORTS,
    SOURCE_MADE,
    TRIPLES,
    WRITTEN,
    form,
    live,
    read,
)
from conflictgraph.web.openapi.operation import Kinds, Operation
from conflictgraph.web.openapi.schemas import LINKED_DATA, TEXT, reference


def _graph_store(id: str, *names: str) -> dict[str, Operation]:
    unrouted: Kinds = (e.NotFound,) if "graph-name" in names else ()  # an address with a line feed
    reading = Operation(
        f"read{id}",
        "The graph.",
        read("The triples.", TRIPLES),
        (*kinds.READING, e.ResultTooLarge),
        (*names, "generation", "Accept-Datetime", "If-None-Match"),
    )
    putting = Operation(
        f"replace{id}",
        "Replace the graph.",
        {OK: WRITTEN, CREATED: SOURCE_MADE},
        (*kinds.DOCUMENTS, *kinds.WRITING, *unrouted),
        (*names, "Content-Encoding"),
        DOCUMENTS,
        writes=True,
        reports=REPORTS,
    )
    posting = Operation(
        f"add{id}",
        "Add to the graph.",
        {**putting.answers, EMPTY: NOTHING_NEW},
        putting.errors,
        putting.parameters,
        DOCUMENTS,
        writes=True,
        reports=REPORTS,
    )
    deleting = Operation(
        f"remove{id}",
        "Remove the graph.",
        {OK: WRITTEN},
        (*kinds.PAST, *kinds.WRITING),
        names,
        writes=True,
        reports=REPORTS,
    )
    return {"get": reading, "put": putting, "post": posting, "delete": deleting}


_UPDATE = Operation(
    "update",
    "SPARQL 1.1 Protocol, update operation, through the gate.",
    {OK: WRITTEN},
    kinds.UPDATING,
    ("using-graph-uri", "using-named-graph-uri", "Content-Encoding"),
    {
        "application/sparql-update": {"schema": parameters.UPDATE},
        **form(
            {
                "update": parameters.UPDATE,
                "using-graph-uri": parameters.IRIS,
                "using-named-graph-uri": parameters.IRIS,
            }
        ),
    },
    writes=True,
    reports=REPORTS,
)
_REPORTS = {
    "text/turtle": TEXT,
    "application/ld+json": LINKED_DATA,
    "application/json": reference("Report"),
    "application/sarif+json": reference("Sarif"),
    "text/plain": TEXT,
}
_VALIDATE = Operation(
    "validate",
    "Check RDF against the shapes; nothing is stored.",
    live("The report.", _REPORTS),
    (*kinds.DOCUMENTS, e.NotAcceptable, *kinds.LIMITED, e.QueryTimeout, e.WorkerFailed),
    ("Content-Encoding",),
    DOCUMENTS,
)

OPERATIONS: dict[str, dict[str, Operation]] = {
    "/update": {"post": _UPDATE},
    "/data": _graph_store("Graph", "graph", "default"),
    "/graph/{name}": _graph_store("GraphDirectly", "graph-name"),
    "/validate": {"post": _VALIDATE},
}
