"""Update requests leave the default graph in step, whatever they are made of."""

import random

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store

from conflictgraph import graphs
from conflictgraph.errors import UpdateRefused
from conflictgraph.store import merge
from conflictgraph.store.rewriting import in_step, noted

A, B = graphs.source("a"), graphs.source("b")
GRAPHS = (graphs.ONTOLOGY, graphs.INFERRED, graphs.REPORT, A, B, NamedNode("http://example.org/other"))
TRIPLES = [f"<a:{s}> <p:{p}> {o}" for s in "abc" for p in "pq" for o in ("1", '"x"', "<a:a>")]


def random_operation(chance: random.Random) -> str:
    g, h = chance.choice(GRAPHS), chance.choice(GRAPHS)

    def quads(graph: NamedNode) -> str:
        triples = " . ".join(chance.sample(TRIPLES, chance.randint(1, 4)))
        return f"GRAPH {graph} {{ {triples}{chance.choice(['', ' .'])} }}{chance.choice(['', ' .'])}"

    return chance.choice(
        [
            f"INSERT DATA {{ {quads(g)} {quads(h)} }}",
            f"INSERT DATA {{ {quads(g)} # a comment\n }}",
            f"DELETE DATA {{ {quads(g)} {quads(h)} }}",
            f"DELETE WHERE {{ GRAPH {g} {{ ?s <p:p> ?o }} }}",
            f"DELETE {{ GRAPH {g} {{ ?s ?p ?o }} }} INSERT {{ GRAPH {h} {{ ?s ?p ?o }} }} "
            f"WHERE {{ GRAPH {g} {{ ?s ?p ?o FILTER(?o < 5 || ?s > <a:a>) }} }}",
            f"INSERT {{ GRAPH {h} {{ ?s ?p ?o . ?o ?p ?s }} }} WHERE {{ ?s ?p ?o }}",
            "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o FILTER(?s = <a:b>) } }",
            "INSERT { GRAPH ?g { ?s ?p 7 } } WHERE { GRAPH ?g { ?s ?p ?o FILTER(?s = <a:b>) } }",
            f"WITH {g} DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p <a:c> }} "
            "WHERE { ?s ?p ?o . FILTER(isLiteral(?o)) }",
            f"WITH {g} INSERT {{ ?s ?p 8 . GRAPH {h} {{ ?s ?p 9 }} }} USING {h} WHERE {{ ?s ?p ?o }}",
            f"DELETE {{ GRAPH {g} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {h} {{ ?s ?p ?o }} }}",
            f"CLEAR SILENT GRAPH {g}",
            f"DROP SILENT GRAPH {g}",
            f"COPY SILENT {g} TO {h}",
            f"MOVE SILENT {g} TO {h}",
            f"ADD SILENT GRAPH {g} TO GRAPH {h}",
            f"COPY DEFAULT TO {h}",
            "CREATE SILENT GRAPH <g:new>",
        ]
    )


def merged_and_default(store: Store) -> tuple[set[object], set[object]]:
    named = {
        quad.triple
        for quad in store
        if isinstance(quad.graph_name, NamedNode) and graphs.is_merged(quad.graph_name)
    }
    return named, {quad.triple for quad in store if isinstance(quad.graph_name, DefaultGraph)}


@pytest.mark.parametrize("seed", range(40))
def test_any_request_does_what_it_says_and_leaves_the_default_graph_the_merge(seed: int) -> None:
    chance = random.Random(seed)
    rewritten, plain = Store(), Store()
    for _ in range(6):
        operations = [random_operation(chance) for _ in range(chance.randint(1, 3))]
        request = " ;\n".join(operations) + chance.choice(["", " ;"])
        rewritten.update(in_step(request))
        for operation in operations:
            plain.update(f"{operation} ; {merge.RESYNC}")
        named, default = merged_and_default(rewritten)
        assert named == default, request
        assert set(rewritten) == set(plain), request


@pytest.mark.parametrize("seed", range(40))
def test_what_is_noted_is_at_least_what_changed(seed: int) -> None:
    chance = random.Random(seed)
    store, plain = Store(), Store()
    told = 0
    for _ in range(12):
        request = " ;\n".join(random_operation(chance) for _ in range(chance.randint(1, 3)))
        text = noted(request)
        _, before = merged_and_default(store)
        store.update(in_step(request) if text is None else text)
        plain.update(in_step(request))
        journal = {quad.triple for quad in store.quads_for_pattern(None, None, None, merge.JOURNAL)}
        store.remove_graph(merge.JOURNAL)
        named, default = merged_and_default(store)
        assert named == default, request
        assert set(store) == set(plain), request
        if text is not None:
            told += 1
            assert before ^ default <= journal, request
    assert told > 3


