"""Reasoning for the store port, with the embedded store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Triple
from worlds import triples, world

from conflictgraph import graphs, solutions
from conflictgraph.reason.drafts import explanation, extend, infer, retract
from conflictgraph.reason.explain import ASSERTED, Explanation
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import WHOLE, Answer, Dataset, Queryable

ONTOLOGY = triples(
    ":C owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :D ] . :E owl:disjointWith :C ."
    " :p rdfs:range :D ."
)
DATA = triples(":x :p :y . :z a :C .")
SOURCE = graphs.source("one")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "home", workers=1)
    yield opened
    opened.close()


def _lines(source: Queryable, query: str) -> set[str]:
    return set(source.query(query, accept="application/n-triples").read().decode().splitlines())


def _text(found: list[Triple]) -> set[str]:
    return {f"{triple} ." for triple in found}


def _publish_closed(store: EmbeddedStore, ontology: list[Triple], data: list[Triple]) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ontology)
        draft.load(SOURCE, data)
        infer(draft)
        draft.publish()


def test_a_draft_gets_what_follows_without_nodes_that_have_no_name(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        result = infer(draft)
        got = _lines(draft, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}")
        assert got == _text(triples(":y a :D . :x a :C ."))
        assert (result.added, result.findings) == (2, ())


def test_inferring_twice_leaves_the_same_graph(store: EmbeddedStore) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        once = _lines(draft, query)
        infer(draft)
        assert _lines(draft, query) == once


def test_an_inferred_triple_that_a_source_states_later_is_asserted(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        draft.load(SOURCE, triples(":x a :C ."))
        assert infer(draft).added == 1


def test_what_only_an_unmerged_graph_states_is_inferred_all_the_same(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        draft.load(graphs.PROVENANCE, triples(":x a :C ."))
        assert infer(draft).added == 2


def test_what_an_addition_brings_goes_with_it(store: EmbeddedStore) -> None:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}"
    added = triples(":v :p :w .")
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, DATA)
        infer(draft)
        before = _lines(draft, query)
        draft.load(SOURCE, added)
        extend(draft, added)
        assert _lines(draft, query) == before | _text(triples(":w a :D . :v a :C ."))
        draft.replace_graph(SOURCE, DATA)
        retract(draft, added)
        assert _lines(draft, query) == before


def test_an_inconsistent_draft_has_findings(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(graphs.ONTOLOGY, ONTOLOGY)
        draft.load(SOURCE, [*DATA, *triples(":x a :E .")])
        assert [finding.rule for finding in infer(draft).findings] == ["cax-dw"]


class Overheard:
    """Passes on what is asked, and remembers it."""

    def __init__(self, source: Queryable) -> None:
        self._source, self.asked = source, list[str]()

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        self.asked.append(sparql)
        return self._source.query(sparql, accept, dataset)

    @property
    def copied(self) -> bool:
        return any(text.startswith("CONSTRUCT") for text in self.asked)


def _leaves(found: Explanation) -> Iterator[Explanation]:
    if not found.premises:
        yield found
    for premise in found.premises:
        yield from _leaves(premise)


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_is_explained_where_it_is(store: EmbeddedStore, seed: int) -> None:
    given = world(seed)
    named = [t for t in given if not any(isinstance(term, BlankNode) for term in (t.subject, t.object))]
    _publish_closed(store, [], named)
    heard = Overheard(store)
    everything = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}"
    for triple in sorted(solutions.triples(store, everything), key=str)[:20]:
        found = explanation(heard, triple)
        assert found is not None
        assert all((leaf.rule, leaf.graphs) == (ASSERTED, (SOURCE,)) for leaf in _leaves(found))
        assert {leaf.triple for leaf in _leaves(found)} <= set(named)
    assert heard.asked
    assert not heard.copied


def test_what_does_not_follow_is_known_without_a_copy(store: EmbeddedStore) -> None:
    _publish_closed(store, [], triples(":p rdfs:range :D . :x :p :y ."))
    heard = Overheard(store)
    assert explanation(heard, triples(":x a :D .")[0]) is None
    assert not heard.copied


def test_what_follows_by_way_of_a_node_without_a_name_takes_a_copy(store: EmbeddedStore) -> None:
    _publish_closed(store, ONTOLOGY, DATA)
    heard = Overheard(store)
    found = explanation(heard, triples(":x a :C .")[0])
    assert found is not None
    assert {leaf.rule for leaf in _leaves(found)} == {ASSERTED}
    assert heard.copied


def test_what_was_not_inferred_is_explained_all_the_same(store: EmbeddedStore) -> None:
    with store.draft() as draft:
        draft.load(SOURCE, triples(":p rdfs:range :D . :x :p :y ."))
        draft.publish()
    found = explanation(store, triples(":y a :D .")[0])
    assert found is not None
    assert found.rule == "prp-rng"


def test_a_published_triple_is_explained_down_to_its_graphs(store: EmbeddedStore) -> None:
    _publish_closed(store, ONTOLOGY, DATA)
    found = explanation(store, triples(":y a :D .")[0])
    assert found is not None
    assert found.rule == "prp-rng"
    assert [(p.rule, p.graphs) for p in found.premises] == [
        (ASSERTED, (graphs.ONTOLOGY,)),
        (ASSERTED, (SOURCE,)),
    ]
    assert explanation(store, triples(":y a :C .")[0]) is None
