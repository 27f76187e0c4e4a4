"""Each shape has an example that passes and one that fails, and both engines report exactly what is expected.

The examples are judged as they are written, with the ontology beside them. What a reader without reasoning
sees, a build with reasoning must not let through: where an inferred class satisfies a shape, the reasoner
finds a contradiction instead.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
import shipped
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from shape_examples import (
    EXAMPLES,
    SHAPES,
    Example,
    as_file,
    examples,
    rows,
    surroundings,
)

from conflictgraph import vocabulary
from conflictgraph.reason.in_memory import inferred_triples
from conflictgraph.validate.reference import reference_report
from conflictgraph.validate.report import Report
from conflictgraph.validate.terms import SHACL, TYPE, sh

DERIVED = {"figure:of-an-occurrence"}
"""What reasoning mends: a claim that states a figure *is* a figure claim, written or not."""

EACH = [pytest.param(example, id=example.name) for example in examples()]


def validate(triples: Iterable[Triple], reference: bool = False) -> Report:
    """The report on triples beside the ontology and the surroundings."""
    data = [*shipped.ontology(), *surroundings(), *triples]
    return (
        reference_report(data, shipped.shapes())
        if reference
        else shipped.validator().validate_triples(data).report
    )


@pytest.mark.parametrize("example", EACH)
def test_what_passes_gives_no_result(example: Example) -> None:
    assert rows(validate(example.triples("passes.ttl")).results) == []


@pytest.mark.parametrize("example", EACH)
def test_what_fails_gives_exactly_the_expected_results(example: Example) -> None:
    found = rows(validate(example.triples("fails.ttl")).results)
    assert as_file(found) == (example.directory / "expected.tsv").read_text(encoding="utf-8")


def test_the_reference_finds_nothing_in_what_passes() -> None:
    assert rows(validate(_all("passes.ttl"), reference=True).results) == []


def test_the_reference_finds_exactly_the_expected_results() -> None:
    """All examples at once: pySHACL takes a second for the ontology alone."""
    expected = [row for example in examples() for row in example.expected()]
    assert Counter(rows(validate(_all("fails.ttl"), reference=True).results)) == Counter(expected)


@pytest.mark.parametrize("example", EACH)
def test_warnings_conform_and_violations_do_not(example: Example) -> None:
    severities = {row[6] for row in example.expected()}
    assert len(severities) == 1, "an example shows one severity"
    assert validate(example.triples("fails.ttl")).conforms == (severities == {"sh:Warning"})


@pytest.mark.parametrize("example", EACH)
def test_every_expected_result_names_a_shape_by_iri_and_says_the_fix(example: Example) -> None:
    for row in example.expected():
        assert row[3].startswith("cgs:"), row
        assert row[7].endswith("."), row
        assert "{" not in row[7], row


def test_every_shape_with_a_target_has_an_example() -> None:
    targeted = {t.subject for t in shipped.shapes() if t.predicate.value.startswith(SHACL + "target")}
    named = {node.value.removeprefix(SHAPES) for node in targeted if isinstance(node, NamedNode)}
    assert len(named) == len(targeted)
    assert named == {example.name for example in examples()}


def test_every_property_shape_and_every_sparql_constraint_is_seen_failing() -> None:
    named = {node for node in _reporting() if isinstance(node, NamedNode)}
    seen = {cell for example in examples() for row in example.expected() for cell in (row[3], row[4])}
    assert {"cgs:" + node.value.removeprefix(SHAPES) for node in named} <= seen


def test_every_shape_that_reports_has_an_iri_and_an_english_message() -> None:
    messages = {t.subject: t.object for t in shipped.shapes() if t.predicate == sh("message")}
    for node in _reporting():
        assert isinstance(node, NamedNode), node
        message = messages[node]
        assert isinstance(message, Literal), node
        assert message.language == "en", node


def test_no_two_examples_describe_the_same_individual() -> None:
    for file in ("passes.ttl", "fails.ttl"):
        described = [{t.subject for t in e.triples(file)} for e in examples()] + [
            {t.subject for t in surroundings()}
        ]
        twice = [node for node, times in Counter(n for one in described for n in one).items() if times > 1]
        assert [node for node in twice if not isinstance(node, BlankNode)] == []


def test_with_reasoning_what_passes_still_passes() -> None:
    written = [*shipped.ontology(), *surroundings(), *_all("passes.ttl")]
    inferred, findings = inferred_triples(written)
    assert not findings
    assert rows(validate([*written, *inferred]).results) == []


def test_with_reasoning_what_fails_still_fails_or_is_a_contradiction() -> None:
    written = [*shipped.ontology(), *surroundings(), *_all("fails.ttl")]
    inferred, findings = inferred_triples(written)
    found = {row[:-1] for row in rows(validate([*written, *inferred]).results)}
    words = " ".join(finding.message for finding in findings)
    for row in (row for example in examples() for row in example.expected()):
        if row[:-1] not in found and row[0] not in DERIVED:
            assert row[2] == "sh:ClassConstraintComponent", row
            assert any(_iri(cell) in words for cell in (row[0], row[5])), row


def test_with_reasoning_no_misspelt_reference_passes() -> None:
    """A range makes whatever a property leads to a member of a class: that must not describe it."""
    misspelt = {p: NamedNode(f"{vocabulary.ID}person/misspelt-{p.value.rsplit('#')[1]}") for p in _led()}
    subject = vocabulary.term("statement:report-of-talks")
    written = [
        *shipped.ontology(),
        *surroundings(),
        *(Triple(subject, p, node) for p, node in misspelt.items()),
    ]
    inferred, _ = inferred_triples(written)
    reported = {
        term
        for result in validate([*written, *inferred]).results
        for term in (result.focus_node, result.value)
    }
    assert [p for p, node in misspelt.items() if node not in reported] == []


def _all(file: str) -> list[Triple]:
    return [triple for example in examples() for triple in example.triples(file)]


def _reporting() -> Iterator[NamedNode | BlankNode | Triple]:
    """The property shapes and constraints that node shapes with targets hold directly."""
    roots = {t.subject for t in shipped.shapes() if t.predicate.value.startswith(SHACL + "target")}
    for triple in shipped.shapes():
        if triple.subject in roots and triple.predicate in (sh("property"), sh("sparql")):
            assert not isinstance(triple.object, Literal)
            yield triple.object


def _led() -> list[NamedNode]:
    """The object properties of our own that lead to individuals (concepts have their own shapes)."""
    object_property = vocabulary.term("owl:ObjectProperty")
    found = [t.subject for t in shipped.ontology() if t.predicate == TYPE and t.object == object_property]
    return sorted(
        (p for p in found if isinstance(p, NamedNode) and p.value.startswith(vocabulary.CG)), key=str
    )


def _iri(cell: str) -> str:
    """The IRI of a cell; for an empty one what no message holds."""
    if not cell or cell.startswith(("_", '"')):
        return "\0"
    return cell if cell.startswith("<") else str(vocabulary.term(cell))


def test_the_surroundings_are_not_at_fault() -> None:
    assert (EXAMPLES / "surroundings.ttl").is_file()
    assert rows(validate([]).results) == []
