"""Following changes of a draft, and inferring everything anew."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Triple
from worlds import world

from conflictgraph import graphs
from conflictgraph.reason.closure import InferredResult
from conflictgraph.reason.drafts import extend, infer, retract
from conflictgraph.reason.facts import CLASSES, PREDICATES
from conflictgraph.reason.tokens import fact
from conflictgraph.reason.trivia import TYPE
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.port import Draft

SOURCE = graphs.source("one")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(Path(tmp_path_factory.mktemp("home")), workers=1)
    yield opened
    opened.close()


def _inferred(draft: Draft) -> set[str]:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graphs.INFERRED} {{ ?s ?p ?o }} }}"
    return set(draft.query(query, accept="application/n-triples").read().decode().splitlines())


def _anew(draft: Draft, ontology: list[Triple], data: list[Triple]) -> tuple[InferredResult, set[str]]:
    for graph, content in ((graphs.INFERRED, ()), (graphs.ONTOLOGY, ontology), (SOURCE, data)):
        draft.replace_graph(graph, content)
    return infer(draft), _inferred(draft)


@pytest.mark.parametrize("seed", range(50))
def test_following_a_change_equals_inferring_anew(store: EmbeddedStore, seed: int) -> None:
    _compare(store, world(seed, equality=False), 1 + seed % 9)


@pytest.mark.parametrize("seed", range(12))
def test_where_things_may_be_equal_a_change_equals_inferring_anew(store: EmbeddedStore, seed: int) -> None:
    _compare(store, world(seed), 1 + seed % 9)


def test_nearly_every_change_is_followed_without_inferring_anew(store: EmbeddedStore) -> None:
    rebuilt = [_compare(store, world(seed, equality=False), 3) for seed in range(50, 70)]
    assert sum(rebuilt) <= 5


def _compare(store: EmbeddedStore, given: list[Triple], size: int) -> bool:
    """Add some statements and remove them again; whether that took inferring anew."""
    ontology = [triple for triple in given if _is_schema(triple)]
    data = list(dict.fromkeys(triple for triple in given if not _is_schema(triple)))
    part, rest = data[:size], data[size:]
    with store.draft() as draft:
        everything, whole = _anew(draft, ontology, data)
        before, less = _anew(draft, ontology, rest)

        draft.load(SOURCE, part)
        brought = extend(draft, part)
        assert _inferred(draft) == whole
        assert _told(everything) - _told(before) <= _told(brought) <= _told(everything)

        draft.replace_graph(SOURCE, rest)
        retracted = retract(draft, part)
        assert _inferred(draft) == less
    return brought.rebuilt or retracted.rebuilt


def _is_schema(triple: Triple) -> bool:
    _, predicate, object_ = fact(triple)
    is_axiom = predicate in PREDICATES or (predicate == TYPE and object_ in CLASSES)
    return is_axiom or isinstance(triple.subject, BlankNode)


def _told(result: InferredResult) -> set[str]:
    """The findings in words, without the names of nodes that have none."""
    return {re.sub("_:[0-9a-z]+", "_:", finding.message) for finding in result.findings}
