"""The shipped graph, with everything that follows from it: conforms, with exactly the warnings of rule 6."""

from collections import Counter
from pathlib import Path

import shipped
from shape_examples import as_file, rows

from conflictgraph.validate.reference import reference_report

WARNINGS = Path(__file__).with_name("seed-warnings.tsv")
"""Disagreements that the sources have. A new line is a finding about a source, or an error in the data."""


def test_the_shipped_graph_conforms() -> None:
    violations = [row for row in rows(shipped.compiled_report().results) if row[6] != "sh:Warning"]
    assert violations == []
    assert shipped.compiled_report().conforms


def test_every_shape_is_compiled() -> None:
    assert shipped.compiled_report().delegated == ()


def test_the_warnings_are_exactly_those_on_record() -> None:
    assert as_file(rows(shipped.compiled_report().results)) == WARNINGS.read_text(encoding="utf-8")


def test_thirty_of_eighty_are_unexplained() -> None:
    said = [row[-1] for row in rows(shipped.compiled_report().results)]
    assert len([words for words in said if "add up to 50 of 80: 30 unexplained" in words]) == 1


def test_pyshacl_gives_the_same_report() -> None:
    found = rows(reference_report(shipped.closed_seed(), shipped.shapes()).results)
    assert Counter(found) == Counter(rows(shipped.compiled_report().results))
