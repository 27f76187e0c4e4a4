"""What is in the graph, by numbers, in the words of VoID and DCAT: graphs, classes, properties.

Must not know who asks. The numbers come from SPARQL (`queries/service/void-*.rq`) on one generation; the
addresses are those of the copy that answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import formats, graphs, queries, solutions, vocabulary
from conflictgraph.solutions import Row
from conflictgraph.store.port import Queryable

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
PREFIXES = {**vocabulary.PREFIXES, "void": VOID, "dcat": DCAT}

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"
_TITLE = "A knowledge graph of armed conflict as it is reported"
_ABOUT = (
    "Who said what, about what, when, in which passage of which source, and who disputes it; "
    "with the ontology, what follows from it, and example queries."
)
_WORDS = (("triples", "triples"), ("subjects", "distinctSubjects"), ("objects", "distinctObjects"))


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the counting queries on one generation; `modified` is when that was published."""

    modified: datetime
    totals: Row
    graphs: tuple[Row, ...]
    classes: tuple[Row, ...]
    properties: tuple[Row, ...]
    used: tuple[Row, ...]


def counts(state: Queryable, modified: datetime) -> Counts:
    """The numbers of a generation, in five queries."""

    def asked(name: str) -> tuple[Row, ...]:
        return tuple(solutions.rows(state, queries.named(f"service/{name}").text))

    return Counts(
        modified,
        asked("void-totals")[0],
        asked("sizes-of-graphs"),
        asked("void-classes"),
        asked("void-properties"),
        asked("void-properties-of-classes"),
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a copy is: `root` ends in `/`."""

    root: str

    @property
    def document(self) -> str:
        """The document with the description."""
        return f"{self.root}.well-known/void"

    @property
    def dataset(self) -> NamedNode:
        """The dataset itself."""
        return self.node("dataset")

    @property
    def default_graph(self) -> NamedNode:
        """The merged view."""
        return self.node("default-graph")

    def node(self, *parts: str) -> NamedNode:
        """Something in the description, named after what it is about."""
        return NamedNode(f"{self.document}#{'/'.join(quote(part, safe='') for part in parts)}")

    def named_graph(self, graph: str) -> NamedNode:
        """A named graph of the dataset."""
        return self.node("graph", graph.removeprefix(graphs.BASE))


def description(counted: Counts, at: Addresses) -> Iterator[Triple]:
    """The dataset with its partitions (VoID, sections 2 to 4) and distributions (DCAT 3)."""
    yield from _dataset(counted, at)
    yield from _distributions(at)
    for row in counted.classes:
        yield from _class_partition(row, at)
    for row in counted.properties:
        name = solutions.text(row, "property")
        node = at.node("property", name)
        yield Triple(at.dataset, _void("propertyPartition"), node)
        yield Triple(node, _void("property"), NamedNode(name))
        yield from _numbers(node, row)
    for row in counted.used:
        name = solutions.text(row, "property")
        kind = solutions.text(row, "class")
        node = at.node("class", kind, name)
        yield Triple(at.node("class", kind), _void("propertyPartition"), node)
        yield Triple(node, _void("property"), NamedNode(name))
        yield from _numbers(node, row)


def _dataset(counted: Counts, at: Addresses) -> Iterator[Triple]:
    dataset, document, term = at.dataset, NamedNode(at.document), vocabulary.term
    yield Triple(document, vocabulary.A, _void("DatasetDescription"))
    yield Triple(document, NamedNode(vocabulary.PREFIXES["foaf"] + "primaryTopic"), dataset)
    yield Triple(dataset, vocabulary.A, _void("Dataset"))
    yield Triple(dataset, vocabulary.A, _dcat("Dataset"))
    yield Triple(dataset, term("dcterms:title"), Literal(_TITLE, language="en"))
    yield Triple(dataset, term("dcterms:description"), Literal(_ABOUT, language="en"))
    yield Triple(dataset, term("dcterms:license"), NamedNode(_LICENCE))
    modified = Literal(counted.modified.isoformat(), datatype=vocabulary.XSD_DATE_TIME)
    yield Triple(dataset, term("dcterms:modified"), modified)
    yield Triple(dataset, _void("uriSpace"), Literal(vocabulary.BASE))
    yield Triple(dataset, _void("vocabulary"), NamedNode(vocabulary.CG))
    yield Triple(dataset, _void("sparqlEndpoint"), NamedNode(at.root + "sparql"))
    yield Triple(dataset, _void("classes"), _number(len(counted.classes)))
    yield Triple(dataset, _void("properties"), _number(solutions.text(counted.totals, "properties")))
    yield from _numbers(dataset, counted.totals)


def _distributions(at: Addresses) -> Iterator[Triple]:
    service = at.node("service")
    yield Triple(service, vocabulary.A, _dcat("DataService"))
    yield Triple(service, vocabulary.term("dcterms:title"), Literal("SPARQL endpoint", language="en"))
    yield Triple(service, _dcat("endpointURL"), NamedNode(at.root + "sparql"))
    yield Triple(service, _dcat("servesDataset"), at.dataset)
    for format in formats.RDF_FORMATS:
        if format in (formats.NQUADS, formats.TRIG):
            continue
        node, media_type = at.node("distribution", format.short), NamedNode(_MEDIA_TYPES + format.media_type)
        yield Triple(at.dataset, _dcat("distribution"), node)
        yield Triple(node, vocabulary.A, _dcat("Distribution"))
        title = Literal(f"The merged view in {format.name}, by Accept", language="en")
        yield Triple(node, vocabulary.term("dcterms:title"), title)
        yield Triple(node, vocabulary.term("dcterms:license"), NamedNode(_LICENCE))
        yield Triple(node, _dcat("accessURL"), NamedNode(at.root + "data?default"))
        yield Triple(node, _dcat("mediaType"), media_type)


def _class_partition(row: Row, at: Addresses) -> Iterator[Triple]:
    name = solutions.text(row, "class")
    node = at.node("class", name)
    yield Triple(at.dataset, _void("classPartition"), node)
    yield Triple(node, _void("class"), NamedNode(name))
    yield Triple(node, _void("entities"), _number(solutions.text(row, "entities")))


def _numbers(node: NamedNode, row: Row) -> Iterator[Triple]:
    for name, word in _WORDS:
        if name in row:
            yield Triple(node, _void(word), _number(solutions.text(row, name)))


def _number(value: int | str) -> Literal:
    return Literal(str(value), datatype=vocabulary.XSD_INTEGER)


def _void(name: str) -> NamedNode:
    return NamedNode(VOID + name)


def _dcat(name: str) -> NamedNode:
    return NamedNode(DCAT + name)
