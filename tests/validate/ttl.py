"""Turtle in a test, with the prefixes that all of them need."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, parse

from conflictgraph.validate.report import Report
from conflictgraph.validate.terms import local_name
from conflictgraph.validate.validation import Validator

PREFIXES = """
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def report(shapes: str, data: str) -> Report:
    return Validator(triples(shapes)).validate_triples(triples(data)).report


def lines(found: Report) -> list[str]:
    """Return each result as `focus value component`, in short, sorted."""
    return sorted(" ".join(_words(r.focus_node, r.value, r.component)) for r in found.results)


def _words(*terms: object) -> Iterable[str]:
    for term in terms:
        text = str(getattr(term, "value", "-"))
        yield local_name(text).removesuffix("ConstraintComponent") if text.startswith("http") else text
