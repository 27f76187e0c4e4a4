"""What every adapter promises (see `conflictgraph.store.port`), one promise a test."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import answers
import pytest
from adapters import ADAPTERS, ELSEWHERE, EXAMPLE, SHARED, UNMERGED, A, B, Opener, fact, filled
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from conflictgraph import errors, graphs
from conflictgraph.rdf import NTriples
from conflictgraph.store.port import Cancellation, Changes, Dataset, Draft, Limits, Queryable, Store

ASK_ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
MERGED_SIZE = 6
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { VALUES ?d { 0 1 2 3 4 5 6 7 8 9 } VALUES ?e { 0 1 2 3 4 5 6 7 8 9 } "
    + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(12))
    + "}"
)
LONG = (
    "SELECT * { "
    + " ".join(f"VALUES ?v{i} {{ 0 1 2 3 4 5 6 7 8 9 }}" for i in range(5))
    + ' BIND("a literal that makes each row of the result a little longer" AS ?text) }'
)


@pytest.fixture(params=list(ADAPTERS), scope="module")
def opener(request: pytest.FixtureRequest) -> Opener:
    return ADAPTERS[request.param]


@pytest.fixture(scope="module")
def readable(opener: Opener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that no test changes."""
    with filled(opener, tmp_path_factory.mktemp("readable"), Limits(seconds=60)) as store:
        yield store


