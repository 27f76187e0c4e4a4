"""What the endpoint offers, in the words of SPARQL 1.1 Service Description.

Must not know how anything is counted or cached. The one `sd:feature` that is claimed, where it holds, is
`sd:BasicFederatedQuery`: the default graph is the union of most named graphs, not of all; there are no empty
graphs; nothing is dereferenced.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from conflictgraph import formats, solutions, vocabulary
from conflictgraph.void import dataset
from conflictgraph.void.dataset import Addresses
from conflictgraph.void.partitions import DATASET, integer, void
from conflictgraph.web.void import Counts, described

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_SIMPLE = NamedNode("http://www.w3.org/ns/entailment/Simple")
_NAMES = {
    formats.JSON: "SPARQL_Results_JSON",
    formats.XML: "SPARQL_Results_XML",
    formats.CSV: "SPARQL_Results_CSV",
    formats.TSV: "SPARQL_Results_TSV",
    formats.TURTLE: "Turtle",
    formats.NTRIPLES: "N-Triples",
    formats.NQUADS: "N-Quads",
    formats.TRIG: "TriG",
    formats.RDFXML: "RDF_XML",
    formats.JSONLD: "JSON-LD",
}
PREFIXES = {**dataset.PREFIXES, "sd": _SD, "formats": _FORMATS}


def service_description(
    counts: Counts, at: Addresses, examples: Iterable[Triple], *, writable: bool, federated: bool
) -> Iterator[Triple]:
    """The services of a copy, their dataset with its numbers, and the example queries with their prefixes."""
    yield from _service(at, "sparql", "SPARQL11Query")
    for format in (*formats.RESULT_FORMATS, *formats.RDF_FORMATS):
        yield Triple(_named(at, "sparql"), _sd("resultFormat"), _format(format))
    if federated:
        yield Triple(_named(at, "sparql"), _sd("feature"), _sd("BasicFederatedQuery"))
    if writable:
        yield from _service(at, "update", "SPARQL11Update")
        for format in formats.RDF_FORMATS:
            yield Triple(_named(at, "update"), _sd("inputFormat"), _format(format))
    yield from _graphs(counts, at)
    yield from described(counts, at)
    yield from examples


def _service(at: Addresses, path: str, language: str) -> Iterator[Triple]:
    service = _named(at, path)
    yield Triple(service, vocabulary.A, _sd("Service"))
    yield Triple(service, _sd("endpoint"), NamedNode(at.root + path))
    yield Triple(service, _sd("supportedLanguage"), _sd(language))
    yield Triple(service, _sd("defaultEntailmentRegime"), _SIMPLE)
    yield Triple(service, _sd("defaultDataset"), DATASET)


def _graphs(counts: Counts, at: Addresses) -> Iterator[Triple]:
    yield Triple(DATASET, vocabulary.A, _sd("Dataset"))
    yield Triple(DATASET, _sd("defaultGraph"), at.default_graph)
    yield from _graph(at.default_graph, counts.merged_view())
    for row in counts.sizes:
        name = solutions.text(row, "graph")
        named = at.named_graph(name)
        content = NamedNode(named.value + "/content")
        yield Triple(DATASET, _sd("namedGraph"), named)
        yield Triple(named, vocabulary.A, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), content)
        yield from _graph(content, int(solutions.text(row, "triples")))


def _graph(node: NamedNode, triples: int) -> Iterator[Triple]:
    yield Triple(node, vocabulary.A, _sd("Graph"))
    yield Triple(node, void("triples"), integer(triples))


def _named(at: Addresses, path: str) -> NamedNode:
    return NamedNode(f"{at.root}{path}#service")


def _format(format: formats.Format) -> NamedNode:
    return NamedNode(_FORMATS + _NAMES[format])


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
