"""Which hosts may be asked, however their names and addresses are written."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflictgraph import hosts
from conflictgraph.errors import QueryRefused, SettingError
from conflictgraph.hosts import Allowed
from conflictgraph.settings import from_environment

LIST = hosts.allowed("example.org, Data.Example.org:8890, 127.0.0.1:3030,[::1]:3030,xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("iri", "goes_to"),
    [
        ("http://example.org/sparql", ("http", "example.org", 80, "/sparql")),
        ("https://example.org/sparql?x=1", ("https", "example.org", 443, "/sparql?x=1")),
        ("HTTPS://EXAMPLE.ORG", ("https", "example.org", 443, "/")),
        ("https://example.org:443/", ("https", "example.org", 443, "/")),
        ("http://data.example.org:8890/sparql", ("http", "data.example.org", 8890, "/sparql")),
        ("http://127.0.0.1:3030/über", ("http", "127.0.0.1", 3030, "/%C3%BCber")),
        ("http://[::1]:3030/a", ("http", "::1", 3030, "/a")),
        ("http://[0:0:0:0:0:0:0:1]:3030/a", ("http", "::1", 3030, "/a")),
        ("http://xn--bcher-kva.example/", ("http", "xn--bcher-kva.example", 80, "/")),
    ],
)
def test_what_is_on_the_list_is_asked(iri: str, goes_to: tuple[str, str, int, str]) -> None:
    target = hosts.target(iri, LIST)
    assert (target.scheme, target.host, target.port, target.path) == goes_to


@pytest.mark.parametrize(
    "iri",
    [
        "http://example.com/",
        "http://www.example.org/",
        "http://example.org./",
        "http://example.org:8080/",
        "https://example.org:80/",
        "http://data.example.org/",
        "http://127.0.0.1/",
        "http://127.0.0.1:3031/",
        "http://127.0.0.1.:3030/",
        "http://0x7f.1:3030/",
        "http://0x7f000001:3030/",
        "http://2130706433:3030/",
        "http://0177.0.0.1:3030/",
        "http://127.1:3030/",
        "http://127.0.0.01:3030/",
        "http://localhost:3030/",
        "http://localhost.:3030/",
        "http://[::ffff:127.0.0.1]:3030/",
        "http://[::ffff:7f00:1]:3030/",
        "http://[::]:3030/",
        "http://[::1%25lo]:3030/",
        "http://0.0.0.0:3030/",
        "http://１２７.0.0.1:3030/",
        "http://exämple.org/",
        "http://bücher.example/",
        "http://ⓔxample.org/",
        "http://user@example.org/",
        "http://user:word@example.org/",
        "http://example.org@127.0.0.1:3030/",
        "http://example.org\\@127.0.0.1:3030/",
        "http://example.org#@127.0.0.1:3030/",
        "http://example.org/#fragment",
        "http:///sparql",
        "http:example.org/sparql",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "file://example.org/etc/passwd",
        "gopher://example.org/",
        "urn:example:org",
        "http://example.org/a b",
        "http://example.org/a\r\nHost: x",
        "http://example.org:0x50/",
        "http://example.org:999999/",
        "",
    ],
)
def test_what_is_not_on_the_list_is_refused(iri: str) -> None:
    with pytest.raises(QueryRefused):
        hosts.target(iri, LIST)


@given(st.text(alphabet="htps:/[]127.0x1@#?%\\examplorg3 é", max_size=40))
def test_whatever_is_written_only_the_list_is_reached(text: str) -> None:
    try:
        target = hosts.target(f"http://{text}", LIST)
    except QueryRefused:
        return
    assert {Allowed(target.host, target.port), Allowed(target.host)}.intersection(LIST)
    assert target.path.isascii()
    assert target.path.startswith(("/", "?"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:93.184.216.34", False),
        ("::ffff:127.0.0.1", False),
        ("::7f00:1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("2001:db8::1", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
    ],
)
def test_an_address_of_ones_own_network_is_not_public(address: str, public: bool) -> None:
    assert hosts.is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "graph.localhost:80",
        "example.org.",
        "*.example.org",
        "http://example.org",
        "example.org/sparql",
        "user@example.org",
        "bücher.example",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "2130706433",
        "::1",
        "[::1",
        "[::g]",
        "example.org:0",
        "example.org:65536",
        "example.org:http",
        "-a.org",
    ],
)
def test_an_entry_that_is_not_clear_is_an_error_of_configuration(text: str) -> None:
    with pytest.raises(SettingError, match="CONFLICTGRAPH_SERVICE_ALLOW must be hosts"):
        from_environment({"CONFLICTGRAPH_SERVICE_ALLOW": text})


def test_entries_print_as_they_are_written() -> None:
    assert hosts.allowed(", ".join(map(str, LIST))) == LIST