@pytest.mark.parametrize(
    "update",
    [
        f"INSERT {{ GRAPH {A} {{ ?s <p:p> [ <p:q> ?o ] }} }} WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ GRAPH {A} {{ ?s <p:p> (?o 1) }} }} WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ GRAPH {A} {{ ?s <p:p> _:x . _:x <p:q> ?o }} }} WHERE {{ ?s ?p ?o }}",
        f"INSERT DATA {{ GRAPH {A} {{ _:x <p:q> 1 }} GRAPH {B} {{ _:x <p:q> 2 }} }}",
        rf"INSERT DATA {{ GRAPH {A} {{ <a:\u0061> <p:q> '\u0031' }} }}",
        f"INSERT {{ GRAPH {A} {{ ?s <p:r> ?o }} }} WHERE {{ ?s ?p ?o FILTER(?o<2&&?o>0) }}",
        f"INSERT {{ GRAPH {A} {{ <<( <a:a> <a:b> <a:c> )>> <p:q> ?o }} }} WHERE {{ ?s ?p ?o }}",
        f"BASE <{graphs.BASE}> INSERT DATA {{ GRAPH <inferred> {{ <a:a> <p:q> 1 }} }}",
        f"BASE <{graphs.BASE}> CLEAR GRAPH <ontology>",
        "DROP NAMED",
        "CLEAR ALL",
    ],
)
def test_what_cannot_be_told_from_the_text_is_put_right_all_the_same(update: str) -> None:
    store = Store()
    store.update(in_step(f"INSERT DATA {{ GRAPH {graphs.ONTOLOGY} {{ <a:a> <p:p> 1 }} }}"))
    store.update(in_step(update))
    named, default = merged_and_default(store)
    assert named == default


@pytest.mark.parametrize(
    "update",
    [
        f"INSERT DATA {{ GRAPH {A} {{ <a:a> <p:p> 1 }} }}",
        f"PREFIX g: <{graphs.BASE}source/> DELETE DATA {{ GRAPH g:a {{ <a:a> <p:p> 1 }} }}",
        f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} INSERT {{ GRAPH {A} {{ ?s ?p 2 }} }} "
        "WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"WITH {A} DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"MOVE {A} TO {B}",
        f"DROP SILENT GRAPH {A}",
    ],
)
def test_usual_updates_do_not_look_at_the_whole_graph(update: str) -> None:
    assert merge.RESYNC not in in_step(update)


def test_a_graph_outside_the_merge_needs_no_follow_up() -> None:
    update = f"INSERT DATA {{ GRAPH {graphs.REPORT} {{ <a:a> <p:p> 1 }} }}"
    assert in_step(update).replace(" ", "") == update.replace(" ", "")


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <p:p> 1 }",
        f"INSERT DATA {{ GRAPH {A} {{ <a:a> <p:p> 1 }} <a:a> <p:p> 1 }}",
        f"INSERT DATA {{ <a:a> <p:p> 1 . GRAPH {A} {{ <a:a> <p:p> 1 }} }}",
        "DELETE DATA { <a:a> <p:p> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        f"DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH {A} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
        "CLEAR DEFAULT",
        "DROP SILENT DEFAULT",
        f"COPY {A} TO DEFAULT",
        f"ADD {A} TO DEFAULT",
        f"MOVE DEFAULT TO {A}",
        f"MOVE SILENT DEFAULT TO {A}",
        f"CLEAR GRAPH {A} ; INSERT DATA {{ <a:a> <p:p> 1 }}",
        "INSERTDATA{<a:a> <p:p> 1}",
    ],
)
def test_writing_into_the_default_graph_is_refused(update: str) -> None:
    with pytest.raises(UpdateRefused):
        in_step(update)


@pytest.mark.parametrize("update", ["", "PREFIX a: <a:>", "# nothing\n", " \n"])
def test_an_update_of_no_operations_is_left_alone(update: str) -> None:
    assert in_step(update) == update


def test_prefixes_between_operations_reach_the_engine() -> None:
    store = Store()
    store.update(
        in_step(
            f"PREFIX a: <a:> INSERT DATA {{ GRAPH {A} {{ a:a a:b 1 }} }} ;\n"
            f"PREFIX b: <b:> PREFIX a: <a:> INSERT DATA {{ GRAPH {A} {{ a:a b:b 1 }} }} ;"
        )
    )
    assert {quad.predicate.value for quad in store} == {"a:b", "b:b"}
