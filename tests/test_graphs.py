"""The named graphs, their slugs, and which of them the default graph merges."""

import pytest
from pyoxigraph import NamedNode

from conflictgraph import graphs
from conflictgraph.errors import UsageError


@pytest.mark.parametrize("slug", ["a", "ucdp-ged-24-1", "2022", "x" * 100])
def test_a_slug_names_a_source_and_comes_back_from_its_graph(slug: str) -> None:
    graph = graphs.source(slug)
    assert graph.value == f"https://w3id.org/conflictgraph/graph/source/{slug}"
    assert graphs.source_slug(graph) == slug
    assert graphs.is_merged(graph)
    assert graphs.is_known(graph)


@pytest.mark.parametrize(
    "slug", ["", "A", "a_b", "a--b", "-a", "a-", "a/b", "a b", "é", "a\n", "x" * 101, "../x"]
)
def test_what_is_no_slug_is_refused_with_an_example(slug: str) -> None:
    assert not graphs.is_slug(slug)
    with pytest.raises(UsageError, match="like 'ucdp-ged"):
        graphs.source(slug)


def test_the_merge_has_all_but_provenance_and_report() -> None:
    assert {graph for graph in graphs.FIXED if not graphs.is_merged(graph)} == {
        graphs.PROVENANCE,
        graphs.REPORT,
    }


def test_graphs_of_others_are_neither_known_nor_merged() -> None:
    other = NamedNode("http://example.org/graph")
    assert not graphs.is_known(other)
    assert not graphs.is_merged(other)
    assert graphs.source_slug(other) is None
    assert graphs.source_slug(graphs.ONTOLOGY) is None
