"""The graph `void`: followed through changes, it says what counting everything says."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import copied_home
from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.gate.changes import Change
from conflictgraph.gate.publishing import Gate, publish, restore
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import WHOLE, Answer, Changes, Dataset, Draft
from conflictgraph.void.drafts import describe
from conflictgraph.void.numbers import Numbers, counted, moved
from conflictgraph.void.partitions import told

CG = "https://w3id.org/conflictgraph/ontology#"
ID = "https://w3id.org/conflictgraph/id/person/"
A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
SEE = "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
VALUES = ("'a'", "'b'@en", "1", "<http://e/x>", f"<{CG}Person>")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    store = EmbeddedStore(copied_home(tmp_path_factory.mktemp("numbers")), workers=1)
    yield Gate(store)
    store.close()


def updated(gate: Gate, text: str) -> None:
    publish(gate, Change("A change", lambda draft: draft.update(text), None))


def recounted(gate: Gate) -> Numbers:
    """What counting everything says of the current generation."""
    with gate.store.draft() as draft:
        draft.drop_graph(graphs.VOID)
        return counted(draft)


def insertion(number: int, slug: str, choice: random.Random) -> str:
    person = f"<{ID}p{number}>"
    more = " ; ".join(f"{SEE} {choice.choice(VALUES)}" for _ in range(choice.randint(1, 3)))
    triples = f"{person} a <{CG}Person> ; {LABEL} 'p{number}'@en ; {more}"
    return f"INSERT DATA {{ GRAPH {graphs.source(slug)} {{ {triples} }} }}"


def test_numbers_that_follow_changes_are_those_that_counting_gives(gate: Gate) -> None:
    choice = random.Random(7)
    for number in range(6):
        updated(gate, insertion(number % 4, choice.choice(("one", "two")), choice))
        assert told(Snapshot(gate.store)) == recounted(gate)
    gone = f"DELETE {{ GRAPH ?g {{ <{ID}p1> ?p ?o }} }} WHERE {{ GRAPH ?g {{ <{ID}p1> ?p ?o }} }}"
    updated(gate, f"{gone} ; {insertion(2, 'one', choice)}")
    assert told(Snapshot(gate.store)) == recounted(gate)
    assert told(Snapshot(gate.store)) != told(Snapshot(gate.store, 1))


def test_a_return_brings_the_numbers_of_then(gate: Gate) -> None:
    updated(gate, insertion(9, "one", random.Random(1)))
    then = gate.store.generations[-2].number
    restore(gate, then)
    assert told(Snapshot(gate.store)) == told(Snapshot(gate.store, then)) == recounted(gate)


class Noted:
    """A generation that remembers what it was asked."""

    def __init__(self, state: Snapshot) -> None:
        self.state, self.asked = state, list[str]()

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        self.asked.append(sparql)
        return self.state.query(sparql, accept, dataset)


def test_a_change_is_followed_by_asking_of_what_it_touches_alone(gate: Gate) -> None:
    updated(gate, insertion(5, "one", random.Random(2)))
    before = told(Snapshot(gate.store))
    added = Triple(NamedNode(ID + "p5"), NamedNode(SEE.strip("<>")), Literal("quite new"))
    assert before
    updated(gate, f"INSERT DATA {{ GRAPH {graphs.source('one')} {{ {added} }} }}")
    after = Noted(Snapshot(gate.store))
    assert moved(before, Changes(added=(added,)), after) == recounted(gate) == told(Snapshot(gate.store))
    assert len(after.asked) == 3
    assert all(f"VALUES ?thing {{ <{ID}p5> }}" in text for text in after.asked)


def test_a_change_that_cannot_be_told_is_counted(tmp_path: Path) -> None:
    store = EmbeddedStore(copied_home(tmp_path), workers=1)
    try:
        with store.draft() as draft:
            draft.update(f"INSERT DATA {{ GRAPH {graphs.source('one')} {{ <http://e/a> {SEE} [] }} }}")
            describe(draft, told(Snapshot(store)))
            followed = told(draft)
            draft.drop_graph(graphs.VOID)
            assert followed == counted(draft)
            assert followed
            assert followed["subjects", SEE.strip("<>")] == 1
    finally:
        store.close()


def test_a_draft_without_a_generation_before_is_counted(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "home", workers=1)

    def load(draft: Draft) -> None:
        draft.update(f"INSERT DATA {{ GRAPH {graphs.source('one')} {{ <http://e/a> a <http://e/C> }} }}")

    try:
        with store.draft() as draft:
            load(draft)
            describe(draft, None)
            assert told(draft) == {
                ("triples",): 1, ("subjects",): 1, ("objects",): 1, ("entities", "http://e/C"): 1,
                ("triples", A): 1, ("subjects", A): 1, ("objects", A): 1, ("triples", "http://e/C", A): 1,
            }  # fmt: skip
    finally:
        store.close()
