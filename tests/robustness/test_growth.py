"""A graph that is replaced by nearly the same one costs what is different, not what it holds."""

from contextlib import closing
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph import graphs
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home

SAID, GRAPH = NamedNode("https://example.org/said"), graphs.source("a")


def _triples(count: int) -> list[Triple]:
    named = [Triple(NamedNode(f"https://example.org/{n}"), SAID, Literal(str(n))) for n in range(count)]
    return [*named, Triple(BlankNode("x"), SAID, BlankNode("y")), Triple(BlankNode("y"), SAID, SAID)]


def test_replacing_a_graph_by_one_triple_more_shares_the_files(tmp_path: Path) -> None:
    with closing(EmbeddedStore(tmp_path, workers=1)) as store:
        for count in (20_000, 20_001):
            with store.draft() as draft:
                draft.replace_graph(GRAPH, _triples(count))
                draft.publish()
        for where in ("?s ?p ?o", f"GRAPH {GRAPH} {{ ?s ?p ?o }}"):
            counted = f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}"
            assert store.query(counted, "text/csv").read().split()[1:] == [b"20003"]
        joined = f"ASK {{ ?x {SAID} ?y . ?y {SAID} {SAID} }}"
        assert b"true" in store.query(joined, "text/csv, application/sparql-results+json").read()
    old, new = ({f.stat().st_ino: f.stat().st_size for f in _files(tmp_path, n)} for n in (1, 2))
    assert sum(size for inode, size in new.items() if inode not in old) < sum(old.values()) / 10


def _files(home: Path, number: int) -> list[Path]:
    return list(Home(home).generation_path(number).glob("*.sst"))
