"""The dataset as a whole, in the words of VoID and DCAT: what it is, whose, and where it can be had.

Must not know how much is in it. The addresses are those of the copy that answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import formats, graphs, vocabulary
from conflictgraph.void.partitions import DATASET, VOID, void

DCAT = "http://www.w3.org/ns/dcat#"
PREFIXES = {**vocabulary.PREFIXES, "void": VOID, "dcat": DCAT}

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"
_TITLE = "A knowledge graph of armed conflict as it is reported"
_ABOUT = (
    "Who said what, about what, when, in which passage of which source, and who disputes it; "
    "with the ontology, what follows from it, and example queries."
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
    def default_graph(self) -> NamedNode:
        """The merged view."""
        return self.node("default-graph")

    def node(self, *parts: str) -> NamedNode:
        """Something in the description, named after what it is about."""
        return NamedNode(f"{self.document}#{'/'.join(quote(part, safe='') for part in parts)}")

    def named_graph(self, graph: str) -> NamedNode:
        """A named graph of the dataset."""
        return self.node("graph", graph.removeprefix(graphs.BASE))


def description(modified: datetime, at: Addresses) -> Iterator[Triple]:
    """The dataset, who may use it, and where it can be had (VoID, sections 2 and 3; DCAT 3). `modified` is
    when its generation was published."""
    document, term = NamedNode(at.document), vocabulary.term
    yield Triple(document, vocabulary.A, void("DatasetDescription"))
    yield Triple(document, NamedNode(vocabulary.PREFIXES["foaf"] + "primaryTopic"), DATASET)
    yield Triple(DATASET, vocabulary.A, void("Dataset"))
    yield Triple(DATASET, vocabulary.A, _dcat("Dataset"))
    yield Triple(DATASET, term("dcterms:title"), Literal(_TITLE, language="en"))
    yield Triple(DATASET, term("dcterms:description"), Literal(_ABOUT, language="en"))
    yield Triple(DATASET, term("dcterms:license"), NamedNode(_LICENCE))
    yield Triple(
        DATASET, term("dcterms:modified"), Literal(modified.isoformat(), datatype=vocabulary.XSD_DATE_TIME)
    )
    yield Triple(DATASET, void("uriSpace"), Literal(vocabulary.BASE))
    yield Triple(DATASET, void("vocabulary"), NamedNode(vocabulary.CG))
    yield Triple(DATASET, void("sparqlEndpoint"), NamedNode(at.root + "sparql"))
    yield from _distributions(at)


def _distributions(at: Addresses) -> Iterator[Triple]:
    service = at.node("service")
    yield Triple(service, vocabulary.A, _dcat("DataService"))
    yield Triple(service, vocabulary.term("dcterms:title"), Literal("SPARQL endpoint", language="en"))
    yield Triple(service, _dcat("endpointURL"), NamedNode(at.root + "sparql"))
    yield Triple(service, _dcat("servesDataset"), DATASET)
    for format in formats.RDF_FORMATS:
        if format not in (formats.NQUADS, formats.TRIG):
            title = f"The merged view in {format.name}, by Accept"
            yield from _distribution(at, format, title, at.root + "data?default")
    dump = at.root + "dump.nq"
    yield from _distribution(at, formats.NQUADS, "Every named graph in N-Quads", dump)
    yield Triple(at.node("distribution", formats.NQUADS.short), _dcat("downloadURL"), NamedNode(dump))
    yield Triple(DATASET, void("dataDump"), NamedNode(dump))


def _distribution(at: Addresses, format: formats.Format, title: str, address: str) -> Iterator[Triple]:
    node, media_type = at.node("distribution", format.short), NamedNode(_MEDIA_TYPES + format.media_type)
    yield Triple(DATASET, _dcat("distribution"), node)
    yield Triple(node, vocabulary.A, _dcat("Distribution"))
    yield Triple(node, vocabulary.term("dcterms:title"), Literal(title, language="en"))
    yield Triple(node, vocabulary.term("dcterms:license"), NamedNode(_LICENCE))
    yield Triple(node, _dcat("accessURL"), NamedNode(address))
    yield Triple(node, _dcat("mediaType"), media_type)


def _dcat(name: str) -> NamedNode:
    return NamedNode(DCAT + name)
