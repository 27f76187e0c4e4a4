"""Triples as compact JSON-LD under one context: the prefixes, and the terms of the ontology by their names.

Must not know HTTP, or where the context is. What is compacted here expands to the same triples (JSON-LD 1.1):
literals keep their lexical form, and no IRI is taken for a compact one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import queries, solutions, vocabulary
from conflictgraph.solutions import Term
from conflictgraph.store.port import Queryable

_STRING = vocabulary.term("xsd:string")
_THINGS = "@id"


@dataclass(frozen=True, slots=True)
class Context:
    """`names` are the terms by IRI; `values` tells `@id` where their values are things, or a datatype."""

    names: Mapping[str, str]
    values: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """What is found at the address of the context."""
        terms: dict[str, Any] = {"@version": 1.1, **vocabulary.PREFIXES}
        for iri, name in self.names.items():
            of_values = {"@type": self.values[iri]} if iri in self.values else {}
            terms[name] = {"@id": iri, **of_values} if of_values else iri
        return {"@context": terms}


def context(state: Queryable) -> Context:
    """The context of a generation: its ontology says what values a property has."""
    names, values = {}, {}
    for row in solutions.rows(state, queries.named("service/terms-of-the-ontology").text):
        iri = solutions.text(row, "term")
        name = iri.removeprefix(vocabulary.CG)
        if name not in vocabulary.PREFIXES:
            names[iri] = name
            told = solutions.text(row, "values")
            if told not in ("", _STRING.value):
                values[iri] = told
    return Context(names, values)


def compacted(triples: Iterable[Triple], under: Context, address: str | None = None) -> dict[str, Any]:
    """The document: each subject with its properties, in order. With the context by its address, if that is
    given, else with as much of it as is used, so that nobody has to fetch it.
    """
    ordered = sorted(set(triples), key=str)
    confused = {prefix for triple in ordered for prefix in _taken_for_prefixes(triple)}
    nodes: dict[str, dict[str, Any]] = {}
    compact = _Compact(under, frozenset(confused))
    for triple in ordered:
        subject = compact.reference(triple.subject)
        node = nodes.setdefault(subject, {"@id": subject})
        if triple.predicate == vocabulary.A and not isinstance(triple.object, Literal):
            node.setdefault("@type", []).append(compact.name(triple.object))
        else:
            name = compact.name(triple.predicate)
            node.setdefault(name, []).append(compact.value(triple.predicate, triple.object))
    context: Any = address
    if address is None:
        context = {key: told for key, told in under.document()["@context"].items() if key in compact.used}
    elif confused:
        context = [address, dict.fromkeys(sorted(confused))]
    return {"@context": context, "@graph": [_shortened(node) for node in nodes.values()]}


@dataclass(frozen=True, slots=True)
class _Compact:
    """`used` are the terms and prefixes that were put to use."""

    under: Context
    confused: frozenset[str]
    used: set[str] = field(default_factory=set)

    def reference(self, term: Term) -> str:
        """A thing where its IRI or name is asked for."""
        if not isinstance(term, NamedNode):
            return str(term)
        short = vocabulary.shortened(term.value)
        prefix = short.partition(":")[0]
        if short == term.value or prefix in self.confused:
            return term.value
        self.used.add(prefix)
        return short

    def name(self, term: Term) -> str:
        """A property or class."""
        name = self.under.names.get(term.value) if isinstance(term, NamedNode) else None
        if name is None:
            return self.reference(term)
        self.used.add(name)
        return name

    def value(self, property: NamedNode, term: Term) -> str | dict[str, str]:
        """A value of a property."""
        expected = self.under.values.get(property.value)
        if not isinstance(term, Literal):
            reference = self.reference(term)
            return reference if expected == _THINGS else {"@id": reference}
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if (expected or _STRING.value) == term.datatype.value:
            return term.value
        if term.datatype == _STRING:
            return {"@value": term.value}
        return {"@value": term.value, "@type": self.reference(term.datatype)}


def _taken_for_prefixes(triple: Triple) -> Iterable[str]:
    """The prefixes that a reader would see in IRIs of a triple that have none, as in `geo:40,45`."""
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, NamedNode):
            scheme, _, rest = term.value.partition(":")
            if scheme in vocabulary.PREFIXES and not rest.startswith("//"):
                yield scheme


def _shortened(node: dict[str, Any]) -> dict[str, Any]:
    """The node, a single value without its list."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in node.items()
    }
