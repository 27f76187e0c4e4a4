"""The IRIs that code mentions, and the prefixes under which people read them.

Must not know what the terms mean: that is in `ontology/`. A test ties every term here to its declaration.
"""

from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "https://w3id.org/conflictgraph/"
CG: Final = BASE + "ontology#"
ID: Final = BASE + "id/"
SCHEME: Final = BASE + "scheme/"

_KINDS = (
    *("person", "state", "polity", "organ", "igo", "organisation", "collective", "post", "tenure"),
    *(
        "place",
        "name",
        "geometry",
        "event",
        "statement",
        "claim",
        "figure",
        "population",
        "passage",
        "source",
    ),
)
_SCHEMES = {
    "act": "speech-act",
    "channel": "channel",
    "coordprecision": "coordinate-precision",
    "daypart": "day-part",
    "demand": "demand-kind",
    "eventkind": "event-kind",
    "measure": "measure",
    "modality": "modality",
    "modifier": "modifier",
    "orgkind": "organisation-kind",
    "outcome": "outcome",
    "popkind": "population-kind",
    "precision": "precision",
    "weapon": "weapon",
}
_EXTERNAL = {
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
    "time": "http://www.w3.org/2006/time#",
    "unit": "http://qudt.org/vocab/unit/",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

PREFIXES: Final = MappingProxyType(
    {
        "cg": CG,
        "graph": BASE + "graph/",
        "scheme": SCHEME,
        **{kind: f"{ID}{kind}/" for kind in _KINDS},
        **{prefix: f"{SCHEME}{slug}/" for prefix, slug in _SCHEMES.items()},
        **_EXTERNAL,
    }
)
"""Prefix to namespace, for query editors, exports and pages."""


def term(curie: str) -> NamedNode:
    """The IRI of a CURIE under `PREFIXES`; `KeyError` for an unknown prefix."""
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def shortened(iri: str) -> str:
    """The CURIE of an IRI where a prefix fits, else the IRI."""
    best = max((ns for ns in PREFIXES.values() if iri.startswith(ns)), key=len, default="")
    local = iri[len(best) :]
    if not best or "/" in local or "#" in local:
        return iri
    prefix = next(p for p, ns in PREFIXES.items() if ns == best)
    return f"{prefix}:{local}"


A: Final = term("rdf:type")
LABEL: Final = term("rdfs:label")
COMMENT: Final = term("rdfs:comment")
KEYWORDS: Final = term("schema:keywords")
TARGET: Final = term("schema:target")
SH_PREFIX: Final = term("sh:prefix")
SH_NAMESPACE: Final = term("sh:namespace")
SH_DECLARE: Final = term("sh:declare")
SH_PREFIXES: Final = term("sh:prefixes")
XSD_ANY_URI: Final = term("xsd:anyURI")
OWL_ONTOLOGY: Final = term("owl:Ontology")
EXECUTABLE: Final = term("sh:SPARQLExecutable")
EXECUTABLE_FORMS: Final = MappingProxyType(
    {
        "SELECT": (term("sh:SPARQLSelectExecutable"), term("sh:select")),
        "ASK": (term("sh:SPARQLAskExecutable"), term("sh:ask")),
        "CONSTRUCT": (term("sh:SPARQLConstructExecutable"), term("sh:construct")),
        "DESCRIBE": (term("spex:SPARQLDescribeExecutable"), term("spex:describe")),
    }
)
"""Form of a query to its class and to the property that holds its text (SHACL-AF 8.1, sparql-examples)."""

PROV_ACTIVITY: Final = term("prov:Activity")
PROV_ENTITY: Final = term("prov:Entity")
PROV_AGENT: Final = term("prov:Agent")
PROV_SOFTWARE: Final = term("prov:SoftwareAgent")
PROV_STARTED: Final = term("prov:startedAtTime")
PROV_ENDED: Final = term("prov:endedAtTime")
PROV_ASSOCIATED: Final = term("prov:wasAssociatedWith")
PROV_USED: Final = term("prov:used")
PROV_GENERATED: Final = term("prov:generated")
PROV_DERIVED: Final = term("prov:wasDerivedFrom")
SOFTWARE_VERSION: Final = term("schema:softwareVersion")
SHA256: Final = term("cg:sha256")
GENERATION_NUMBER: Final = term("cg:generationNumber")
TRIPLES_ADDED: Final = term("cg:triplesAdded")
TRIPLES_REMOVED: Final = term("cg:triplesRemoved")
LESSER_RESULTS: Final = term("cg:lesserResults")
XSD_INTEGER: Final = term("xsd:integer")
XSD_DATE_TIME: Final = term("xsd:dateTime")
