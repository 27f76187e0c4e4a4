"""The parameters of requests, as components of the document.

Must not know which operation has which. OpenAPI leaves Accept, Content-Type and Authorization to the
descriptions of answers, bodies and tokens.
"""

from typing import Any

from conflictgraph import formats, graphs

Json = dict[str, Any]

QUERY: Json = {"type": "string", "format": "sparql-query", "contentMediaType": "application/sparql-query"}
UPDATE: Json = {"type": "string", "format": "sparql-update", "contentMediaType": "application/sparql-update"}
IRIS: Json = {"type": "array", "items": {"type": "string", "format": "iri"}}
GENERATION: Json = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
FORMAT: Json = {"enum": [f.short for f in (*formats.RESULT_FORMATS, *formats.RDF_FORMATS)]}


def _parameter(place: str, name: str, description: str, schema: Json, *examples: object) -> Json:
    told: Json = {"in": place, "name": name, "description": description, "schema": schema}
    if place == "path":
        told["required"] = True
    if examples:
        told["examples"] = {f"example-{number}": {"value": each} for number, each in enumerate(examples, 1)}
    return told


def _path(description: str, *examples: str) -> Json:
    return _parameter("path", "name", description, {"type": "string", "minLength": 1}, *examples)


def _place(name: str) -> Json:
    about = f"The {name}: a CURIE with the prefixes of the project, an IRI, or a literal as in Turtle."
    return _parameter("query", name, about, {"type": "string", "minLength": 1}) | {"required": True}


COMPONENTS: Json = {
    "query": _parameter(
        "query",
        "query",
        "A SPARQL 1.1 query, at most once. Without it, the description of the service.",
        QUERY,
        "SELECT * WHERE { ?s ?p ?o } LIMIT 3",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3",
        "ASK {}",
    ),
    "default-graph-uri": _parameter(
        "query", "default-graph-uri", "Graphs that make up the default graph.", IRIS, [graphs.ONTOLOGY.value]
    ),
    "named-graph-uri": _parameter(
        "query", "named-graph-uri", "Graphs that can be named.", IRIS, [graphs.ONTOLOGY.value]
    ),
    "using-graph-uri": _parameter("query", "using-graph-uri", "`USING` in each operation.", IRIS),
    "using-named-graph-uri": _parameter("query", "using-named-graph-uri", "`USING NAMED` in each.", IRIS),
    "format": _parameter(
        "query", "format", "The format, where Accept cannot be set. Media types work, too.", FORMAT, "csv"
    ),
    "generation": _parameter("query", "generation", "A generation that is kept.", GENERATION, 1),
    "graph": _parameter(
        "query",
        "graph",
        "The name of a graph. Exactly one of `graph` and `default` is given; POST to neither makes a source.",
        {"type": "string", "format": "iri"},
        graphs.SOURCE_PREFIX + "my-source",
    ),
    "default": _parameter(
        "query", "default", "The merged view, which is only read.", {"type": "string", "const": ""}
    ),
    "editor": _parameter("query", "query", "What the editor of queries holds.", QUERY),
    "Accept-Datetime": _parameter(
        "header",
        "Accept-Datetime",
        "The generation that was current then, or the first that is kept (RFC 7089).",
        {"type": "string"},
        "Wed, 14 Sep 2022 12:00:00 GMT",
    ),
    "If-None-Match": _parameter(
        "header", "If-None-Match", "ETags of what the client has.", {"type": "string"}, '"an-etag"', "*"
    ),
    "Range": _parameter(
        "header", "Range", "One part of the file (RFC 9110, 14.2).", {"type": "string"}, "bytes=0-99"
    ),
    "X-Request-Id": _parameter(
        "header",
        "X-Request-Id",
        "An id of one's own for the log; another form than this is replaced.",
        {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,128}$"},
    ),
    "Query-Id": _parameter(
        "header",
        "Query-Id",
        "An id of one's own for the query, by which it can be cancelled; best a UUID.",
        {"type": "string", "pattern": "^[A-Za-z0-9._~-]{16,128}$"},
    ),
    "Content-Encoding": _parameter(
        "header", "Content-Encoding", "The coding of the body.", {"enum": ["gzip", "x-gzip", "identity"]}
    ),
    "subject": _place("subject"),
    "predicate": _place("predicate"),
    "object": _place("object"),
    "id": _parameter(
        "path", "id", "The `Query-Id` of a query that runs.", {"type": "string", "minLength": 1}
    ),
    "number": _parameter("path", "number", "The number of a generation.", GENERATION, 1),
    "thing": _path("The IRI behind `id/`; slashes may stand as they are.", "state/armenia", "no/such/thing"),
    "document": _path(
        "The IRI behind `id/`, with an ending for the format if one likes: `.ttl`, `.nt`, `.rdf`, `.jsonld`.",
        "state/armenia",
        "state/armenia.ttl",
    ),
    "concept": _path("The IRI behind `scheme/`.", "measure", "measure/killed"),
    "module": _path("The IRI behind `ontology/`.", "claims"),
    "term": _path("The IRI behind `ontology#`.", "Claim", "statedBy"),
    "graph-name": _path("The IRI of the graph behind `graph/`.", "ontology", "source/my-source"),
    "filename": _parameter(
        "path", "filename", "The name of a file.", {"type": "string", "minLength": 1}, "style.css"
    ),
}