@pytest.fixture
def store(opener: Opener, tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with filled(opener, tmp_path, Limits(seconds=60)) as store:
        yield store


@pytest.fixture
def empty(opener: Opener, tmp_path: Path) -> Iterator[Store]:
    store = opener(tmp_path, Limits(seconds=60))
    yield store
    store.close()


def count(source: Queryable, pattern: str = "?s ?p ?o") -> int:
    (row,) = answers.rows(source, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    return int(str(row["n"].value)) if isinstance(row["n"], Literal) else -1


def in_graph(source: Queryable, graph: NamedNode) -> int:
    return count(source, f"GRAPH {graph} {{ ?s ?p ?o }}")


def is_merge(source: Queryable) -> bool:
    """Whether the default graph is exactly the union of the merged named graphs."""
    quads = answers.rows(source, "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }")
    union = {
        (row["s"], row["p"], row["o"])
        for row in quads
        if isinstance(row["g"], NamedNode) and graphs.is_merged(row["g"])
    }
    return union == {(row["s"], row["p"], row["o"]) for row in answers.rows(source, ASK_ALL)}


# What is seen


def test_a_query_sees_the_merge_of_ontology_sources_and_inferences_by_default(readable: Store) -> None:
    assert count(readable) == MERGED_SIZE
    assert is_merge(readable)


def test_a_triple_in_two_graphs_is_one_in_the_default_graph(readable: Store) -> None:
    assert count(readable, f"{SHARED.subject} ?p ?o") == 1


def test_graphs_outside_the_merge_are_not_in_the_default_graph(readable: Store) -> None:
    assert not answers.truth(readable, "ASK { <http://example.org/hidden> ?p ?o }")


def test_every_named_graph_is_reached_by_graph(readable: Store) -> None:
    assert {
        row["g"] for row in answers.rows(readable, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    } == set(EXAMPLE)
    assert in_graph(readable, UNMERGED) == 1


def test_a_given_default_graph_replaces_the_merged_view(readable: Store) -> None:
    rows = answers.rows(readable, ASK_ALL, Dataset(default_graphs=(B,)))
    assert {row["s"] for row in rows} == {triple.subject for triple in EXAMPLE[B]}


def test_several_given_default_graphs_are_merged(readable: Store) -> None:
    assert len(answers.rows(readable, ASK_ALL, Dataset(default_graphs=(A, B)))) == 4


def test_with_a_given_default_graph_no_named_graph_is_reached(readable: Store) -> None:
    dataset = Dataset(default_graphs=(A,))
    assert answers.rows(readable, "SELECT * { GRAPH ?g { ?s ?p ?o } }", dataset) == []


def test_only_the_given_named_graphs_are_reached(readable: Store) -> None:
    dataset = Dataset(named_graphs=(B, UNMERGED))
    rows = answers.rows(readable, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", dataset)
    assert {row["g"] for row in rows} == {B, UNMERGED}


def test_with_only_named_graphs_given_the_default_graph_is_empty(readable: Store) -> None:
    assert answers.rows(readable, ASK_ALL, Dataset(named_graphs=(B,))) == []


def test_from_in_the_query_chooses_the_default_graph(readable: Store) -> None:
    assert len(answers.rows(readable, f"SELECT * FROM {B} {{ ?s ?p ?o }}")) == 2


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (COUNT(*) AS ?n) FROM {A} FROM {B} {{ ?s ?p ?o }}",
        f"PREFIX g: <{graphs.SOURCE_PREFIX}> SELECT (COUNT(*) AS ?n) FROM g:a from g:b WHERE {{ ?s ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM {A} FROM {B} FROM NAMED {UNMERGED} "
        "{ ?s ?p ?o FILTER EXISTS { GRAPH ?g {} } }",
    ],
)
def test_a_triple_in_two_from_graphs_is_one(readable: Store, query: str) -> None:
    assert readable.query(query, "text/csv").read() == b"n\r\n4\r\n"


def test_a_given_dataset_wins_over_from(readable: Store) -> None:
    query = f"SELECT * FROM {B} {{ ?s ?p ?o }}"
    assert len(answers.rows(readable, query, Dataset(default_graphs=(A,)))) == 3


def test_a_graph_that_is_not_there_is_empty(readable: Store) -> None:
    assert answers.rows(readable, ASK_ALL, Dataset(default_graphs=(ELSEWHERE,))) == []


# What comes out


@pytest.mark.parametrize("media_type", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_rows_come_in_the_format_asked_for(readable: Store, media_type: str) -> None:
    assert readable.query(ASK_ALL, media_type).media_type == media_type


def test_csv_says_its_charset(readable: Store) -> None:
    answer = readable.query("SELECT ?s { ?s ?p <http://example.org/term> }", "text/csv")
    assert answer.media_type == "text/csv; charset=utf-8"
    assert answer.read() == b"s\r\nhttp://example.org/class\r\n"


def test_a_construct_comes_as_rdf(readable: Store) -> None:
    answer = readable.query("CONSTRUCT WHERE { ?s ?p <http://example.org/term> }", "application/n-triples")
    assert answer.media_type == "application/n-triples"
    assert (
        answer.read() == b"<http://example.org/class> <http://example.org/is> <http://example.org/term> .\n"
    )


def test_describe_gives_the_triples_of_a_thing(readable: Store) -> None:
    assert fact("a1") in answers.triples(readable, "DESCRIBE <http://example.org/a1>")


def test_ask_gives_a_boolean(readable: Store) -> None:
    assert readable.query("ASK {}", "application/json").read() == b'{"head":{},"boolean":true}'


def test_without_a_wish_rows_come_as_json_and_graphs_as_turtle(readable: Store) -> None:
    assert readable.query(ASK_ALL).media_type == "application/sparql-results+json"
    assert readable.query("CONSTRUCT WHERE { ?s ?p ?o }").media_type == "text/turtle"


def test_one_header_may_wish_for_rows_and_for_graphs(readable: Store) -> None:
    accept = "text/csv, application/rdf+xml"
    assert readable.query(ASK_ALL, accept).media_type.startswith("text/csv")
    assert readable.query("CONSTRUCT WHERE { ?s ?p ?o }", accept).media_type == "application/rdf+xml"


def test_rows_are_not_given_as_rdf(readable: Store) -> None:
    with pytest.raises(errors.NotAcceptable) as caught:
        readable.query(ASK_ALL, "text/turtle")
    assert "text/csv" in caught.value.offered


def test_a_graph_is_not_given_as_csv(readable: Store) -> None:
    with pytest.raises(errors.NotAcceptable) as caught:
        readable.query("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv")
    assert "text/turtle" in caught.value.offered


def test_a_format_that_nobody_offers_is_not_acceptable(readable: Store) -> None:
    with pytest.raises(errors.NotAcceptable):
        readable.query(ASK_ALL, "image/png")


def test_a_header_that_does_not_parse_is_malformed(readable: Store) -> None:
    with pytest.raises(errors.MalformedRequest):
        readable.query(ASK_ALL, "text/csv;q=viele")


def test_a_long_answer_comes_in_chunks(readable: Store) -> None:
    with readable.query(LONG, "text/csv") as answer:
        first = next(answer.chunks)
        assert b"v0,v1" in first
        assert len(first) < 1_000_000


def test_a_long_answer_is_whole(readable: Store) -> None:
    rows = readable.query(LONG.replace("?v4 { 0 1 2 3 4 5 6 7 8 9 }", "?v4 { 0 }"), "text/csv").read()
    assert rows.count(b"\r\n") == 10_001


def test_an_answer_says_which_generation_it_is_from(readable: Store) -> None:
    assert readable.query(ASK_ALL).generation == readable.generations[-1].number


# What goes wrong


def test_bad_syntax_is_an_error_with_line_and_column(readable: Store) -> None:
    with pytest.raises(errors.QuerySyntaxError) as caught:
        readable.query("SELECT *\nWHERE { ?s ?p }")
    assert caught.value.line == 2
    assert caught.value.column > 0


def test_an_undeclared_prefix_is_named_as_such(readable: Store) -> None:
    with pytest.raises(errors.QuerySyntaxError, match=r"[Pp]refix"):
        readable.query("SELECT * { ?s nowhere:a ?o }")


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "PREFIX x: <x:> DELETE WHERE { ?s x:p ?o }",
        "CLEAR ALL",
        "# hm\nDROP DEFAULT",
    ],
)
def test_an_update_is_not_a_query(readable: Store, update: str) -> None:
    with pytest.raises(errors.UpdateRefused):
        readable.query(update)
    assert count(readable) == MERGED_SIZE


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        r"SELECT * { S\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(readable: Store, query: str) -> None:
    with pytest.raises(errors.QueryRefused, match="SERVICE"):
        readable.query(query)


def test_a_function_that_the_engine_lacks_is_the_askers_fault(readable: Store) -> None:
    with pytest.raises(errors.QueryRefused, match=r"http://example\.org/f"):
        readable.query("SELECT (<http://example.org/f>(1) AS ?x) {}")


def test_a_past_deadline_is_an_error(opener: Opener, tmp_path: Path) -> None:
    with filled(opener, tmp_path, Limits(seconds=1)) as store:
        with pytest.raises(errors.QueryTimeout, match=r"1 s"):
            store.query(ENDLESS)
        assert count(store) == MERGED_SIZE


def test_too_long_a_result_is_an_error_of_the_iterator(opener: Opener, tmp_path: Path) -> None:
    with filled(opener, tmp_path, Limits(seconds=60, result_bytes=500_000)) as store:
        answer = store.query(LONG, "text/csv")
        read: list[bytes] = []
        with pytest.raises(errors.ResultTooLarge):
            read.extend(answer.chunks)
        assert 0 < sum(map(len, read)) <= 500_000
        assert count(store) == MERGED_SIZE


def test_an_answer_that_failed_keeps_failing(opener: Opener, tmp_path: Path) -> None:
    with filled(opener, tmp_path, Limits(seconds=60, result_bytes=500_000)) as store:
        answer = store.query(LONG, "text/csv")
        for _ in range(2):
            with pytest.raises(errors.ResultTooLarge):
                list(answer.chunks)


def test_a_closed_answer_gives_no_more(readable: Store) -> None:
    answer = readable.query(LONG, "text/csv")
    next(answer.chunks)
    answer.close()
    answer.close()
    with pytest.raises(errors.QueryCancelled):
        next(answer.chunks)


def test_another_thread_may_close_an_answer_that_is_waited_for(readable: Store) -> None:
    slow = LONG.replace(
        "BIND", "BIND(1 AS ?one) ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?v0 + ?v1 = 100 || ?v4 = 0) BIND"
    )
    answer = readable.query(slow, "text/csv")
    timer = threading.Timer(0.3, answer.close)
    timer.start()
    with pytest.raises(errors.QueryCancelled):
        list(answer.chunks)
    timer.join()


def test_a_query_that_has_not_answered_yet_can_be_cancelled(readable: Store) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    timer.start()
    with pytest.raises(errors.QueryCancelled):
        readable.query(ENDLESS, cancellation=cancellation)
    timer.join()


def test_a_query_cancelled_beforehand_does_not_begin(readable: Store) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(errors.QueryCancelled):
        readable.query(ENDLESS, cancellation=cancellation)


def test_cancelling_a_query_that_is_done_does_nothing(readable: Store) -> None:
    cancellation = Cancellation()
    answer = readable.query(ASK_ALL, cancellation=cancellation)
    cancellation.cancel()
    assert answer.read()
    assert count(readable) == MERGED_SIZE


def test_nothing_published_is_an_error_and_not_an_empty_graph(empty: Store) -> None:
    with pytest.raises(errors.StoreEmpty):
        empty.query(ASK_ALL)


def test_a_generation_that_is_not_kept_is_not_found(readable: Store) -> None:
    with pytest.raises(errors.NotFound, match="Kept are: 1"):
        readable.query(ASK_ALL, generation=77)


# What drafts do


def test_an_empty_store_has_no_generations(empty: Store) -> None:
    assert empty.generations == ()


def test_a_draft_sees_what_was_published(store: Store) -> None:
    with store.draft() as draft:
        assert count(draft) == MERGED_SIZE


def test_a_draft_sees_its_own_changes_and_nobody_else_does(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, [fact("new")])
        assert count(draft) == MERGED_SIZE + 1
        assert count(store) == MERGED_SIZE


def test_publishing_shows_the_changes(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, [fact("new")])
        generation = draft.publish("one more")
    assert count(store) == MERGED_SIZE + 1
    assert store.generations[-1] == generation
    assert (generation.number, generation.base, generation.note) == (2, 1, "one more")


def test_a_discarded_draft_leaves_the_published_graph_unchanged(store: Store) -> None:
    with store.draft() as draft:
        draft.drop_graph(A)
        draft.discard()
        draft.discard()
    assert count(store) == MERGED_SIZE
    assert len(store.generations) == 1


def test_leaving_a_draft_by_an_error_discards_it(store: Store) -> None:
    def fail(draft: Draft) -> None:
        with draft:
            draft.drop_graph(A)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail(store.draft())
    assert count(store) == MERGED_SIZE
    with store.draft() as draft:
        assert count(draft) == MERGED_SIZE


def test_a_closed_draft_does_nothing_more(store: Store) -> None:
    with store.draft() as draft:
        draft.publish()
        for verb in (lambda: draft.query(ASK_ALL), lambda: draft.drop_graph(A), draft.publish):
            with pytest.raises(errors.DraftClosed):
                verb()
    assert len(store.generations) == 2


def test_there_is_one_draft_at_a_time(store: Store) -> None:
    with store.draft(), pytest.raises(errors.StoreLocked):
        store.draft()
    with store.draft() as draft:
        assert count(draft) == MERGED_SIZE


def test_past_generations_stay_as_they_were(store: Store) -> None:
    with store.draft() as draft:
        draft.drop_graph(A)
        draft.publish()
    assert len(answers.rows(store, ASK_ALL)) == MERGED_SIZE - 2
    (row,) = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv", generation=1).read().split()[1:]
    assert int(row) == MERGED_SIZE


def test_a_draft_may_begin_from_a_past_generation(store: Store) -> None:
    with store.draft() as draft:
        draft.drop_graph(A)
        draft.publish()
    with store.draft(base=1) as draft:
        generation = draft.publish("back to 1")
    assert (generation.number, generation.base) == (3, 1)
    assert count(store) == MERGED_SIZE


def test_a_generation_that_is_held_is_not_removed(store: Store) -> None:
    def publish(times: int) -> None:
        for number in range(times):
            with store.draft() as draft:
                draft.load(B, [fact(f"more{number}")])
                draft.publish()

    with store.held(1):
        publish(12)
        assert 1 in [generation.number for generation in store.generations]
        with pytest.raises(errors.NotFound):
            store.query("ASK {}", generation=2)
    publish(1)
    assert 1 not in [generation.number for generation in store.generations]
    with pytest.raises(errors.NotFound), store.held(1):
        pass


def test_a_running_answer_stays_on_its_generation(store: Store) -> None:
    answer = store.query(LONG.replace("BIND", "?s ?p ?o BIND"), "text/csv")
    first = next(answer.chunks)
    with store.draft() as draft:
        draft.drop_graph(A)
        draft.publish()
    rows = (first + answer.read()).count(b"\r\n") - 1
    assert rows == 100_000 * MERGED_SIZE
    assert answer.generation == 1


def test_a_load_takes_quads_for_their_triples(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, [Quad(*_parts(fact("new")), ELSEWHERE)])
        assert in_graph(draft, A) == 4
        assert in_graph(draft, ELSEWHERE) == 0


def test_a_source_that_fails_halfway_leaves_nothing_in_the_draft(store: Store) -> None:
    def triples() -> Iterator[Triple]:
        for i in range(12_000):
            yield fact(f"new{i}")
        raise errors.DataSyntaxError("some.ttl", 3, 4, "no good")

    with store.draft() as draft:
        with pytest.raises(errors.DataSyntaxError):
            draft.load(A, triples())
        with pytest.raises(errors.DataSyntaxError):
            draft.replace_graph(A, triples())
        assert in_graph(draft, A) == 3
        assert count(draft) == MERGED_SIZE


def test_many_triples_are_loaded_as_well(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, (fact(f"new{i}") for i in range(20_000)))
        assert in_graph(draft, A) == 20_003
        assert count(draft) == MERGED_SIZE + 20_000


def text(triples: Iterable[Triple], size: int = 100) -> NTriples:
    """Triples as pieces of N-Triples, each of so many lines."""
    rest = iter(triples)
    batches = iter(lambda: list(islice(rest, size)), [])
    return NTriples(serialize(batch, format=RdfFormat.N_TRIPLES) or b"" for batch in batches)


def test_triples_may_come_as_text(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, text(fact(f"new{i}") for i in range(250)))
        assert in_graph(draft, A) == 253
        draft.replace_graph(A, text([fact("a1"), fact("a9")]))
        rows = answers.rows(draft, f"SELECT ?s {{ GRAPH {A} {{ ?s ?p ?o }} }}")
        assert {row["s"] for row in rows} == {fact("a1").subject, fact("a9").subject}
        assert is_merge(draft)


def test_much_text_is_loaded_and_replaced_as_well(store: Store) -> None:
    said = NamedNode("http://example.org/said")
    nodes = [Triple(BlankNode(f"x{i % 2}"), said, fact(f"new{i}").object) for i in range(20_000)]
    facts = [fact(f"new{i}") for i in range(20_000)]
    with store.draft() as draft:
        draft.load(A, text([*nodes[::2], *facts, *nodes[1::2]], 15_000))
        assert in_graph(draft, A) == 40_003
        assert count(draft, f"GRAPH {A} {{ ?s ?p ?o }} ?s ?p ?o") == 40_003
        assert answers.truth(draft, 'ASK { ?s ?p "new0", "new19998" FILTER ISBLANK(?s) }')
        draft.replace_graph(A, text(facts[5:]))
        assert in_graph(draft, A) == 19_995
        assert count(draft) == MERGED_SIZE - 2 + 19_995


def test_a_draft_that_is_shared_is_asked_by_many_threads(store: Store) -> None:
    with store.draft() as draft:
        draft.load(B, [fact("b2")])
        for at_once in (1, 3):
            with draft.shared(at_once) as state, ThreadPoolExecutor(4) as threads:
                sizes = threads.map(lambda _: len(answers.rows(state, ASK_ALL)), range(20))
                assert set(sizes) == {MERGED_SIZE + 1}
        draft.publish()
    assert count(store) == MERGED_SIZE + 1


def test_queries_of_a_shared_draft_run_at_once(opener: Opener, tmp_path: Path) -> None:
    with (
        filled(opener, tmp_path, Limits(seconds=60)) as store,
        store.draft() as draft,
        draft.shared(2) as state,
    ):
        slow = state.query(LONG)
        assert count(state) == MERGED_SIZE
        assert len(slow.read()) > 10**6


def test_what_is_done_to_a_shared_draft_is_seen_by_later_queries(store: Store) -> None:
    with store.draft() as draft, draft.shared(2) as state:
        assert count(state) == MERGED_SIZE
        draft.load(B, [fact("b2")])
        assert (count(state), count(state), count(draft)) == (MERGED_SIZE + 1,) * 3


def test_blank_nodes_of_a_shared_draft_keep_their_names(store: Store) -> None:
    with store.draft() as draft:
        draft.load(B, [Triple(BlankNode("x"), fact("b").predicate, Literal("nameless"))])
        with draft.shared(2) as state, ThreadPoolExecutor(2) as threads:
            query = 'SELECT ?s { ?s ?p "nameless" }'
            found = threads.map(lambda _: answers.rows(state, query)[0]["s"], range(8))
            assert len(set(found)) == 1


def test_a_shared_draft_gives_the_errors_of_a_draft(store: Store) -> None:
    with store.draft() as draft:
        with draft.shared(1) as state:
            with pytest.raises(errors.QuerySyntaxError):
                state.query("SELECT")
            with pytest.raises(errors.QueryRefused):
                state.query("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
            state.query(LONG).close()
            assert count(state) == MERGED_SIZE
        with pytest.raises(errors.DraftClosed):
            state.query(ASK_ALL)
        assert count(draft) == MERGED_SIZE


def test_a_query_of_a_shared_draft_that_passes_a_limit_loses_the_draft(
    opener: Opener, tmp_path: Path
) -> None:
    with filled(opener, tmp_path, Limits(seconds=1)) as store:
        with store.draft() as draft, draft.shared(2) as state:
            with ThreadPoolExecutor(2) as threads:
                ended = [threads.submit(state.query, ENDLESS) for _ in range(3)]
            assert any(isinstance(each.exception(), errors.QueryTimeout) for each in ended)
            assert all(isinstance(each.exception(), errors.ConflictGraphError) for each in ended)
            with pytest.raises(errors.DraftClosed):
                count(state)
            with pytest.raises(errors.DraftClosed):
                draft.publish()
        assert count(store) == MERGED_SIZE


def test_text_that_is_no_ntriples_loses_the_draft(store: Store) -> None:
    with store.draft() as draft:
        with pytest.raises(errors.EngineError, match="no N-Triples"):
            draft.load(A, NTriples([b"<a:a> <a:b> .\n"]))
        with pytest.raises(errors.DraftClosed):
            draft.publish()
    assert count(store) == MERGED_SIZE


def test_a_replaced_graph_holds_exactly_the_new_triples(store: Store) -> None:
    with store.draft() as draft:
        draft.replace_graph(A, [fact("a1"), fact("a9")])
        rows = answers.rows(draft, f"SELECT ?s {{ GRAPH {A} {{ ?s ?p ?o }} }}")
        assert {row["s"] for row in rows} == {fact("a1").subject, fact("a9").subject}
        assert is_merge(draft)


def test_replacing_twice_is_replacing_once(store: Store) -> None:
    with store.draft() as draft:
        for _ in range(2):
            draft.replace_graph(graphs.INFERRED, [fact("x"), fact("y")])
        assert in_graph(draft, graphs.INFERRED) == 2
        assert is_merge(draft)


def test_a_graph_replaced_by_nothing_is_gone(store: Store) -> None:
    with store.draft() as draft:
        draft.replace_graph(A, [])
        assert not answers.truth(draft, f"ASK {{ GRAPH {A} {{}} }}")
        assert is_merge(draft)


def test_a_shared_triple_stays_until_the_last_graph_with_it_goes(store: Store) -> None:
    shared = f"ASK {{ {SHARED.subject} ?p ?o }}"
    with store.draft() as draft:
        draft.drop_graph(A)
        assert answers.truth(draft, shared)
        draft.drop_graph(B)
        assert not answers.truth(draft, shared)
        assert is_merge(draft)


def test_a_dropped_graph_is_gone_and_may_be_dropped_again(store: Store) -> None:
    with store.draft() as draft:
        draft.drop_graph(A)
        draft.drop_graph(A)
        assert in_graph(draft, A) == 0
        assert is_merge(draft)


@pytest.mark.parametrize(
    "update",
    [
        f"INSERT DATA {{ GRAPH {A} {{ <a:a> <a:b> 1 }} GRAPH {UNMERGED} {{ <a:a> <a:b> 2 }} }}",
        f"DELETE DATA {{ GRAPH {A} {{ {SHARED} . {fact('a1')} }} }}",
        f"DELETE WHERE {{ GRAPH {A} {{ ?s ?p ?o }} }}",
        f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {A}) }}",
        "INSERT { GRAPH ?g { ?s <a:b> ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"WITH {A} DELETE {{ ?s ?p ?o }} INSERT {{ ?s <a:b> ?o }} WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ GRAPH {A} {{ ?s <a:b> [ <a:c> ?o ] }} }} WHERE {{ ?s ?p ?o }}",
        f"MOVE {A} TO {UNMERGED}",
        f"COPY {UNMERGED} TO {A}",
        f"ADD {UNMERGED} TO {B} ; CLEAR GRAPH {A} ;",
        "DROP NAMED",
        f"PREFIX x: <x:> INSERT DATA {{ GRAPH {B} {{ x:a x:b x:c }} }} ;"
        f" PREFIX y: <y:> DELETE {{ GRAPH {B} {{ ?s ?p ?o }} }} INSERT {{ GRAPH {A} {{ ?s ?p y:d }} }}"
        f" WHERE {{ GRAPH {B} {{ ?s ?p ?o }} }}",
    ],
)
def test_an_update_keeps_the_default_graph_in_step(store: Store, update: str) -> None:
    with store.draft() as draft:
        draft.update(update)
        assert is_merge(draft)


