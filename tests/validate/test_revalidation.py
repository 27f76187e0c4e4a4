"""Looking only where a change matters gives the report of looking everywhere.

CONFLICTGRAPH_SHACL_CHANGES=2000 asks for more changes than the short run's.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple
from shacl_worlds import random_data, random_shapes
from ttl import lines, triples

from conflictgraph.validate.asking import Table, ask_in_memory
from conflictgraph.validate.mentions import predicates_read
from conflictgraph.validate.shapes import QueryText
from conflictgraph.validate.terms import TYPE, local_name, sh
from conflictgraph.validate.validation import Validation, Validator

_BASE = "https://example.org/graph/report#"
_CHANGES = int(os.environ.get("CONFLICTGRAPH_SHACL_CHANGES", "100"))


@settings(
    max_examples=_CHANGES,
    deadline=None,
    derandomize=_CHANGES <= 100,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**40))
def test_a_change_validated_where_it_matters_gives_the_report_of_a_full_run(seed: int) -> None:
    rng = random.Random(seed)
    shapes = random_shapes(rng)
    validator = Validator([*shapes, *_sparql(rng, shapes)])
    named = _without_blank_nodes(random_data(rng))
    pool = [triple for _ in range(4) for triple in _without_blank_nodes(random_data(rng))]
    store = Store()
    store.extend(map(_quad, named))
    ask = ask_in_memory(store)
    state = validator.validate(ask)
    for _ in range(4):
        added = rng.sample(pool, min(len(pool), rng.randint(0, 2)))
        removed = [t for t in rng.sample(named, min(len(named), rng.randint(0, 2))) if t not in added]
        store.extend(map(_quad, added))
        for triple in removed:
            store.remove(_quad(triple))
        if rng.random() < 0.5:
            state = _remembered(rng, validator, state)
        state = validator.revalidate(state, ask, [*added, *removed])
        assert state.report.counted() == validator.validate(ask).report.counted()


def _remembered(rng: random.Random, validator: Validator, state: Validation) -> Validation:
    """What a process that starts afresh knows of a validation: its published report."""
    recorded = validator.record(state.report, _BASE)
    rng.shuffle(recorded)
    recalled = validator.recalled(recorded, _BASE)
    assert recalled is not None
    assert recalled.report.counted() == state.report.counted()
    return recalled


def test_only_the_nodes_that_a_change_can_affect_are_asked_about() -> None:
    shapes = triples(
        ":S a sh:NodeShape ; sh:targetClass :Claim ; "
        "sh:property [ sh:path ( :speaker :side ) ; sh:minCount 1 ] ."
    )
    people = "".join(f":c{i} a :Claim ; :speaker :p{i} . :p{i} :side :x . " for i in range(50))
    store = Store()
    store.extend(map(_quad, triples(people)))
    validator = Validator(shapes)
    state = validator.validate(ask_in_memory(store))
    gone = triples(":p7 :side :x .")
    store.remove(_quad(gone[0]))
    asked: list[str] = []

    def ask(sparql: str) -> Table:
        asked.append(sparql)
        return ask_in_memory(store)(sparql)

    found = validator.revalidate(state, ask, gone)
    assert lines(found.report) == ["c7 - MinCount"]
    assert all("/c7>" in sparql or "?node" in sparql or "subClassOf" in sparql for sparql in asked)


@pytest.mark.parametrize("mark", ["$", "?"])
@pytest.mark.parametrize(
    "pattern",
    ["$this {}PATH ?value", "$this :knows ?o . ?o {}PATH ?value", "?o {}PATH ?value . [] :part ?o"],
    ids=["from the focus node", "from elsewhere", "in a text that is not read"],
)
def test_a_change_on_the_path_of_a_query_is_seen(pattern: str, mark: str) -> None:
    """SHACL 5.3: the query reads the shape's path, wherever $PATH stands in it."""
    text = "PREFIX : <http://example.org/> SELECT $this ?value WHERE { " + pattern.format(mark) + " }"
    shapes = f':S a sh:PropertyShape ; sh:targetNode :a ; sh:path :p ; sh:sparql [ sh:select "{text}" ] .'
    place = ":a" if pattern.startswith("$this {}") else ":o"
    assert _after(shapes, ":a :knows :o . :x :part :o .", added=f"{place} :p 5 .") == ["a 5 SPARQL"]


@pytest.mark.parametrize("written", ["1", '"01"^^xsd:integer'])
def test_a_target_is_looked_at_again_whatever_form_the_store_gave_it(written: str) -> None:
    """The store holds the target "01"^^xsd:integer as 1, and may say either of a change."""
    shapes = """:S a sh:PropertyShape ; sh:targetNode "01"^^xsd:integer ; sh:path [ sh:inversePath :p ] ;
      sh:minCount 1 ."""
    assert _after(shapes, ":a :p 1 .", removed=f":a :p {written} .") == ["1 - MinCount"]
    assert _after(shapes, ":a :q 1 .", added=f":a :p {written} .") == []


