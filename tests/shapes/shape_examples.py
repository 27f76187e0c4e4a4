"""Examples of shapes: each a directory with a file that passes, one that fails, and its expected report.

`expected.tsv` has a line for each result: focus node, path, component, shape, constraint, value, severity,
message. Blank nodes, which have no name to compare, are written `_:`; so are messages without their language,
which pySHACL loses when it fills placeholders in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conflictgraph import rdf, vocabulary
from conflictgraph.validate.paths import sparql_path
from conflictgraph.validate.report import Result
from conflictgraph.validate.terms import SHACL

EXAMPLES = Path(__file__).parent / "examples"
SHAPES = "https://w3id.org/conflictgraph/shapes#"
COLUMNS = ("focus", "path", "component", "shape", "constraint", "value", "severity", "message")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The example of one shape."""

    directory: Path

    @property
    def name(self) -> str:
        """The local name of the shape."""
        return self.directory.name

    def triples(self, file: str) -> list[Triple]:
        """The triples of `passes.ttl` or `fails.ttl`, without the surroundings."""
        return triples_of(self.directory / file)

    def expected(self) -> list[Row]:
        """The rows of `expected.tsv`."""
        return rows_of(self.directory / "expected.tsv")


def examples() -> list[Example]:
    """Every example, by name."""
    return [Example(path) for path in sorted(EXAMPLES.iterdir()) if path.is_dir()]


def surroundings() -> list[Triple]:
    """What all examples refer to."""
    return triples_of(EXAMPLES / "surroundings.ttl")


def triples_of(path: Path) -> list[Triple]:
    """The triples of a file."""
    return [quad.triple for quad in rdf.quads_from_file(path)]


def rows_of(path: Path) -> list[Row]:
    """The rows of a file of expected results."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert tuple(header.split("\t")) == COLUMNS, path
    return [tuple(line.split("\t")) for line in lines]


def rows(results: Iterable[Result]) -> list[Row]:
    """The results as rows, sorted: what both engines must agree on."""
    return sorted(_row(result) for result in results)


def as_file(found: Iterable[Row]) -> str:
    """The text of a file of expected results."""
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *found))


def _row(result: Result) -> Row:
    return (
        _text(result.focus_node),
        _shortened(sparql_path(result.path)) if result.path else "",
        _text(result.component),
        _text(result.source_shape),
        _text(result.source_constraint) if result.source_constraint else "",
        _text(result.value) if result.value is not None else "",
        _text(result.severity),
        " / ".join(sorted(message.value for message in result.messages)),
    )


def _text(term: NamedNode | BlankNode | Literal | Triple) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    return _shortened(str(term))


def _shortened(text: str) -> str:
    """Every IRI in angle brackets as a CURIE, where a prefix fits."""
    parts = text.split("<")
    for at, part in enumerate(parts[1:], 1):
        iri, bracket, rest = part.partition(">")
        if bracket and (short := _curie(iri)) != iri:
            parts[at] = short + rest
        else:
            parts[at] = "<" + part
    return "".join(parts)


def _curie(iri: str) -> str:
    if iri.startswith(SHAPES):
        return "cgs:" + iri.removeprefix(SHAPES)
    return "sh:" + iri.removeprefix(SHACL) if iri.startswith(SHACL) else vocabulary.shortened(iri)
