"""The commands, run as processes: what they print and how they end."""

import json
import re
import socket
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from conftest import ROOT, run

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
PREFIXES = """@prefix cg: <https://w3id.org/conflictgraph/ontology#> .
@prefix claim: <https://w3id.org/conflictgraph/id/claim/> .
@prefix figure: <https://w3id.org/conflictgraph/id/figure/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def test_two_builds_give_the_same_dump_byte_for_byte(home: Path, tmp_path: Path) -> None:
    again = run("build", "--home", str(tmp_path / "store"))
    assert again.returncode == 0, again.stderr.decode()
    assert b"conforms" in again.stdout
    first, second = (run("export", "--home", str(path)) for path in (home, tmp_path / "store"))
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) > 20_000


def test_the_data_of_the_dump_has_no_blank_node(home: Path) -> None:
    dump = run("export", "--home", str(home)).stdout.decode()
    sources = [line for line in dump.splitlines() if "/graph/source/" in line]
    assert sources
    assert not [line for line in sources if re.search(r"(^|\s)_:", line)]


def test_building_again_publishes_the_next_generation_with_the_same_content(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    run("build", "--home", store)
    before = run("export", "--home", store).stdout
    second = run("build", "--home", store)
    assert b"generation 2" in second.stdout
    assert run("export", "--home", store).stdout == before


def test_without_reasoning_nothing_is_inferred(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    assert run("build", "--no-reasoning", "--home", store).returncode == 0
    ask = "ASK { GRAPH <https://w3id.org/conflictgraph/graph/inferred> { ?s ?p ?o } }"
    assert json.loads(run("query", ask, "--format", "json", "--home", store).stdout)["boolean"] is False


@pytest.mark.parametrize(
    ("name", "beginning"), [("csv", b"n\r\n"), ("json", b'{"head"'), ("xml", b"<?xml"), ("tsv", b"?n\n")]
)
def test_query_answers_in_each_format(home: Path, name: str, beginning: bytes) -> None:
    done = run("query", COUNT, "--format", name, "--home", str(home))
    assert done.returncode == 0
    assert done.stdout.startswith(beginning)


def test_query_reads_a_file_or_standard_input(home: Path) -> None:
    file = ROOT / "queries/competency/01-casualty-figures.rq"
    by_file = run("query", str(file), "--home", str(home))
    by_stdin = run("query", "-", "--home", str(home), stdin=file.read_bytes())
    assert by_file.stdout == by_stdin.stdout == file.with_suffix(".expected.tsv").read_bytes()


def test_query_of_triples_gives_turtle(home: Path) -> None:
    done = run("query", "DESCRIBE <https://w3id.org/conflictgraph/id/state/armenia>", "--home", str(home))
    assert list(parse(done.stdout, format=RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("query", "SELECT * WHERE { ?s ?p }"), 2, "line 1, column"),
        (("query", "no-such-file.rq"), 2, "no-such-file.rq"),
        (("query", COUNT, "--format", "png"), 2, "Choose from"),
        (("query", "CLEAR ALL"), 2, "update"),
        (("query", COUNT, "--generation", "99"), 2, "99"),
        (("export", "--format", "ttl"), 2, "--graph"),
        (("export", "--graph", "nothing"), 2, "There is no graph"),
        (("verify", "--text", "no-such-text.txt"), 2, "no-such-text.txt"),
        (("frobnicate",), 2, "No such command"),
    ],
)  # fmt: skip
def test_wrong_use_ends_with_2_and_says_what_to_do(
    home: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    extra = () if arguments == ("frobnicate",) else ("--home", str(home))
    done = run(*arguments, *extra)
    assert done.returncode == code, done.stderr.decode()
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_broken_turtle_names_file_line_and_column(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("@prefix cg: <https://w3id.org/conflictgraph/ontology#> .\ncg:a cg:b .\n")
    done = run("validate", str(broken))
    assert done.returncode == 1
    assert re.search(r"broken\.ttl:2:\d+", done.stderr.decode())


def test_an_ill_typed_literal_is_a_violation_with_file_line_and_fix(tmp_path: Path) -> None:
    file = tmp_path / "ill-typed.ttl"
    file.write_text(
        PREFIXES + 'figure:azerbaijani-servicemen-killed cg:quantity "x"^^xsd:integer .\n', encoding="utf-8"
    )
    done = run("validate", str(file))
    text = done.stdout.decode()
    assert done.returncode == 1, text
    assert "ill-typed.ttl, line 6" in text
    assert "well-formed number" in text


def test_a_figure_without_claim_and_a_claim_without_statement_do_not_conform(tmp_path: Path) -> None:
    file = tmp_path / "loose.ttl"
    file.write_text(
        PREFIXES + 'figure:loose a cg:Figure ; rdfs:label "Loose"@en ; cg:quantity 3 .\n'
        'claim:loose a cg:OccurrenceClaim ; rdfs:label "that something happened"@en .\n', encoding="utf-8",
    )  # fmt: skip
    done = run("validate", str(file), "--format", "json")
    assert done.returncode == 1
    found = json.dumps(json.loads(done.stdout))
    assert "A figure belongs to exactly one claim" in found
    assert "somebody made it" in found


@pytest.mark.parametrize("form", ["text", "turtle", "jsonld", "json", "sarif"])
def test_a_report_comes_in_each_form(tmp_path: Path, form: str) -> None:
    file = tmp_path / "fine.ttl"
    file.write_text('<https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "a"@en .\n')
    done = run("validate", str(file), "--format", form, "--alone")
    assert done.returncode == 0, done.stdout.decode()
    if form in ("jsonld", "json", "sarif"):
        json.loads(done.stdout)
    if form == "turtle":
        assert list(parse(done.stdout, format=RdfFormat.TURTLE))


@pytest.mark.parametrize("name", ["missing.ttl", "notes.docx"])
def test_a_file_that_is_missing_or_of_no_known_kind_is_wrong_use(tmp_path: Path, name: str) -> None:
    if name.endswith("docx"):
        (tmp_path / name).write_bytes(b"x")
    done = run("validate", str(tmp_path / name))
    assert done.returncode == 2
    assert name in done.stderr.decode()


def test_a_store_directory_that_cannot_be_used_is_a_fault_and_said_plainly(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    done = run("query", COUNT, "--home", str(blocked / "store"))
    assert done.returncode == 3
    assert str(blocked) in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_taken_port_is_a_fault_and_named(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--home", str(home), "--port", str(port))
    assert done.returncode == 3
    assert f"Port {port}" in done.stderr.decode()


def test_a_misspelt_setting_is_wrong_use(home: Path) -> None:
    done = run("query", COUNT, "--home", str(home), CONFLICTGRAPH_PROT="8000")
    assert done.returncode == 2
    assert "CONFLICTGRAPH_PROT" in done.stderr.decode()


@pytest.mark.parametrize("name", ["2022-armenia-azerbaijan-clashes.txt", "current-events-2022.md"])
def test_every_checksum_of_the_sources_holds_and_97_percent_is_covered(
    home: Path, shared: Path, name: str
) -> None:
    done = run("verify", "--text", str(shared / "sources" / name), "--home", str(home))
    text = done.stdout.decode()
    assert done.returncode == 0, text
    held, total = map(int, re.findall(r"Checksums: (\d+) of (\d+)", text)[0])
    assert held == total
    assert float(re.findall(r"\(([\d.]+)%\)", text)[0]) >= 97


def test_a_text_that_differs_by_one_character_is_not_taken_for_the_source(
    home: Path, shared: Path, tmp_path: Path
) -> None:
    text = (shared / "sources/2022-armenia-azerbaijan-clashes.txt").read_text(encoding="utf-8")
    other = tmp_path / "other.txt"
    other.write_text(text.replace("204", "205"), encoding="utf-8")
    done = run("verify", "--text", str(other), "--home", str(home))
    assert done.returncode == 2
    assert "another version" in done.stderr.decode()


@pytest.mark.parametrize("command", ["build", "serve", "query", "validate", "verify", "export"])
def test_each_command_has_help_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Example: conflictgraph {command}" in done.stdout.decode()
