"""The shipped queries as RDF, the way query editors look for examples and prefixes.

Follows the sparql-examples convention: each query is a `sh:SPARQLExecutable` with its text, comment and
keywords; prefixes are `sh:declare`d. Must not know stores.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import vocabulary as v
from conflictgraph.graphs import EXAMPLES
from conflictgraph.queries import Query

_PREFIXES = NamedNode(EXAMPLES.value + "#prefixes")


def gallery_triples(queries: Iterable[Query]) -> Iterator[Triple]:
    """The triples of the `examples` graph."""
    yield Triple(_PREFIXES, v.A, v.OWL_ONTOLOGY)
    yield Triple(_PREFIXES, v.LABEL, Literal("Prefixes of the example queries", language="en"))
    for prefix, namespace in v.PREFIXES.items():
        node = NamedNode(f"{EXAMPLES.value}#prefix-{prefix}")
        yield Triple(_PREFIXES, v.SH_DECLARE, node)
        yield Triple(node, v.SH_PREFIX, Literal(prefix))
        yield Triple(node, v.SH_NAMESPACE, Literal(namespace, datatype=v.XSD_ANY_URI))
    for query in queries:
        yield from _example(query)


def example_iri(query: Query) -> NamedNode:
    """The IRI of a query in the gallery."""
    return NamedNode(f"{EXAMPLES.value}/{query.name}")


def _example(query: Query) -> Iterator[Triple]:
    node = example_iri(query)
    kind, text = v.EXECUTABLE_FORMS[query.form]
    yield Triple(node, v.A, v.EXECUTABLE)
    yield Triple(node, v.A, kind)
    yield Triple(node, v.LABEL, Literal(query.title, language="en"))
    yield Triple(node, v.COMMENT, Literal(f"{query.title} {query.description}", language="en"))
    yield Triple(node, text, Literal(query.text))
    yield Triple(node, v.SH_PREFIXES, _PREFIXES)
    for keyword in query.keywords:
        yield Triple(node, v.KEYWORDS, Literal(keyword))
