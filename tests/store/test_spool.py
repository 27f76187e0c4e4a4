"""A spool is loaded in parts, and what it holds is whole."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store

from conflictgraph import graphs
from conflictgraph.store.spool import Spool

SOURCE = graphs.source("a")
LINES = [f'<http://e/{n}> <http://e/p> "{"x" * 600}{n}" .\n'.encode() for n in range(3_000)]
NAMELESS = [f"_:b{n % 7} <http://e/p> <http://e/{n}> .\n".encode() for n in range(30)]


@pytest.mark.parametrize("graph", [SOURCE, graphs.REPORT])
def test_every_part_is_loaded_into_the_graph_and_if_it_is_merged_into_the_default_graph(
    graph: NamedNode, tmp_path: Path
) -> None:
    store = Store(str(tmp_path / "store"))
    with Spool(tmp_path, part=100_000) as spool:
        spool.add(b"".join([*LINES[:2_000], *NAMELESS, *LINES[2_000:]]))
        spool.load(store, graph)
    named = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
    default = {quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())}
    assert len(named) == len(LINES) + len(NAMELESS)
    assert default == (named if graph == SOURCE else set())
    assert len({t.subject for t in named if not isinstance(t.subject, NamedNode)}) == 7


@pytest.mark.parametrize("part", [100_000, 100_000_000])
def test_many_nodes_without_a_name_are_the_same_in_both_graphs(part: int, tmp_path: Path) -> None:
    nameless = [f"_:b{n % 9} <http://e/p> <http://e/{n}> .\n".encode() for n in range(40_000)]
    store = Store(str(tmp_path / "store"))
    with Spool(tmp_path, part=part) as spool:
        spool.add(b"".join([*nameless[:100], *LINES[:5], *nameless[100:]]))
        spool.load(store, SOURCE)
    named, default = (
        {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
        for graph in (SOURCE, DefaultGraph())
    )
    assert named == default
    assert len(named) == 40_005
    assert len({t.subject for t in named if not isinstance(t.subject, NamedNode)}) == 9


def test_lines_may_be_looked_at_before_they_are_loaded(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    with Spool(tmp_path) as spool:
        spool.add_lines(iter([*LINES, *NAMELESS]))
        assert next(spool.lines()) == LINES[0]
        assert set(spool.lines()) == {*LINES, *NAMELESS}
        next(spool.lines())
        spool.load(store, graphs.REPORT)
    assert len(store) == len(LINES) + len(NAMELESS)
