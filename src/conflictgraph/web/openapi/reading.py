"""The operations that leave the graph as it is.

Must not know how any is done.
"""

from conflictgraph import errors as e
from conflictgraph import formats
from conflictgraph.web.openapi import kinds, parameters
from conflictgraph.web.openapi.content import (
    EMPTY,
    HTML,
    NO_PART,
    OK,
    PART,
    RESULTS,
    SAME,
    SEE,
    TO_PAGE,
    TRIPLES,
    form,
    live,
    read,
)
from conflictgraph.web.openapi.headers import KEPT, LIMITED
from conflictgraph.web.openapi.operation import PROBLEM, Answer, Json, Operation
from conflictgraph.web.openapi.schemas import LINKED_DATA, TEXT, reference

_WHEN = ("generation", "Accept-Datetime", "If-None-Match")
_DATASET = ("default-graph-uri", "named-graph-uri")
_BESIDE = (*_DATASET, "format", "generation", "Accept-Datetime", "Query-Id")
_FILES: Json = dict.fromkeys(("text/css", "text/javascript", "image/svg+xml"), TEXT)


def _page_or_data(id: str, summary: str, *names: str) -> dict[str, Operation]:
    answers = read("A page, or triples.", {**HTML, **TRIPLES})
    return {"get": Operation(id, summary, answers, kinds.READING, (*names, *_WHEN))}


_SPARQL = {
    "get": Operation(
        "query",
        "SPARQL 1.1 Protocol, query operation; without a query, the description of the service.",
        read("Rows, a truth value, or triples.", RESULTS, "Query-Id") | {SEE: TO_PAGE},
        kinds.QUERYING,
        ("query", *_BESIDE, "If-None-Match"),
    ),
    "post": Operation(
        "queryByPost",
        "The same, with the query in the body.",
        {OK: Answer("Rows, a truth value, or triples.", RESULTS, (*KEPT, "Query-Id"))},
        (*kinds.QUERYING, e.UnsupportedMediaType, *kinds.BODY),
        _BESIDE,
        {
            "application/sparql-query": {"schema": parameters.QUERY},
            **form(
                {
                    "query": parameters.QUERY,
                    "default-graph-uri": parameters.IRIS,
                    "named-graph-uri": parameters.IRIS,
                    "format": parameters.FORMAT,
                    "generation": parameters.GENERATION,
                }
            ),
        },
    ),
}
_CANCEL = Operation("cancel", "Stop a query.", {EMPTY: Answer("Stopped.")}, (e.NotFound,), ("id",))
_HOME = Operation(
    "home",
    "The page for people, with an editor.",
    read("The page.", HTML),
    (*kinds.LIMITED, *kinds.EVALUATION),
    ("editor", "If-None-Match"),
)
_DATASET_ABOUT = Operation(
    "dataset",
    "What is in the graph, by numbers: VoID and DCAT.",
    read("The description.", TRIPLES),
    kinds.READING,
    _WHEN,
)
_THING = Operation(
    "thing",
    "A thing is no document: see its description.",
    {SEE: Answer("Its description.", HTML, ("Location", "Vary", *LIMITED))},
    (*kinds.PAST, e.NotAcceptable, *kinds.LIMITED, *kinds.ENGINE),
    ("thing", "generation", "Accept-Datetime"),
)
_GENERATIONS = Operation(
    "generations",
    "The generations that can be asked, newest first.",
    live("A page, or JSON.", {**HTML, "application/json": reference("Generations")}),
    (*kinds.LIMITED, *kinds.EVALUATION),
)
_GENERATION = Operation(
    "generation",
    "One generation.",
    live("A page, or JSON.", {**HTML, "application/json": reference("Generation")}),
    (e.NotFound, *kinds.LIMITED, *kinds.EVALUATION),
    ("number",),
)
_HEALTH = Operation(
    "health",
    "Whether the process answers.",
    {OK: Answer("It does.", {"application/json": reference("Health")})},
)
_READY = Operation(
    "ready",
    "Whether the store answers a query in good time.",
    {OK: Answer("It does.", {"application/json": reference("Ready")})},
    (e.NotReady,),
)
_METRICS = Operation(
    "metrics",
    "Numbers for Prometheus, for programs on the machine itself.",
    live("The numbers.", dict.fromkeys(("text/plain", "application/openmetrics-text"), TEXT)),
    (e.LocalOnly, e.NotFound),
)
_INTERFACE = Operation(
    "interface",
    "This document.",
    live("OpenAPI 3.1.", {"application/json": {"type": "object"}}),
    kinds.LIMITED,
)
_EXPLAIN = Operation(
    "explain",
    "Why a triple is in the graph.",
    read("A page, or JSON.", {**HTML, "application/json": reference("Explanation")}),
    (*kinds.PAST, e.UsageError, *kinds.LIMITED, *kinds.EVALUATION),
    ("subject", "predicate", "object", "If-None-Match"),
)
_CONTEXT = Operation(
    "context",
    "The JSON-LD context of the descriptions.",
    read("The context.", {formats.JSONLD.media_type: LINKED_DATA}),
    (*kinds.PAST, *kinds.LIMITED, *kinds.EVALUATION),
    _WHEN,
)
_DUMP = Operation(
    "dump",
    "Every named graph of a generation.",
    read("N-Quads.", {formats.NQUADS.media_type: TEXT}, "Content-Disposition"),
    (*kinds.PAST, e.ResultTooLarge, *kinds.LIMITED, *kinds.EVALUATION),
    _WHEN,
)
_STATIC = Operation(
    "static",
    "Style and scripts of the pages.",
    {
        OK: Answer("The file.", _FILES, ("ETag", "Vary", "Accept-Ranges")),
        PART: Answer("A part of the file.", _FILES, ("ETag", "Content-Range", "Accept-Ranges")),
        NO_PART: Answer(
            "The file has no such part.", {PROBLEM: reference("Problem"), **HTML}, ("Content-Range",)
        ),
        SAME: Answer("The client has it already.", headers=("ETag",)),
    },
    (e.NotFound,),
    ("filename", "If-None-Match", "Range"),
)

OPERATIONS: dict[str, dict[str, Operation]] = {
    "/": {"get": _HOME},
    "/sparql": _SPARQL,
    "/sparql/queries/{id}": {"delete": _CANCEL},
    "/.well-known/void": {"get": _DATASET_ABOUT},
    "/id/{name}": {"get": _THING},
    "/doc/{name}": _page_or_data("description", "The description of a thing.", "document"),
    "/scheme/{name}": _page_or_data("concept", "A SKOS scheme or one of its concepts.", "concept"),
    "/ontology": _page_or_data("ontology", "The ontology as one document, or its page."),
    "/ontology/{name}": _page_or_data("module", "A module of the ontology.", "module"),
    "/term/{name}": _page_or_data("term", "A term of the ontology.", "term"),
    "/context.jsonld": {"get": _CONTEXT},
    "/dump.nq": {"get": _DUMP},
    "/explain": {"get": _EXPLAIN},
    "/generations": {"get": _GENERATIONS},
    "/generations/{number}": {"get": _GENERATION},
    "/health": {"get": _HEALTH},
    "/ready": {"get": _READY},
    "/metrics": {"get": _METRICS},
    "/openapi.json": {"get": _INTERFACE},
    "/static/{filename}": {"get": _STATIC},
}
