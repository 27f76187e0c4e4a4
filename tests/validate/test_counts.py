"""Solutions are counted once, and no further than is needed."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad, Store
from ttl import triples

from conflictgraph.validate.asking import Table, ask_in_memory
from conflictgraph.validate.counts import Counts
from conflictgraph.validate.shapes import INSTANCE_OF
from conflictgraph.validate.subclasses import Subclasses

P, Q, C = (f"<http://example.org/{name}>" for name in "pqC")
DATA = """
:a a :C ; :p :b , :c , :d ; :q :b .
:b a :D ; :p :c .
:D rdfs:subClassOf :C .
"""


class Asked:
    """A small graph that remembers which numbers it was asked for."""

    def __init__(self) -> None:
        store = Store()
        store.extend(Quad(t.subject, t.predicate, t.object) for t in triples(DATA))
        self._ask, self.questions = ask_in_memory(store), list[str]()

    def __call__(self, sparql: str) -> Table:
        if "COUNT(" in sparql:
            self.questions.append(sparql)
        return self._ask(sparql)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def counts(asked: Asked) -> Counts:
    return Counts(asked, Subclasses(asked))


def test_a_predicate_is_counted_once_under_any_names_and_backwards(asked: Asked, counts: Counts) -> None:
    patterns = (f"?this {P} ?value .", f"?this {P} ?this_object .", f"?this ^{P} ?value .")
    assert [counts.number((pattern,)) for pattern in patterns] == [4, 4, 4]
    assert len(asked.questions) == 1


def test_a_class_is_counted_once_with_its_subclasses(asked: Asked, counts: Counts) -> None:
    assert [counts.number((f"?{name} {INSTANCE_OF} {C} .",)) for name in ("this", "value")] == [2, 2]
    assert len(asked.questions) == 1


def test_a_triple_from_a_node_to_itself_is_another_pattern(counts: Counts) -> None:
    assert counts.number((f"?x {P} ?x .",)) == 0
    assert counts.number((f"?x {P} ?y .",)) == 4


def test_a_limit_that_is_reached_is_told_and_no_more(counts: Counts) -> None:
    assert [counts.up_to(f"?x {P} ?y .", limit) for limit in (3, 4, 5, 9)] == [3, 4, 4, 4]
    assert counts.are_fewer((f"?x {P} ?y .", f"?x {Q} ?y ."), 6)
    assert not counts.are_fewer((f"?x {P} ?y .", f"?x {Q} ?y ."), 5)


def test_what_a_count_has_told_is_not_asked_again(asked: Asked, counts: Counts) -> None:
    counts.up_to(f"?x {P} ?y .", 3)
    assert counts.up_to(f"?x {P} ?y .", 2) == 2
    assert len(asked.questions) == 1
    counts.up_to(f"?x {P} ?y .", 9)
    assert counts.number((f"?x {P} ?y .",)) == 4
    assert len(asked.questions) == 2


def test_different_nodes_are_counted_of_all_patterns_together(counts: Counts) -> None:
    assert counts.different((f"?this {P} ?value .", f"?this {Q} ?value .")) == 2
