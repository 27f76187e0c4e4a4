"""Answer a look-up by reading its one triple pattern from the store, without the engine for SPARQL.

Only what can be read in one way is: whole IRIs or names by declared prefixes, variables by name, JSON, a few
rows. The bytes are those that the engine gives, in its order, for about a third of the work, most of which is
to plan what needs no plan. Must not answer anything else: None means that the engine is to be asked.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from json import JSONEncoder
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from conflictgraph import vocabulary
from conflictgraph.store.lookup import LookUp

_MOST = 32
"""Rows; the engine writes more in less time."""

_TYPE = vocabulary.term("rdf:type")
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_GRAPH = DefaultGraph()
_DECLARATION = r"\s*(?:PREFIX\s+(?P<name>[\w-]*:)\s*<(?P<iri>[^<>\s]*)>|BASE\s+<[^<>\s]*>)"
_PROLOGUE = re.compile(rf"(?:{_DECLARATION.replace('?P<name>', '').replace('?P<iri>', '')})*\s*", re.I)
_DECLARED = re.compile(_DECLARATION, re.I)
_WHOLE = re.compile(r"https?://[^/?#]+(?:/(?!\.))?[^\\]*")
"""An IRI that a base changes nothing of."""

_quoted = JSONEncoder(ensure_ascii=False).encode


class _Pattern(NamedTuple):
    """Terms by place, None for a variable; each variable that is asked for, and its place if it has one."""

    terms: tuple[NamedNode | None, NamedNode | None, NamedNode | None]
    variables: tuple[tuple[str, int | None], ...]


def json_rows(store: Store, look_up: LookUp) -> bytes | None:
    """The result in SPARQL 1.1 Query Results JSON Format. Raises what pyoxigraph does."""
    pattern = _pattern(look_up)
    if pattern is None:
        return None
    wanted = _MOST + 1 if look_up.limit is None else min(look_up.limit, _MOST + 1)
    quads = list(islice(store.quads_for_pattern(*pattern.terms, _GRAPH), wanted))
    rows = [_row(quad, pattern.variables) for quad in quads]
    if len(rows) > _MOST or None in rows:
        return None
    return f"{_beginning(pattern.variables)}{','.join(rows)}]}}}}".encode()  # type: ignore[arg-type]


def _pattern(look_up: LookUp) -> _Pattern | None:
    names, prefixes = look_up.variables, _prefixes(look_up.prologue)
    if prefixes is None or len(set(names)) < len(names):
        return None
    subject, predicate, object = look_up.pattern
    terms = (_term(subject, prefixes), _predicate(predicate, look_up.prologue), _term(object, prefixes))
    if "" in terms:
        return None
    places = {token[1:]: place for place, token in enumerate(look_up.pattern) if token[0] in "?$"}
    return _Pattern(terms, tuple((name, places.get(name)) for name in names))  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _predicate(token: str, prologue: str) -> NamedNode | str | None:
    return _TYPE if token == "a" else _term(token, _prefixes(prologue) or {})


def _term(token: str, prefixes: Mapping[str, str]) -> NamedNode | str | None:
    """The term; None for a variable, '' for what is for the engine."""
    if token[0] in "?$":
        return None
    if token[0] == "<":
        iri = token[1:-1]
    else:
        prefix, _, name = token.partition(":")
        iri = prefixes.get(prefix, "") + name
    if "/." in iri or not _WHOLE.fullmatch(iri):
        return ""
    return NamedNode(iri)


@lru_cache(maxsize=64)
def _prefixes(prologue: str) -> Mapping[str, str] | None:
    """What is declared, the last of each name; None for a prologue that takes more reading."""
    if not _PROLOGUE.fullmatch(prologue):
        return None
    found = _DECLARED.finditer(prologue)
    return {each["name"].removesuffix(":"): each["iri"] for each in found if each["name"]}


@lru_cache(maxsize=256)
def _beginning(variables: tuple[tuple[str, int | None], ...]) -> str:
    names = ",".join(_quoted(name) for name, _ in variables)
    return f'{{"head":{{"vars":[{names}]}},"results":{{"bindings":['


def _row(quad: Quad, variables: tuple[tuple[str, int | None], ...]) -> str | None:
    parts = list(_bindings(quad, variables))
    return None if None in parts else "{" + ",".join(parts) + "}"  # type: ignore[arg-type]


def _bindings(quad: Quad, variables: tuple[tuple[str, int | None], ...]) -> Iterator[str | None]:
    for name, place in variables:
        if place is None:
            continue
        term = quad[place]
        if type(term) is NamedNode:
            yield f'"{name}":{{"type":"uri","value":{_quoted(term.value)}}}'
        elif type(term) is Literal and term.direction is None:
            yield f'"{name}":{{"type":"literal","value":{_quoted(term.value)}{_kind(term)}}}'
        else:
            yield None


def _kind(literal: Literal) -> str:
    if literal.language is not None:
        return f',"xml:lang":{_quoted(literal.language)}'
    datatype = literal.datatype.value
    return "" if datatype == _STRING else f',"datatype":{_quoted(datatype)}'
