"""A report says the same as RDF, in words, as JSON and as SARIF."""

from __future__ import annotations

import json

from pyoxigraph import BlankNode
from ttl import report, triples

from conflictgraph.validate.report_json import report_json, report_sarif
from conflictgraph.validate.report_rdf import report_from_triples, report_triples
from conflictgraph.validate.report_text import Place, report_text
from conflictgraph.validate.triple_index import TripleIndex
from conflictgraph.validate.validation import Validator
from conflictgraph.validate.wording import names_from

SHAPES = """
:S a sh:NodeShape ; sh:targetClass :Claim ;
  sh:property [ sh:path ( :speaker [ sh:zeroOrMorePath :unit ] ) ; sh:minCount 2 ; sh:message "who?"@en ] ;
  sh:property :Low .
:Low sh:path :low ; sh:node [ sh:datatype xsd:integer ] .
:W a sh:NodeShape ; sh:targetClass :Claim ; sh:severity sh:Warning ; sh:nodeKind sh:Literal .
"""
DATA = ':c a :Claim ; rdfs:label "The claim"@en, "Die Behauptung"@de ; :low "few" .'


def test_a_report_survives_the_way_to_rdf_and_back() -> None:
    found = report(SHAPES, DATA)
    assert len(found.results) == 3
    assert report_from_triples(report_triples(found)).results == found.results


def test_no_blank_node_is_left_where_iris_are_wanted() -> None:
    for triple in report_triples(report(SHAPES, DATA), "https://example.org/report/"):
        assert not isinstance(triple.subject, BlankNode)
        assert not isinstance(triple.object, BlankNode)


def test_warnings_do_not_block_but_are_not_conformance_as_shacl_has_it() -> None:
    only_warnings = report(SHAPES[SHAPES.index(":W") :], DATA)
    assert (only_warnings.conforms, only_warnings.conforms_exactly) == (True, False)
    assert not report(SHAPES, DATA).conforms
    assert report(SHAPES, "").conforms_exactly


def test_the_words_say_which_node_where_what_and_how_to_mend_it() -> None:
    shapes = triples(SHAPES)
    text = report_text(
        Validator(shapes).validate_triples(triples(DATA)).report,
        shapes=TripleIndex(shapes),
        name_of=names_from(TripleIndex(triples(DATA))),
        locate=lambda _: Place("claims.ttl", 7),
    )
    assert text.startswith("Does not conform: 2 violation(s), 1 of lesser severity.")
    for expected in (
        "Violation: The claim <http://example.org/c>",
        "where:    claims.ttl, line 7",
        "property: (speaker/unit*)",
        "expected: at least 2 value(s)",
        "says:     who?",
        "mend:     add what is missing",
        "expected: a well-formed integer",
        'found:    "few"',
        "part of <http://example.org/S>",
    ):
        assert expected in text


def test_the_json_has_each_result() -> None:
    document = json.loads(report_json(report(SHAPES, DATA)))
    assert document["conforms"] is False
    assert {r["component"].rsplit("#")[1] for r in document["results"]} == {
        "MinCountConstraintComponent",
        "NodeConstraintComponent",
        "NodeKindConstraintComponent",
    }


def test_the_sarif_has_a_rule_for_each_result_and_its_place() -> None:
    found = report(SHAPES, DATA)
    sarif = json.loads(report_sarif(found, version="1.0.0", locate=lambda _: Place("claims.ttl", 7)))
    run = sarif["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sarif["version"] == "2.1.0"
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert {r["level"] for r in run["results"]} == {"error", "warning"}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "claims.ttl"}, "region": {"startLine": 7}}


def test_results_of_a_nested_shape_are_details() -> None:
    (node,) = [r for r in report(SHAPES, DATA).results if "Node" in str(r.component) and r.details]
    assert [str(detail.component).rsplit("#")[1] for detail in node.details] == [
        "DatatypeConstraintComponent>"
    ]