def test_an_update_sees_the_merge_after_each_of_its_operations(store: Store) -> None:
    with store.draft() as draft:
        draft.update(
            f"INSERT DATA {{ GRAPH {A} {{ <a:a> <a:b> <a:c> }} }} ;"
            f"INSERT {{ GRAPH {B} {{ ?o <a:b> ?s }} }} WHERE {{ ?s <a:b> ?o }} ;"
            f"DELETE {{ GRAPH {A} {{ ?s <a:b> ?o }} }} WHERE {{ <a:c> <a:b> ?s . ?s <a:b> ?o }}"
        )
        assert in_graph(draft, A) == 3
        assert is_merge(draft)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p 2 } WHERE { ?s ?p ?o }",
        "CLEAR DEFAULT",
        f"COPY {A} TO DEFAULT",
        f"MOVE {A} TO DEFAULT",
    ],
)
def test_the_default_graph_is_not_written_directly(store: Store, update: str) -> None:
    with store.draft() as draft:
        with pytest.raises(errors.UpdateRefused, match="default graph"):
            draft.update(update)
        assert count(draft) == MERGED_SIZE


def test_an_update_that_fails_changes_nothing(store: Store) -> None:
    with store.draft() as draft:
        with pytest.raises(errors.AskerError):
            draft.update(f"DROP GRAPH {A} ; DROP GRAPH {ELSEWHERE}")
        assert in_graph(draft, A) == 3
        assert is_merge(draft)


