"""Which valid consequences nobody asks for. Knows no engine: both leave out what is listed here.

Terms are texts (`tokens`).
"""

from typing import Final

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

Fact = tuple[str, str, str]
"""A triple: its three terms as N-Triples writes them."""

VOCABULARIES: Final = tuple(f"<{namespace}" for namespace in (RDF, RDFS, OWL, XSD))
TYPE: Final = f"<{RDF}type>"
SUB_CLASS_OF: Final = f"<{RDFS}subClassOf>"
UNIVERSAL: Final = frozenset({f"<{OWL}Thing>", f"<{RDFS}Resource>"})
REFLEXIVE: Final = frozenset(
    {
        f"<{OWL}sameAs>",
        SUB_CLASS_OF,
        f"<{RDFS}subPropertyOf>",
        f"<{OWL}equivalentClass>",
        f"<{OWL}equivalentProperty>",
    }
)


def is_trivial(fact: Fact) -> bool:
    """Tell whether an inferred triple is one of the trivia.

    - its subject is a literal (generalised RDF, which stores refuse);
    - it says that something is an `owl:Thing` or `rdfs:Resource`, or that a class is below them;
    - it relates a term to itself by equality, subsumption or equivalence;
    - it is about a term of the RDF, RDFS, OWL or XSD vocabulary (axiomatic).
    """
    subject, predicate, object_ = fact
    if subject.startswith(('"', *VOCABULARIES)):
        return True
    if object_ in UNIVERSAL and predicate in (TYPE, SUB_CLASS_OF):
        return True
    return subject == object_ and predicate in REFLEXIVE


def is_vocabulary(term: str) -> bool:
    """Tell whether a term belongs to RDF, RDFS, OWL or XSD (`rdf:_1` does too)."""
    return term.startswith(VOCABULARIES)
