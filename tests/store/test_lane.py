"""Look-ups, which are answered without a worker: which texts are, and that nobody can tell by the answers."""

import contextlib
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from adapters import A, fact
from pyoxigraph import Literal, NamedNode, Store, Triple

from conflictgraph import errors
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.lookup import look_up
from conflictgraph.store.port import Limits

JSON = "application/sparql-results+json"
MANY = 3_000
HUB = NamedNode("http://example.org/hub")
BASE = "BASE <http://example.org/>\n"

LOOK_UPS = (
    "SELECT ?o WHERE { <a1> <said> ?o }",
    "SELECT * { <a1> ?p ?o }",
    "select*{<a1>?p ?o.}limit 1",
    "PREFIX : <http://example.org/> SELECT ?p ?o ?none WHERE { :a1 ?p ?o } # SERVICE <http://x/> {}",
    "PREFIX ex: <http://example.org/>\nBASE <http://example.com/>\nSELECT ?s { ?s a ex:Thing }",
    "SELECT $s # all\r\n{ # of them\n?s ?p <http://example.org/Thing> }",
    "SELECT ?o { <nothing> <said> ?o }",
)
OTHERS = (
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s <said> ?o }",
    "SELECT * { <a1> ?x ?x }",
    "SELECT * { ?x <said> <a1> . ?x <said> <a2> }",
    "SELECT DISTINCT ?o { <a1> <said> ?o }",
    "SELECT ?o { <a1> <said>+ ?o }",
    "SELECT ?o { <a1> <said> ?o } OFFSET 1",
    "SELECT ?o { <a1> <said> ?o } ORDER BY ?o",
    "SELECT ?o FROM <http://example.org/g> { <a1> <said> ?o }",
    "SELECT (COUNT(*) AS ?n) { <a1> <said> ?o }",
    "SELECT ?o { GRAPH <g> { <a1> <said> ?o } }",
    "SELECT ?o { SERVICE <http://example.org/> { <a1> <said> ?o } }",
    "SELECT ?o { <a1> <said> ?o } #\\u000AVALUES ?o { 1 }",
    "SELECT ?o { <a1> <said> ?o } VALUES ?o { 1 }",
    "SELECT ?o { <\\u0061> <said> ?o }",
    "ASK { <a1> <said> ?o }",
    "SELECT ?o { <a1> <said> ?o }" + " " * 5_000,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lane") / "home"
    _published(path, "a1")
    return path


def _published(path: Path, *subjects: str) -> None:
    store = EmbeddedStore(path)
    with store.draft() as draft:
        triples = [fact(subject) for subject in subjects]
        kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        triples += [Triple(each.subject, kind, NamedNode("http://example.org/Thing")) for each in triples]
        said = NamedNode("http://example.org/said")
        draft.load(A, [*triples, *(Triple(HUB, said, Literal(f"{n} " + "x" * 50)) for n in range(MANY))])
        draft.publish()
    store.close()


@pytest.fixture
def store(home: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(home, workers=1, limits=Limits(seconds=60))
    yield store
    store.close()


def _workers() -> set[str]:
    """The processes that this one has started."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {child for children in tasks for child in children.read_text().split()}


@pytest.mark.parametrize("text", LOOK_UPS)
def test_a_look_up_starts_no_worker_and_gives_what_a_worker_gives(store: EmbeddedStore, text: str) -> None:
    assert look_up(BASE + text)
    before = _workers()
    for accept in (JSON, "text/csv", "application/sparql-results+xml", "text/tab-separated-values"):
        answer = store.query(BASE + text, accept)
        assert answer.generation == 1
        body = answer.read()
        assert _workers() == before
        filtered = BASE + text.replace("{", "{ FILTER(true) ", 1)
        assert not look_up(filtered)
        asked = store.query(filtered, accept)
        assert (asked.media_type, asked.read()) == (answer.media_type, body)
        before = _workers()


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_more_than_a_look_up_is_none(text: str) -> None:
    assert not look_up(BASE + text)


def test_the_engine_takes_each_look_up() -> None:
    for text in LOOK_UPS:
        Store().query(BASE + text)


@pytest.mark.parametrize(
    "limits", [Limits(seconds=60, result_rows=MANY // 2), Limits(seconds=60, result_bytes=50_000)]
)
def test_a_long_answer_keeps_the_limits(home: Path, limits: Limits) -> None:
    text = f"SELECT ?o WHERE {{ {HUB} ?p ?o }}"
    assert look_up(text)
    store = EmbeddedStore(home, workers=1, limits=limits)
    try:
        with pytest.raises((errors.TooManyRows, errors.ResultTooLarge)):
            store.query(text, JSON).read()
    finally:
        store.close()


def test_a_long_answer_is_whole(store: EmbeddedStore) -> None:
    assert store.query(f"SELECT ?o WHERE {{ {HUB} ?p ?o }}", "text/csv").read().count(b"\n") == MANY + 1


@pytest.mark.parametrize(
    ("text", "accept", "error"),
    [
        ("SELECT ?o { undeclared:x <said> ?o }", JSON, errors.QuerySyntaxError),
        ("SELECT ?o { <http://[> <said> ?o }", JSON, errors.QuerySyntaxError),
        ("SELECT ?o { <a1> <said> ?o }", "image/png", errors.NotAcceptable),
        ("SELECT ?o { <a1> <said> ?o }", "text/turtle", errors.NotAcceptable),
    ],
)
def test_what_is_wrong_with_a_look_up_is_said_as_ever(
    store: EmbeddedStore, text: str, accept: str, error: type[errors.ConflictGraphError]
) -> None:
    assert look_up(BASE + text)
    with pytest.raises(error):
        store.query(BASE + text, accept)


def test_look_ups_see_each_publication_and_a_store_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "home"
    text = "SELECT ?s { ?s a <http://example.org/Thing> }"
    _published(path, "a1")
    store = EmbeddedStore(path, workers=1)
    assert b"a1" in store.query(text, JSON).read()
    _published(path, "a2")
    assert {b"a1", b"a2"} <= set(store.query(text, JSON).read().replace(b'"', b"/").split(b"/"))
    shutil.rmtree(path)
    _published(path, "a3")
    _published(path, "a4")
    body = store.query(text, JSON).read()
    assert b"a2" not in body
    assert b"a4" in body
    store.close()


def test_a_generation_is_let_go_when_another_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "home"
    store = EmbeddedStore(path, workers=1)
    for number in (1, 2, 3):
        _published(path, f"a{number}")
        store.query("SELECT ?p ?o { <http://example.org/a1> ?p ?o }", JSON).read()
        gc.collect()
        assert _open_generations() == {f"{number:06d}"}
    store.close()


def _open_generations() -> set[str]:
    """The generations of which this process has a file open, of the store that was made last."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            parts = descriptor.readlink().parts
            if "generations" in parts and "test_a_generation_is_let_go" in str(parts):
                found.add(parts[parts.index("generations") + 1])
    return found