def test_an_update_with_bad_syntax_says_where(store: Store) -> None:
    with store.draft() as draft, pytest.raises(errors.QuerySyntaxError) as caught:
        draft.update(f"INSERT DATA {{\n GRAPH {A} {{ <a:a> <a:b> }} }}")
    assert caught.value.line == 2


def test_load_from_elsewhere_is_refused(store: Store) -> None:
    with store.draft() as draft:
        with pytest.raises(errors.QueryRefused, match="LOAD"):
            draft.update("LOAD <http://127.0.0.1:9/> INTO GRAPH <a:g>")
        with pytest.raises(errors.QueryRefused, match="SERVICE"):
            draft.update(f"INSERT {{ GRAPH {A} {{ ?s ?p ?o }} }} WHERE {{ SERVICE <a:b> {{ ?s ?p ?o }} }}")


def test_blank_nodes_of_two_loads_stay_apart(store: Store) -> None:
    triple = Triple(BlankNode("x"), NamedNode("http://example.org/said"), Literal("x"))
    with store.draft() as draft:
        draft.load(A, [triple])
        draft.load(B, [triple])
        assert count(draft, '?s ?p "x"') == 2
        assert is_merge(draft)


def test_blank_nodes_of_one_load_stay_together(store: Store) -> None:
    node = BlankNode("x")
    with store.draft() as draft:
        said = NamedNode("http://example.org/said")
        draft.load(A, [Triple(node, said, Literal("x")), Triple(node, said, Literal("y"))])
        assert answers.truth(draft, 'ASK { ?s ?p "x", "y" }')
        assert is_merge(draft)


