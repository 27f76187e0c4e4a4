"""The headers that protect who reads, on every kind of response."""

import pytest

from conftest import Server

PAGE, DATA = "script-src 'self'", "sandbox"
HTML = "text/html"


@pytest.mark.parametrize(
    ("method", "path", "accept", "status", "policy"),
    [
        ("GET", "/", HTML, 200, PAGE),
        ("HEAD", "/", HTML, 200, PAGE),
        ("GET", "/doc/state/armenia", HTML, 200, PAGE),
        ("GET", "/doc/state/armenia", "text/turtle", 200, DATA),
        ("GET", "/doc/state/armenia", "application/xml", 200, DATA),
        ("GET", "/id/state/armenia", HTML, 303, PAGE),
        ("GET", "/static/workbench.js", "*/*", 200, PAGE),
        ("GET", "/static/nothing.js", "*/*", 404, DATA),
        ("GET", "/sparql", "text/turtle", 200, DATA),
        ("GET", "/sparql?query=ASK%20%7B%7D", "application/json", 200, DATA),
        ("GET", "/sparql?query=ASK%20%7B%7D", "application/xml", 200, DATA),
        ("GET", "/sparql?query=ASK%20%7B%7D", "text/csv", 200, DATA),
        ("GET", "/sparql?query=ASK", "application/json", 400, DATA),
        ("GET", "/sparql?format=ttl&query=ASK", HTML, 400, PAGE),
        ("GET", "/sparql?query=ASK%20%7B%7D", "image/png", 406, DATA),
        ("POST", "/sparql", "*/*", 415, DATA),
        ("OPTIONS", "/sparql", "*/*", 204, PAGE),
        ("PATCH", "/sparql", "*/*", 405, DATA),
        ("POST", "/update", "*/*", 403, DATA),
        ("PUT", "/data?default", HTML, 403, PAGE),
        ("GET", "/nothing", "*/*", 404, DATA),
        ("GET", "/nothing", HTML, 404, PAGE),
        ("GET", "/generations/99", "*/*", 404, DATA),
        ("GET", "/health", "*/*", 200, DATA),
    ],
)
def test_every_response_says_what_a_browser_may_do_with_it(
    server: Server, method: str, path: str, accept: str, status: int, policy: str
) -> None:
    reply = server.request(path, method, Accept=accept)
    assert reply.status == status, reply.text
    for _ in range(2):  # computed, and from what is kept
        rules = [rule.strip() for rule in reply.headers["Content-Security-Policy"].split(";")]
        assert policy in rules
        assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(rules)
        assert not [rule for rule in rules if "unsafe" in rule or "*" in rule or "http" in rule]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "same-origin"
        assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Set-Cookie" not in reply.headers
        reply = server.request(path, method, Accept=accept)


def test_an_answer_that_is_still_good_keeps_its_headers(server: Server) -> None:
    first = server.request("/sparql?query=ASK%20%7B%7D", Accept="text/csv")
    again = server.request(
        "/sparql?query=ASK%20%7B%7D", Accept="text/csv", If_None_Match=first.headers["ETag"]
    )
    assert (again.status, again.headers["X-Content-Type-Options"]) == (304, "nosniff")
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
