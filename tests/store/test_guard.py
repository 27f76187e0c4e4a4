"""Requests that would fetch from elsewhere are found, however they are written, and others are left alone."""

import contextlib
import socket
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflictgraph.errors import QueryRefused
from conflictgraph.store import guard
from conflictgraph.store.tokens import decoded, tokens

FETCHING = [
    "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { service <http://x/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT <http://x/> { ?s ?p ?o } }",
    "SELECT * { service silent<http://x/>{} }",
    "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { SERVICE$where{} }",
    "PREFIX x: <http://x/> SELECT * { SERVICE x:sparql { ?s ?p ?o } }",
    "PREFIX x: <http://x/> SELECT * { SERVICEx:sparql { ?s ?p ?o } }",
    "PREFIX x: <http://x/> SELECT * { SERVICESILENTx:sparql{} }",
    "PREFIX x: <http://x/> SELECT * { SERVICE SILENTx:sparql{} }",
    "PREFIX : <http://x/> SELECT * { SERVICE:sparql{} }",
    "SELECT * { OPTIONAL{}SERVICE<http://x/>{} }",
    "SELECT * { ?s ?p trueSERVICE<http://x/>{} }",
    "SELECT * { ?s ?p 1SERVICE<http://x/>{} }",
    "SELECT * { ?s ?p 1.5e0SERVICE<http://x/>{} }",
    "SELECT * { ?s ?p 'a'SERVICE<http://x/>{} }",
    "SELECT * { ?s ?p 'a'@en--ltrSERVICE<http://x/>{} }",
    "SELECT * { SERVICE# a comment\n<http://x/># another\r{} }",
    "SELECT * { SERVICE\t<http://x/>\r\n{} }",
    "SELECT * { { SELECT * { SERVICE <http://x/> {} } } }",
    "SELECT * { FILTER EXISTS { SERVICE <http://x/> {} } }",
    "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://x/>{} }",
    "SELECT * { FILTER('a'<'>')SERVICE <http://x/> { ?s ?p 'x' } }",
    "SELECT * { BIND(?a<'>' AS ?c) SERVICE <http://x/> { ?s ?p '' } }",
    "SELECT * { FILTER(1 < 2 && ?c > 3) SERVICE <http://x/> {} }",
    r"SELECT * { SERV\u0049CE <http://x/> {} }",
    r"SELECT * { \U00000053ERVICE <http://x/> {} }",
    r"SELECT * { \u0073\u0065\u0072\u0076\u0069\u0063\u0065 <http://x/> {} }",
    r"SELECT * { SERVICE\u0020<http://x/>{} }",
    r"SELECT * { ?s ?p 'a\u0027 SERVICE <http://x/> {} # ' }",
    "SELECT * { ?s ?p '''a''' SERVICE <http://x/> {} }",
    'SELECT * { ?s ?p """a\\"""" . SERVICE <http://x/> {} }',
    "SELECT * { ?s ?p 'an open string\n SERVICE <http://x/> {} }",
    "INSERT { GRAPH <g:g> { ?s ?p ?o } } WHERE { SERVICE <http://x/> { ?s ?p ?o } }",
    "LOAD <http://x/>",
    "load silent <http://x/> INTO GRAPH <g:g>",
    "LOAD<http://x/>",
    "PREFIX x: <http://x/> LOAD x:data",
    "PREFIX x: <http://x/> LOADx:data",
    "BASE <http://x/> LOAD <data>",
    "INSERT DATA { GRAPH <g:g> { <a:a> <a:b> 1 } } ; LOAD <http://x/>",
    "DROP ALL;LOAD<http://x/>",
    r"\u004cOAD <http://x/>",
    "# a comment\nLOAD <http://x/>",
]

