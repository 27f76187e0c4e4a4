"""Explanations: rules and premises, down to asserted triples and their graphs."""

from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, Quad
from reasoned import inferred, merged, store_of
from worlds import triples, world

from conflictgraph.reason.closure import close
from conflictgraph.reason.explain import ASSERTED, Explanation, explain

SOURCE = NamedNode("http://example.org/source")


def _all(found: Explanation) -> Iterator[Explanation]:
    yield found
    for premise in found.premises:
        yield from _all(premise)


def _is_circular(found: Explanation, above: tuple[object, ...] = ()) -> bool:
    here = (*above, found.triple)
    return found.triple in above or any(_is_circular(premise, here) for premise in found.premises)


def test_an_asserted_triple_is_explained_by_its_graphs() -> None:
    given = triples(":x :p :y .")
    store = store_of(given)
    store.extend(Quad(t.subject, t.predicate, t.object, SOURCE) for t in given)
    close(store)
    assert explain(store, given[0]) == Explanation(given[0], ASSERTED, (SOURCE,))


def test_a_triple_that_does_not_hold_has_no_explanation() -> None:
    store = store_of(triples(":x :p :y ."))
    close(store)
    assert explain(store, triples(":y :p :x .")[0]) is None


def test_a_derivation_names_its_rules_down_to_what_is_asserted() -> None:
    given = triples(":C rdfs:subClassOf :D . :D rdfs:subClassOf :E . :p rdfs:domain :C . :x :p :y .")
    store = store_of(given)
    close(store)
    found = explain(store, triples(":x a :E .")[0])
    assert found is not None
    assert found.rule in ("prp-dom", "cax-sco")
    leaves = {step.triple for step in _all(found) if not step.premises}
    assert leaves == set(given)
    assert all(step.rule == ASSERTED for step in _all(found) if not step.premises)


def test_a_chain_shows_each_of_its_links() -> None:
    store = store_of(triples(":p owl:propertyChainAxiom (:q :r) . :x :q :y . :y :r :z ."))
    close(store)
    found = explain(store, triples(":x :p :z .")[0])
    assert found is not None
    assert found.rule == "prp-spo2"
    assert [p.triple for p in found.premises][1:] == triples(":x :q :y . :y :r :z .")


def test_no_triple_explains_itself_where_rules_go_round() -> None:
    store = store_of(
        triples(":p owl:inverseOf :q . :p a owl:SymmetricProperty, owl:TransitiveProperty . :x :p :y .")
    )
    close(store)
    for triple in inferred(store):
        found = explain(store, triple)
        assert found is not None
        assert not _is_circular(found)


@pytest.mark.parametrize("seed", range(6))
def test_every_inferred_triple_rests_on_asserted_ones(seed: int) -> None:
    given = world(seed)
    store = store_of(given)
    close(store)
    before = merged(store)
    for triple in sorted(inferred(store), key=str)[:12]:
        found = explain(store, triple)
        assert found is not None
        assert not _is_circular(found)
        assert {step.triple for step in _all(found) if step.rule == ASSERTED} <= set(given)
    assert merged(store) == before
