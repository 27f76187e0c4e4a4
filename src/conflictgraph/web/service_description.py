"""What the endpoint offers, in the words of SPARQL 1.1 Service Description."""

from pyoxigraph import NamedNode, Triple

from conflictgraph import formats, rdf, vocabulary
from conflictgraph.formats import Format

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)


def service_description(endpoint: str, format: Format) -> bytes:
    """The description of the endpoint at that address."""
    service = NamedNode(endpoint + "#service")

    def sd(name: str) -> NamedNode:
        return NamedNode(_SD + name)

    triples = [
        Triple(service, vocabulary.A, sd("Service")),
        Triple(service, sd("endpoint"), NamedNode(endpoint)),
        Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        Triple(service, sd("feature"), sd("UnionDefaultGraph")),
        *(Triple(service, sd("resultFormat"), NamedNode(_FORMATS + name)) for name in _RESULTS),
    ]
    return rdf.to_bytes(triples, format or formats.TURTLE, {**vocabulary.PREFIXES, "sd": _SD})