def test_an_answer_of_a_draft_left_unread_does_no_harm(store: Store) -> None:
    with store.draft() as draft:
        answer = draft.query(LONG, "text/csv")
        draft.load(A, [fact("new")])
        with pytest.raises(errors.QueryCancelled):
            list(answer.chunks)
        assert count(draft) == MERGED_SIZE + 1


def test_a_draft_past_its_deadline_is_lost_and_the_store_is_not(opener: Opener, tmp_path: Path) -> None:
    with filled(opener, tmp_path, Limits(seconds=2)) as store:
        draft = store.draft()
        with pytest.raises(errors.QueryTimeout):
            draft.update(f"INSERT {{ GRAPH {A} {{ <a:a> <a:b> ?n }} }} WHERE {{ {{ {ENDLESS} }} }}")
        with pytest.raises(errors.DraftClosed):
            draft.update(f"DROP GRAPH {A}")
        assert count(store) == MERGED_SIZE
        with store.draft() as again:
            assert count(again) == MERGED_SIZE


def test_a_draft_tells_what_it_changed(store: Store) -> None:
    with store.draft() as draft:
        assert draft.changes() == Changes()
        draft.load(A, [fact("new"), fact("b1")])
        draft.replace_graph(B, [fact("b2")])
        draft.update(f"DELETE WHERE {{ GRAPH {A} {{ ?s ?p 'a1' }} }}")
        draft.drop_graph(graphs.INFERRED)
        draft.drop_graph(UNMERGED)
        changes = draft.changes()
    assert changes is not None
    assert set(changes.added) == {fact("new"), fact("b2")}
    assert set(changes.removed) == {fact("a1"), fact("a1", "thus", "b1")}
    assert (changes.quads_added, changes.quads_removed) == (3, 4)