HARMLESS = [
    "SELECT ?service { ?service ?load ?o }",
    "SELECT * { ?s <http://x/SERVICE> ?o }",
    "SELECT * { ?s <http://x/#load> 'SERVICE <http://x/> {}' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
    'SELECT * { ?s ?p """a "quoted" SERVICE <http://x/> {}""" }',
    "SELECT * { ?s ?p '''it's a SERVICE <http://x/> {}''' }",
    r"SELECT * { ?s ?p 'it\'s a SERVICE <http://x/> {}' }",
    "PREFIX service: <s:> SELECT * { ?s service:of service:x ; service:y ?z }",
    "PREFIX service: <s:> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT * { ?s a sd:Service }",
    "PREFIX load: <l:> SELECT * FROM load:g { ?s load:p load:o ; <l:l> load:x }",
    "PREFIX load: <l:> INSERT DATA { GRAPH load:g { <a:a> load:b load:c } } ; CLEAR GRAPH load:g",
    "SELECT * { VALUES (?a ?b) { (<http://x/a> <http://x/service>) (1 <http://x/load>) } }",
    "SELECT * { ?s ?p (1 <http://x/service/>) }",
    "SELECT * { ?s ?p 'x'@en-service }",
    "SELECT * { ?s ?p _:service }",
    "SELECT * { FILTER(?x < 5 && ?service > 3) }",
    "SELECT * { FILTER(?x<?service&&?load>3) }",
    "DESCRIBE <http://x/service/1>",
    r"SELECT ('\u0053ervice' AS ?x) {}",
]


@pytest.mark.parametrize("request_text", FETCHING)
def test_what_would_fetch_is_refused(request_text: str) -> None:
    with pytest.raises(QueryRefused, match="nothing is fetched"):
        guard.refuse_fetching(request_text)


@pytest.mark.parametrize("request_text", HARMLESS)
def test_what_only_looks_like_it_is_not_refused(request_text: str) -> None:
    guard.refuse_fetching(request_text)


def test_the_message_tells_the_line() -> None:
    with pytest.raises(QueryRefused, match="line 3"):
        guard.refuse_fetching("SELECT *\n{\n  SERVICE <http://x/> {}\n}")


@pytest.mark.parametrize(
    ("text", "is_update"),
    [
        ("INSERT DATA {}", True),
        ("PREFIX a: <a:>\nBASE <b:>\n# x\nDELETE WHERE {}", True),
        ("with <a:> delete {} where {}", True),
        (r"\u0049NSERT DATA {}", True),
        ("SELECT * {}", False),
        ("PREFIX insert: <a:> ASK {}", False),
        ("", False),
    ],
)
def test_an_update_is_told_by_its_first_word(text: str, is_update: bool) -> None:
    assert guard.is_update(text) is is_update


@settings(deadline=None)
@given(st.text(alphabet="aZ0 \n\r\t:.<>\"'\\{}()?$@_#-;u00e9é%/", max_size=60))
def test_any_text_has_tokens_that_cover_it(text: str) -> None:
    for comparing in (False, True):
        position = 0
        for token in tokens(text, comparing=comparing):
            assert token.start >= position
            assert text[token.start : token.end] == token.text
            position = token.end


@settings(deadline=None)
@given(st.text(max_size=40))
def test_text_without_backslashes_decodes_to_itself(text: str) -> None:
    assert decoded(text.replace("\\", "")) == text.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\u0041\U00000042", "AB"),
        (r"\\u0041", r"\\u0041"),
        (r"\n\'", r"\n\'"),
        (r"\u00", r"\u00"),
        ("\\", "\\"),
    ],
)
def test_codepoint_escapes_are_decoded_and_no_others(text: str, plain: str) -> None:
    assert decoded(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        'service "' + '\\"' * 40_000,
        "service " + "a." * 40_000,
        "service " + "<" * 80_000,
        "service " + "?a<b " * 20_000,
    ],
)
def test_hostile_text_is_read_in_good_time(text: str) -> None:
    with contextlib.suppress(QueryRefused):
        guard.refuse_fetching(text)


def test_a_worker_cannot_connect_even_if_the_guard_is_passed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        script = (
            "import sys; from pyoxigraph import Store; from conflictgraph.store.offline import go_offline\n"
            "if not go_offline(): sys.exit('not on this system')\n"
            "try: Store().update(f'LOAD <{sys.argv[1]}>')\n"
            "except OSError as error: print(error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, address], capture_output=True, text=True, check=False
        )
        if "not on this system" in done.stderr:
            pytest.skip("no system call filter on this system")
        assert "denied" in done.stdout
        with pytest.raises(TimeoutError):
            server.accept()
