"""The invented graph: the same each time, of the size that was asked for, fit to publish."""

from collections import Counter

import pytest

from conflictgraph import vocabulary
from conflictgraph.bench.inputs import SHAPES, shapes
from conflictgraph.bench.world import TRIPLES_PER_EVENT, World, events_for
from conflictgraph.ingest.seed import seed_graphs, shape_triples
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.validation import Validator

SCHEMA = [triple for seed in seed_graphs()[:2] for triple in seed.triples()]


def test_the_same_seed_gives_the_same_triples_another_one_others() -> None:
    first = list(World(50).triples())
    assert first == list(World(50).triples())
    assert set(first) != set(World(50, seed=2).triples())


def test_no_triple_comes_twice() -> None:
    counted = Counter(World(200).triples())
    assert max(counted.values()) == 1


@pytest.mark.parametrize("events", [500, 3000])
def test_the_size_is_about_what_the_number_of_events_says(events: int) -> None:
    size = sum(1 for _ in World(events).triples())
    assert size == pytest.approx(events * TRIPLES_PER_EVENT, rel=0.05)
    assert events_for(size) == pytest.approx(events, rel=0.05)


def test_each_kind_of_thing_is_there() -> None:
    kinds = {str(t.object) for t in World(20).triples() if t.predicate == vocabulary.A}
    for name in (
        "Event",
        "Statement",
        "OccurrenceClaim",
        "FigureClaim",
        "Figure",
        "Passage",
        "Person",
        "Polity",
    ):
        assert str(vocabulary.term(f"cg:{name}")) in kinds, name


def test_a_world_without_faults_conforms_to_the_shapes_and_contradicts_nothing() -> None:
    merged = [*SCHEMA, *World(60).triples()]
    inferred, findings = inferred_triples(merged)
    report = Validator(shape_triples()).validate_triples([*merged, *inferred]).report
    assert not findings
    assert not report.results
    assert not report.delegated


@pytest.mark.parametrize("name", SHAPES)
def test_each_set_of_shapes_finds_each_fault(name: str) -> None:
    data = [*SCHEMA, *World(60, faults=20).triples()]
    report = Validator(shapes(name)).validate_triples(data).report
    assert len({result.focus_node for result in report.results}) == 3