def test_the_changes_may_leave_a_graph_out(store: Store) -> None:
    thus = fact("a1", "thus", "b1")
    with store.draft() as draft:
        draft.drop_graph(graphs.INFERRED)
        draft.load(A, [thus])
        assert draft.changes() == Changes(quads_added=1, quads_removed=1)
        assert draft.changes(without=graphs.INFERRED) == Changes((thus,), quads_added=1)


def test_what_was_done_and_undone_is_no_change(store: Store) -> None:
    with store.draft() as draft:
        draft.update(f"DELETE WHERE {{ GRAPH {A} {{ ?s ?p ?o }} }} ; DROP GRAPH {B}")
        draft.replace_graph(A, EXAMPLE[A])
        draft.load(B, EXAMPLE[B])
        assert draft.changes() == Changes()


@pytest.mark.parametrize(
    "update",
    [
        "CLEAR ALL",
        f"INSERT DATA {{ GRAPH {A} {{ _:x <http://example.org/said> 1 }} }}",
        f"INSERT DATA {{ GRAPH {A} {{ <a:a> <p:p> 1 }} }} ; "
        f"INSERT {{ GRAPH {B} {{ ?s ?p ?g }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    ],
)
def test_changes_that_cannot_be_told_are_not_told(store: Store, update: str) -> None:
    with store.draft() as draft:
        draft.update(update)
        assert draft.changes() is None


def test_many_changes_are_not_told(store: Store) -> None:
    with store.draft() as draft:
        draft.load(A, (fact(f"n{number}") for number in range(25_000)))
        assert draft.changes() is None


def test_everything_in_a_first_draft_is_new(empty: Store) -> None:
    with empty.draft() as draft:
        assert draft.number == 1
        assert draft.changes() is None


def test_a_draft_knows_the_number_that_it_will_have(store: Store) -> None:
    with store.draft(1) as draft:
        number = draft.number
        assert draft.publish().number == number == 2


def test_a_closed_store_may_be_closed_again(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(errors.StoreUnavailable):
        store.query(ASK_ALL)


def _parts(triple: Triple) -> tuple[NamedNode, NamedNode, Literal]:
    assert isinstance(triple.subject, NamedNode)
    assert isinstance(triple.object, Literal)
    return triple.subject, triple.predicate, triple.object


def test_the_revision_changes_with_each_publication_and_with_nothing_else(store: Store) -> None:
    seen = [store.revision]
    assert seen[0]
    for number in range(5):
        with store.draft() as draft:
            draft.load(A, [fact(f"new{number}")])
            assert store.revision == seen[-1]
            draft.publish()
        assert store.revision not in seen
        seen.append(store.revision)
        assert count(store) > MERGED_SIZE + number
    with store.draft() as draft:
        draft.drop_graph(A)
    assert store.revision == seen[-1]


def test_nothing_published_has_no_revision(empty: Store) -> None:
    assert empty.revision == ""
