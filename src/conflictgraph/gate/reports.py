"""A report as a document: Turtle, JSON-LD, JSON or SARIF 2.1.0.

Must not know who wants it.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from conflictgraph import __version__, formats, rdf, vocabulary
from conflictgraph.gate.wording import locator
from conflictgraph.ingest.seed import shape_triples
from conflictgraph.validate.report import Report
from conflictgraph.validate.report_json import report_json, report_sarif
from conflictgraph.validate.report_rdf import report_triples
from conflictgraph.validate.triple_index import TripleIndex

FORMS = ("ttl", "jsonld", "json", "sarif")
"""What a report can be written as, each by the ending of its file."""


def report_as(form: str, report: object, called: Mapping[Path, str] = MappingProxyType({})) -> bytes:
    """The report (of a `DoesNotConform`) in one of `FORMS`, or in any RDF format by its name.

    `called` has the files in which nodes may be described, and what to call them.
    """
    assert isinstance(report, Report)
    if form == "json":
        return report_json(report, shapes=TripleIndex(shape_triples())).encode()
    if form == "sarif":
        shapes, locate = TripleIndex(shape_triples()), locator(called)
        return report_sarif(report, version=__version__, shapes=shapes, locate=locate).encode()
    format = formats.by_name(form, formats.RDF_FORMATS)
    return rdf.to_bytes(report_triples(report), format, vocabulary.PREFIXES)
