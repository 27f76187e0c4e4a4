"""Terms as people write them: CURIEs with the project's prefixes, IRIs in brackets, literals as in Turtle.

Must not know what they are for.
"""

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import formats, rdf, vocabulary
from conflictgraph.errors import DataSyntaxError, UsageError

_PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in vocabulary.PREFIXES.items())
PLACES = {
    "subject": "{} <urn:p> <urn:o> .",
    "predicate": "<urn:s> {} <urn:o> .",
    "object": "<urn:s> <urn:p> {} .",
}
"""Where a term stands in a triple, and a document with one there."""


def triple(subject: str, predicate: str, object: str) -> Triple:
    """The triple of three terms. `UsageError` for what is none, with its place."""
    s, p, o = (_term(*each) for each in (("subject", subject), ("predicate", predicate), ("object", object)))
    assert isinstance(s, NamedNode)
    assert isinstance(p, NamedNode)
    return Triple(s, p, o)


def _term(place: str, text: str) -> NamedNode | Literal:
    """The one term that the text is, in the place of a triple where it stands."""
    document = _PREFIXES + PLACES[place].format(f"\n{text}\n")
    try:
        found = [quad.triple for quad in rdf.quads_from_bytes(document.encode(), formats.TURTLE)]
    except DataSyntaxError as error:
        raise _not_a_term(place, text) from error
    terms = [getattr(triple, place) for triple in found]
    if len(terms) != 1 or not isinstance(terms[0], NamedNode | Literal):
        raise _not_a_term(place, text)
    return terms[0]


def _not_a_term(place: str, text: str) -> UsageError:
    return UsageError(
        f"The {place} must be a CURIE with one of the project's prefixes (like cg:Event), an IRI in angle "
        f"brackets, or, as the object, a literal in Turtle (like '\"text\"@en' or 5); found {text!r}."
    )
