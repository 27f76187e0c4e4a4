"""Signatures: what each node of the data has, counted in one query that reads each predicate in order.

Nodes that have the same share a signature, and signatures are few where nodes are many. Must not know shapes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate.triple_index import Term

MANY = 2000
"""How many signatures there may be; where almost each node has one of its own, they are no help."""
_LETTERS = ascii_letters + digits + "!%&*+-./:;=@^_|"
_CODES = tuple("~" * length + letter for length in range(50) for letter in _LETTERS)
"""As short as can be: engines keep short texts where they keep numbers, and look longer ones up."""
_CODE = re.compile("~*[^~]")


@dataclass(frozen=True, slots=True)
class Count:
    """How many triples with a predicate lead from the node, or (`backwards`) to it."""

    predicate: NamedNode
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class IsValue:
    """Whether any triple with a predicate leads to the node."""

    predicate: NamedNode


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a triple with a predicate leads from the node to a term."""

    predicate: NamedNode
    term: Term


@dataclass(frozen=True, slots=True)
class Is:
    """Whether the node is a term."""

    term: NamedNode


@dataclass(frozen=True, slots=True)
class Fitting:
    """For how many values of a predicate a condition on ?value holds."""

    predicate: NamedNode
    condition: str


@dataclass(frozen=True, slots=True)
class Common:
    """How many values two predicates have in common."""

    predicate: NamedNode
    other: NamedNode


Atom: TypeAlias = Count | IsValue | Has | Is | Fitting | Common
Signature: TypeAlias = Mapping[Atom, int]


def signature_query(atoms: Iterable[Atom]) -> str:
    """Return the question which signatures there are; `signatures` reads its answer."""
    codes = dict(zip(atoms, _CODES, strict=False))
    union = " UNION ".join(_patterns(codes))
    by_node = f'SELECT ?s (GROUP_CONCAT(?c; SEPARATOR="") AS ?has) WHERE {{ {union} }} GROUP BY ?s'
    return f"SELECT DISTINCT ?has WHERE {{ {{ {by_node} }} }} LIMIT {MANY + 1}"


def signatures(atoms: Iterable[Atom], told: Iterable[str]) -> tuple[Signature, ...]:
    """Return the different signatures, from the cells of the answer."""
    atom_of = dict(zip(_CODES, atoms, strict=False))
    found = {frozenset(Counter(_CODE.findall(text)).items()) for text in set(told)}
    return tuple({atom_of[code]: number for code, number in each} for each in found)


def can_be_told(atoms: Iterable[Atom]) -> bool:
    """Say whether there are codes for all of them."""
    return len(tuple(atoms)) <= len(_CODES)


def _patterns(codes: Mapping[Atom, str]) -> Iterator[str]:
    """Yield patterns that together bind each node and the code of what it has, as often as it has it."""
    forward, backward, having, being = (list[str]() for _ in range(4))
    for atom, text in codes.items():
        code = f'"{text}"'
        match atom:
            case Count(predicate, backwards):
                (backward if backwards else forward).append(f"({predicate} {code})")
            case IsValue(predicate):
                yield f"{{ {{ SELECT DISTINCT ?s WHERE {{ ?o {predicate} ?s }} }} BIND({code} AS ?c) }}"
            case Has(predicate, term):
                having.append(f"({predicate} {term} {code})")
            case Is(term):
                being.append(f"({term} {code})")
            case Fitting(predicate, condition):
                yield f"{{ ?s {predicate} ?value . FILTER({condition}) BIND({code} AS ?c) }}"
            case Common(predicate, other):
                both = " ".join(f"{{ SELECT ?s ?o WHERE {{ ?s {p} ?o }} }}" for p in (predicate, other))
                yield f"{{ {both} BIND({code} AS ?c) }}"
    if forward:
        yield f"{{ VALUES (?p ?c) {{ {' '.join(forward)} }} ?s ?p ?o }}"
    if backward:
        yield f"{{ VALUES (?p ?c) {{ {' '.join(backward)} }} ?o ?p ?s }}"
    if having:
        yield f"{{ VALUES (?p ?o ?c) {{ {' '.join(having)} }} ?s ?p ?o }}"
    if being:
        yield f"{{ VALUES (?s ?c) {{ {' '.join(being)} }} }}"
