"""What the graph says about one thing, for a page; and how much there is in all.

Must not know HTTP or templates. Values carry their English labels and whether a triple was derived.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs, queries, solutions, vocabulary
from conflictgraph.errors import NotFound
from conflictgraph.solutions import Row, Term
from conflictgraph.store.port import Queryable


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a property: `label` is empty where there is none, `derived` tells that a rule made it."""

    term: Term
    label: str
    derived: bool


@dataclass(frozen=True, slots=True)
class Property:
    """One property with all its values, in order."""

    iri: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """A thing: its label, its classes, what it leads to and what leads to it."""

    iri: str
    label: str
    types: tuple[Value, ...]
    outgoing: tuple[Property, ...]
    incoming: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many individuals a class has."""

    iri: str
    label: str
    number: int


def described(graph: Queryable, thing: NamedNode) -> Description:
    """Everything about the thing; `NotFound` if the graph does not mention it as a subject."""
    query = queries.bound(queries.named("service/description-of-a-thing"), thing=[thing])
    found = solutions.rows(graph, query)
    outgoing = _properties(row for row in found if solutions.text(row, "direction") == "out")
    incoming = _properties(row for row in found if solutions.text(row, "direction") == "in")
    if not outgoing:
        raise _unknown(thing)
    own = {p.iri: p.values for p in outgoing}
    hidden = (vocabulary.A.value, vocabulary.LABEL.value)
    seen = frozenset(value.term for p in outgoing for value in p.values)
    return Description(
        iri=thing.value,
        label=_label(own),
        types=own.get(vocabulary.A.value, ()),
        outgoing=tuple(p for p in map(_without_echoes, outgoing) if p.values and p.iri not in hidden),
        incoming=tuple(p for p in (_without_echoes(p, seen) for p in incoming) if p.values),
    )


def triples_of(graph: Queryable, thing: NamedNode) -> str:
    """The CONSTRUCT query for the triples about a thing; `NotFound` as in `described`."""
    if not solutions.truth(graph, queries.bound(queries.named("service/is-described"), thing=[thing])):
        raise _unknown(thing)
    return queries.bound(queries.named("service/triples-of-a-thing"), thing=[thing])


def _unknown(thing: NamedNode) -> NotFound:
    return NotFound(f"The graph says nothing about {thing.value}. Look for it with a query, or mend the IRI.")


def counts(graph: Queryable) -> tuple[Count, ...]:
    """The size of each main class."""
    found = solutions.rows(graph, queries.named("service/counts").text)
    return tuple(
        Count(solutions.text(r, "class"), solutions.text(r, "label"), int(solutions.text(r, "count")))
        for r in found
    )


def _without_echoes(property: Property, seen: frozenset[Term] = frozenset()) -> Property:
    """Without what rules derived in the terms of other vocabularies, and without derived values in `seen`."""
    ours = property.iri.startswith(vocabulary.CG)
    kept = tuple(v for v in property.values if not v.derived or (ours and v.term not in seen))
    return replace(property, values=kept)


def _label(own: dict[str, tuple[Value, ...]]) -> str:
    for iri in (vocabulary.LABEL.value, vocabulary.term("skos:prefLabel").value):
        names = [value.term for value in own.get(iri, ()) if isinstance(value.term, Literal)]
        for name in sorted(names, key=lambda literal: literal.language != "en"):
            return name.value
    return ""


def _properties(rows: Iterable[Row]) -> tuple[Property, ...]:
    grouped = groupby(rows, key=lambda row: solutions.text(row, "property"))
    return tuple(_property(iri, list(group)) for iri, group in grouped)


def _property(iri: str, rows: list[Row]) -> Property:
    values: dict[Term, Value] = {}
    for row in rows:
        derived = solutions.text(row, "graph") == graphs.INFERRED.value
        value = Value(row["value"], solutions.text(row, "valueLabel"), derived)
        if not (derived and value.term in values):
            values[value.term] = value
    label = next((text for row in rows if (text := solutions.text(row, "propertyLabel"))), "")
    return Property(iri, label or vocabulary.shortened(iri), tuple(values.values()))


def plain(term: Term) -> str:
    """A term as a person reads it where it has no label: a CURIE, or the text of a literal."""
    if isinstance(term, NamedNode):
        return vocabulary.shortened(term.value)
    return str(term) if isinstance(term, Triple) else term.value
