"""Which valid consequences nobody asks for. Knows no engine: both leave out what is listed here."""

from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

VOCABULARIES: Final = (RDF, RDFS, OWL, XSD)
TYPE: Final = NamedNode(RDF + "type")
SUB_CLASS_OF: Final = NamedNode(RDFS + "subClassOf")
THING: Final = NamedNode(OWL + "Thing")
RESOURCE: Final = NamedNode(RDFS + "Resource")
UNIVERSAL: Final = frozenset({THING, RESOURCE})
REFLEXIVE: Final = frozenset(
    {
        NamedNode(OWL + "sameAs"),
        SUB_CLASS_OF,
        NamedNode(RDFS + "subPropertyOf"),
        NamedNode(OWL + "equivalentClass"),
        NamedNode(OWL + "equivalentProperty"),
    }
)


def is_trivial(triple: Triple) -> bool:
    """Tell whether an inferred triple is one of the trivia.

    - its subject is a literal (generalised RDF, which stores refuse);
    - it says that something is an `owl:Thing` or `rdfs:Resource`, or that a class is below them;
    - it relates a term to itself by equality, subsumption or equivalence;
    - it is about a term of the RDF, RDFS, OWL or XSD vocabulary (axiomatic).
    """
    subject, predicate, object_ = triple.subject, triple.predicate, triple.object
    if isinstance(subject, Literal):
        return True
    if object_ in UNIVERSAL and predicate in (TYPE, SUB_CLASS_OF):
        return True
    if subject == object_ and predicate in REFLEXIVE:
        return True
    return is_vocabulary(subject)


def is_vocabulary(term: object) -> bool:
    """Tell whether a term belongs to RDF, RDFS, OWL or XSD (`rdf:_1` does too)."""
    return isinstance(term, NamedNode) and term.value.startswith(VOCABULARIES)


def is_storable(subject: object, predicate: object) -> bool:
    """Tell whether RDF 1.1 allows the two in these places."""
    return isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode)
