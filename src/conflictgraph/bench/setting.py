"""Who and what an invented conflict is about: sides, their ministries and speakers, places, populations.

Must not know events. Every name is a word and a number, so that nobody takes it for somebody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import vocabulary

_LICENCE = NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
_SIDES = 4
_MINISTRIES = 3
Pair = tuple[str, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class Setting:
    """How many there are of each kind; they grow with the number of events."""

    speakers: int
    places: int
    districts: int
    documents: int

    @classmethod
    def of(cls, events: int) -> "Setting":
        """One speaker for 50 events, one place for 20, one document for 1,000."""
        places = max(4, events // 20)
        return cls(max(_SIDES * _MINISTRIES, events // 50), places, places // 20 + 1, events // 1000 + 1)


@cache
def term(curie: str) -> NamedNode:
    """The IRI of a term of a vocabulary."""
    return vocabulary.term(curie)


def thing(kind: str, number: int) -> NamedNode:
    """The IRI of an invented individual."""
    return vocabulary.term(f"{kind}:synthetic-{number}")


def text(value: str, language: str | None = None) -> Literal:
    """A string."""
    return Literal(value, language=language) if language else Literal(value)


def described(node: NamedNode, kind: str, label: str, *pairs: Pair) -> Iterator[Triple]:
    """A thing with its class, its English label and more."""
    yield Triple(node, vocabulary.A, term(kind))
    yield Triple(node, vocabulary.LABEL, Literal(label, language="en"))
    for predicate, value in pairs:
        yield Triple(node, term(predicate), value)


def digest(words: str) -> Literal:
    """A checksum of something, 64 hexadecimal digits."""
    return Literal(sha256(words.encode()).hexdigest())


def side(number: int) -> NamedNode:
    """The polity to which the ministry, speaker or population of that number belongs."""
    return thing("polity", number % _SIDES)


def populations() -> int:
    """How many populations there are: two for each side."""
    return 2 * _SIDES


def setting_triples(world: Setting) -> Iterator[Triple]:
    """Everything but what happens and what is said."""
    publisher = thing("organisation", 0)
    kind = ("cg:hasOrganisationKind", term("orgkind:newspaper"))
    yield from described(publisher, "cg:MediaOutlet", "Synthetic Gazette", kind)
    for n in range(world.documents):
        pairs = (("dcterms:publisher", publisher), ("dcterms:license", _LICENCE))
        label = f"Synthetic document {n}"
        yield from described(
            thing("source", n), "cg:SourceDocument", label, *pairs, ("cg:sha256", digest(label))
        )
    yield from _agents()
    for n in range(world.speakers):
        yield from _speaker(n)
    yield from _places(world)


def _agents() -> Iterator[Triple]:
    for n in range(_SIDES):
        name = f"Side {chr(65 + n)}"
        kind = ("cg:hasOrganisationKind", term("orgkind:self-governing-body"))
        yield from described(side(n), "cg:Polity", name, kind, ("cg:belongsToSide", side(n)))
        for m, word in enumerate(("civilian", "military")):
            label = f"{word.capitalize()} people of {name}"
            pairs = (("cg:hasPopulationKind", term(f"popkind:{word}")), ("cg:ofSide", side(n)))
            yield from described(thing("population", m * _SIDES + n), "cg:Population", label, *pairs)
    for n in range(_SIDES * _MINISTRIES):
        organ, post = thing("organ", n), thing("post", n)
        kind = ("cg:hasOrganisationKind", term("orgkind:ministry"))
        yield from described(organ, "cg:Ministry", f"Ministry {n}", kind, ("cg:isOrganOf", side(n)))
        pairs = (("cg:isPostIn", organ), ("cg:speaksFor", organ))
        yield from described(post, "cg:Post", f"spokesperson of Ministry {n}", *pairs)


def _speaker(n: int) -> Iterator[Triple]:
    """A person; every first of a post is attested to hold it."""
    yield from described(thing("person", n), "cg:Person", f"Speaker {n}")
    pairs = (
        ("cg:hasHolder", thing("person", n)),
        ("cg:isTenureOf", post_of(n)),
        ("cg:hasEvidence", thing("passage", 0)),
    )
    yield from described(thing("tenure", n), "cg:Tenure", f"Tenure of Speaker {n}", *pairs)


def post_of(speaker: int) -> NamedNode:
    """The post as which a speaker speaks."""
    return thing("post", speaker % (_SIDES * _MINISTRIES))


def _places(world: Setting) -> Iterator[Triple]:
    origin = ("cg:hasContainmentOrigin", thing("source", 0))
    for n in range(world.places):
        kind, label = ("cg:District", "District") if n < world.districts else ("cg:Settlement", "Place")
        within = ("cg:isDirectlyWithin", thing("place", n % world.districts))
        pairs = (within, origin) if n >= world.districts else ()
        yield from described(thing("place", n), kind, f"{label} {n}", *pairs)
