"""The named graphs of the dataset: which make up the default graph, and which are written from outside.

Must not know what the graphs hold or how they are stored.
"""

import re
from collections.abc import Iterable

from pyoxigraph import NamedNode

from conflictgraph.errors import UsageError

BASE = "https://w3id.org/conflictgraph/graph/"

ONTOLOGY = NamedNode(BASE + "ontology")
VOCABULARY = NamedNode(BASE + "vocabulary")
INFERRED = NamedNode(BASE + "inferred")
PROVENANCE = NamedNode(BASE + "provenance")
REPORT = NamedNode(BASE + "report")
EXAMPLES = NamedNode(BASE + "examples")
VOID = NamedNode(BASE + "void")

SOURCE_PREFIX = BASE + "source/"

MERGED = (ONTOLOGY, VOCABULARY, INFERRED, EXAMPLES, VOID)
"""The graphs of the merged view that have a fixed name; every `source/{slug}` belongs to it as well.

`examples` and `void` are among them because query editors look in the default graph for examples, prefixes
and VoID."""

FIXED = (ONTOLOGY, VOCABULARY, INFERRED, PROVENANCE, REPORT, EXAMPLES, VOID)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_SLUG_LIMIT = 100


def source(slug: str) -> NamedNode:
    """The graph of one source document or import; `UsageError` for a slug that is not one."""
    if not is_slug(slug):
        raise UsageError(
            f"A source's name is lower-case letters and digits with single hyphens between them, "
            f"at most {_SLUG_LIMIT} characters (like 'ucdp-ged-24-1'); found {slug!r}."
        )
    return NamedNode(SOURCE_PREFIX + slug)


def is_slug(text: str) -> bool:
    """Whether the text may name a source."""
    return len(text) <= _SLUG_LIMIT and _SLUG.match(text) is not None


def source_slug(graph: NamedNode) -> str | None:
    """The slug of a source graph; None for any other graph."""
    slug = graph.value.removeprefix(SOURCE_PREFIX)
    return slug if graph.value.startswith(SOURCE_PREFIX) and is_slug(slug) else None


def is_merged(graph: NamedNode) -> bool:
    """Whether the graph's triples are also seen in the default graph."""
    return graph in MERGED or graph.value.startswith(SOURCE_PREFIX)


def is_known(graph: NamedNode) -> bool:
    """Whether the graph is one that this project gives a meaning."""
    return graph in FIXED or source_slug(graph) is not None


def is_free(graph: NamedNode, prefixes: Iterable[str]) -> bool:
    """Whether the graph begins with one of the prefixes and is left to whoever may write: it is not merged,
    and none of the graphs that this project gives a meaning."""
    taken = is_known(graph) or is_merged(graph)
    return not taken and graph.value.startswith(tuple(prefixes))


def is_writable(graph: NamedNode, free: Iterable[str]) -> bool:
    """Whether the graph is written from outside: a source, or a free graph."""
    return source_slug(graph) is not None or is_free(graph, free)
