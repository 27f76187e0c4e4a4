"""The IRIs of SHACL, RDF, RDFS and XSD that the validator speaks of, and nothing else."""

from __future__ import annotations

from functools import cache

from pyoxigraph import Literal, NamedNode

SHACL = "http://www.w3.org/ns/shacl#"
XSD_BASE = "http://www.w3.org/2001/XMLSchema#"
RDF_BASE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS_BASE = "http://www.w3.org/2000/01/rdf-schema#"
OWL_BASE = "http://www.w3.org/2002/07/owl#"


@cache
def sh(name: str) -> NamedNode:
    return NamedNode(SHACL + name)


def xsd(name: str) -> NamedNode:
    return NamedNode(XSD_BASE + name)


TYPE = NamedNode(RDF_BASE + "type")
LANG_STRING = NamedNode(RDF_BASE + "langString")
LABEL = NamedNode(RDFS_BASE + "label")
CLASS = NamedNode(RDFS_BASE + "Class")
SUBCLASS = NamedNode(RDFS_BASE + "subClassOf")
OWL_CLASS = NamedNode(OWL_BASE + "Class")
OWL_IMPORTS = NamedNode(OWL_BASE + "imports")
TRUE = Literal("true", datatype=xsd("boolean"))
FALSE = Literal("false", datatype=xsd("boolean"))
VIOLATION, WARNING, INFO = sh("Violation"), sh("Warning"), sh("Info")


def local_name(iri: str) -> str:
    """Return what follows the last # or /, for people to read."""
    return iri.rstrip("#/").replace("#", "/").rsplit("/", 1)[-1] or iri