def _after(shapes: str, data: str, added: str = "", removed: str = "") -> list[str]:
    """The report after a change, which is the same in full and where it matters."""
    store, validator = Store(), Validator(triples(shapes))
    store.extend(map(_quad, triples(data)))
    ask = ask_in_memory(store)
    before = validator.validate(ask)
    store.extend(map(_quad, triples(added)))
    for triple in triples(removed):
        store.remove(_quad(triple))
    found = lines(validator.revalidate(before, ask, [*triples(added), *triples(removed)]).report)
    assert found == lines(validator.validate(ask).report)
    return found


def _sparql(rng: random.Random, shapes: list[Triple]) -> list[Triple]:
    """Give some shape a SPARQL constraint."""
    shape = rng.choice([t.subject for t in shapes if t.predicate == TYPE])
    found = []
    for number, text in enumerate(rng.sample(_SELECTS, 3)):
        constraint = BlankNode(f"sparql{number}")
        found += [Triple(shape, sh("sparql"), constraint), Triple(constraint, sh("select"), Literal(text))]
    return found


_SELECTS = tuple(
    text.replace("p0", "<http://example.org/p0>")
    .replace("p1", "<http://example.org/p1>")
    .replace("p2", "<http://example.org/p2>")
    for text in (
        "SELECT $this ?value WHERE { $this p0 ?value . ?value a ?kind }",
        "SELECT $this ?value ?more WHERE { $this p0/p1 ?value, ?more }",
        "SELECT $this WHERE { FILTER NOT EXISTS { $this p2 ?x } }",
        "SELECT $this ?path ?value WHERE { $this ?path ?value ; a ?kind }",
        "SELECT $this ?value WHERE { $this !p2 ?value }",
        "SELECT $this WHERE { ?x p1 ?y ; ?p 1 }",
        "SELECT $this ?value WHERE { ?value p0 ?y FILTER NOT EXISTS { ?y a ?kind } }",
        "SELECT $this ?value (MIN(?x) AS ?one) WHERE { { SELECT $this ?value WHERE { "
        "{ SELECT DISTINCT $this ?value WHERE { ?x ?p ?value } } "
        "FILTER ISIRI(?value) FILTER NOT EXISTS { ?value a ?kind } } } ?x ?q ?value } GROUP BY $this ?value",
        "SELECT $this ?value (MIN(?x) AS ?one) WHERE { { SELECT $this ?value WHERE { "
        "{ SELECT $this ?value WHERE { ?x ?p ?value } GROUP BY $this ?value } "
        "FILTER ISIRI(?value) FILTER NOT EXISTS { ?value a ?kind } } } ?x ?q ?value } GROUP BY $this ?value",
        "SELECT $this ?value WHERE { { SELECT DISTINCT $this ?value WHERE { ?x ?value ?y } } "
        "FILTER NOT EXISTS { ?value a ?kind } }",
        "SELECT $this ?value WHERE { { ?value p0 ?o } UNION { ?s p1 ?value } "
        "OPTIONAL { ?value p2/a ?kind } FILTER (!BOUND(?kind)) }",
        "SELECT $this ?value WHERE { OPTIONAL { ?s p1 ?value } }",
        "SELECT $this (COUNT(?y) AS ?many) WHERE { $this p0+ ?x . ?x p1 ?y } "
        "GROUP BY $this HAVING (COUNT(?y) > 1)",
        "SELECT $this ?sum WHERE { $this p0 ?x . { SELECT $this ?x (COUNT(?y) AS ?sum) WHERE { "
        "?x ^p1 ?z . ?z p2|p0 ?y } GROUP BY $this ?x } }",
        "SELECT $this ?value WHERE { $this p0 ?value . FILTER NOT EXISTS { "
        "?other p1 ?value FILTER EXISTS { ?other a ?kind . ?kind p2* ?top } } }",
    )
)


def _without_blank_nodes(data: list[Triple]) -> list[Triple]:
    return [triple for triple in data if "_:" not in str(triple)]


def _quad(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT $this ?a ?b WHERE { $this :p ?a ; :q/^:r ?b . ?b a :C }", "p q r C type"),
        ("SELECT $this { $this :p 1 FILTER(?x != :y && !bound(?z)) }", "p y"),
        ("SELECT $this { $this ?p 1 }", None),
        ("SELECT $this { $this :p 1 ; ?p 2 }", None),
        ("SELECT $this { [] ?p $this }", None),
        ("SELECT $this { $this !:p ?x }", None),
        ("SELECT $this { $this (:q|!(:p)) ?x }", None),
        ("SELECT $this { $this other:p ?x }", None),
    ],
)
def test_a_sparql_constraint_reads_the_predicates_that_it_names(text: str, read: str | None) -> None:
    prefixes = "PREFIX : <http://example.org/>"
    found = predicates_read(QueryText(NamedNode("http://example.org/S"), False, text, prefixes))
    assert (None if found is None else {local_name(iri.value) for iri in found}) == (
        None if read is None else set(read.split())
    )
