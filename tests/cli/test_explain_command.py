"""`explain` and `validate --explain`: why a triple is there, and what a shapes graph is asked as."""

import json
import re
from pathlib import Path

import pytest

from conftest import run

DERIVED = ("person:nikol-pashinyan", "a", "cg:Voice")
ASSERTED = ("event:border-crisis", "rdfs:label", '"Border crisis between Armenia and Azerbaijan"@en')
IRI = "<https://w3id.org/conflictgraph/id/person/nikol-pashinyan>"


def test_a_derived_triple_is_told_down_to_asserted_triples_and_their_graphs(home: Path) -> None:
    done = run("explain", *DERIVED, "--home", str(home))
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    assert text.startswith("person:nikol-pashinyan rdf:type cg:Voice\n")
    assert "“Nikol Pashinyan”" in text
    assert "follows by prp-rng (OWL 2 Profiles, Table 5" in text
    assert re.search(r"asserted in <https://w3id.org/conflictgraph/graph/source/[a-z0-9-]+>", text)


def test_an_asserted_triple_is_told_with_its_graph_also_for_a_literal(home: Path) -> None:
    lines = run("explain", *ASSERTED, "--home", str(home)).stdout.decode().splitlines()
    assert lines[-1] == "  asserted in <https://w3id.org/conflictgraph/graph/source/september-2022-clashes>"


def test_the_json_form_is_a_tree_whose_leaves_are_asserted(home: Path) -> None:
    done = run("explain", IRI, "rdf:type", "prov:Agent", "--format", "json", "--home", str(home))
    tree = json.loads(done.stdout)
    assert tree["triple"]["subject"] == {"term": IRI, "label": "Nikol Pashinyan"}
    leaves, open_ones = [], [tree]
    while open_ones:
        one = open_ones.pop()
        open_ones += one.get("premises", [])
        leaves += [] if "premises" in one else [one]
    assert all(leaf["rule"] == "asserted" and leaf["graphs"] for leaf in leaves)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (("event:border-crisis", "a", "cg:Person"), "Neither asserted nor inferred: event:border-crisis"),
        (("nobody:x", "a", "cg:Person"), "The subject must be a CURIE"),
        (("event:border-crisis", '"text"', "cg:Person"), "The predicate must be a CURIE"),
        (("event:border-crisis", "a", "cg:Person, cg:Event"), "The object must be a CURIE"),
        (("event:border-crisis", "a", "[]"), "found '[]'"),
    ],
)
def test_what_is_not_in_the_graph_or_no_term_ends_with_wrong_use(
    home: Path, terms: tuple[str, str, str], words: str
) -> None:
    done = run("explain", *terms, "--home", str(home))
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert not done.stdout


def test_validate_explain_prints_the_queries_with_their_times(tmp_path: Path) -> None:
    file = tmp_path / "none.ttl"
    file.write_text("", encoding="utf-8")
    done = run("validate", str(file), "--explain")
    assert done.returncode == 0, done.stderr.decode()
    heads = re.findall(r"(?m)^# (\d+\.\d{4}) s, \d+ rows: <[^>]+shapes#\w+>", done.stdout.decode())
    assert len(heads) > 30
    assert [float(each) for each in heads] == sorted((float(each) for each in heads), reverse=True)
