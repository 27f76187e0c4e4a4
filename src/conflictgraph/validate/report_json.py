"""A report as JSON for programs, and as SARIF 2.1.0 for the tools that show findings beside the code."""

from __future__ import annotations

import json

from pyoxigraph import Literal, NamedNode

from conflictgraph.validate.paths import sparql_path
from conflictgraph.validate.report import Report, Result
from conflictgraph.validate.report_text import Locate, shape_name
from conflictgraph.validate.terms import INFO, WARNING, local_name
from conflictgraph.validate.triple_index import Term, TripleIndex
from conflictgraph.validate.wording import (
    NO_SHAPES,
    NameOf,
    expectation,
    found,
    path_words,
    remedy,
    term_words,
)

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {WARNING: "warning", INFO: "note"}


def report_json(report: Report, *, shapes: TripleIndex = NO_SHAPES) -> str:
    """Return {conforms, conformsExactly, results, delegated}; terms as in SPARQL's JSON results."""
    document = {
        "conforms": report.conforms,
        "conformsExactly": report.conforms_exactly,
        "results": [_result(result, shapes) for result in report.results],
        "delegated": [{"shape": _term(d.shape), "reason": d.reason} for d in report.delegated],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _result(result: Result, shapes: TripleIndex) -> dict[str, object]:
    return {
        "focusNode": _term(result.focus_node),
        "path": None if result.path is None else sparql_path(result.path),
        "value": None if result.value is None else _term(result.value),
        "component": result.component.value,
        "severity": result.severity.value,
        "sourceShape": _term(result.source_shape),
        "sourceConstraint": None if result.source_constraint is None else _term(result.source_constraint),
        "messages": [_term(message) for message in result.messages],
        "expected": expectation(result, shapes),
        "details": [_result(detail, shapes) for detail in result.details],
    }


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, Literal):
        tag = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
        return {"type": "literal", "value": term.value, **tag}
    return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}


def report_sarif(
    report: Report,
    *,
    version: str,
    shapes: TripleIndex = NO_SHAPES,
    name_of: NameOf | None = None,
    locate: Locate | None = None,
) -> str:
    """Return the report as SARIF 2.1.0: one rule for each (shape, component), one result for each result."""
    rules = list(dict.fromkeys(_rule_id(result, shapes) for result in report.results))
    examples = {_rule_id(result, shapes): result for result in report.results}
    driver = {
        "name": "conflictgraph",
        "semanticVersion": version,
        "rules": [_sarif_rule(rule, examples[rule], shapes) for rule in rules],
    }
    results = [_sarif_result(result, rules, shapes, name_of, locate) for result in report.results]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule_id(result: Result, shapes: TripleIndex) -> str:
    path = f" {path_words(result.path)}" if result.path is not None else ""
    return f"{shape_name(result.source_shape, shapes)}{path} {local_name(result.component.value)}"


def _sarif_rule(rule: str, example: Result, shapes: TripleIndex) -> dict[str, object]:
    return {
        "id": rule,
        "shortDescription": {"text": f"Expected: {expectation(example, shapes)}"},
        "help": {"text": remedy(example)},
    }


def _sarif_result(
    result: Result, rules: list[str], shapes: TripleIndex, name_of: NameOf | None, locate: Locate | None
) -> dict[str, object]:
    rule = _rule_id(result, shapes)
    said = " ".join(message.value for message in result.messages)
    node = term_words(result.focus_node, name_of)
    text = f"{node}: expected {expectation(result, shapes)}, found {found(result)}."
    place = locate(result.focus_node) if locate else None
    logical = {"fullyQualifiedName": result.focus_node.value, "kind": "object"}
    location: dict[str, object] = {"logicalLocations": [logical]}
    if place is not None:
        region = {"region": {"startLine": place.line}} if place.line else {}
        location["physicalLocation"] = {"artifactLocation": {"uri": place.file}, **region}
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": _LEVELS.get(result.severity, "error") if isinstance(result.severity, NamedNode) else "error",
        "message": {"text": f"{said} {text}".strip()},
        "locations": [location],
    }
