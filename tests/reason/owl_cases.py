"""The OWL 2 test cases of the W3C that are tagged OWL 2 RL and have RDF/XML texts."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from conflictgraph.reason.tokens import fact
from conflictgraph.reason.trivia import OWL, is_trivial

CASES = Path(__file__).resolve().parents[3] / "shared" / "w3c" / "owl2" / "all.rdf.gz"
ABSENT = f"the OWL 2 test cases of the W3C are not at {CASES}"
HEADER = NamedNode(OWL + "Ontology")
TEST = "http://www.w3.org/2007/OWL/testOntology#"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; `conclusion` is what must follow, or for a negative entailment test what must not."""

    name: str
    premise: tuple[Triple, ...]
    conclusion: tuple[Triple, ...]


def cases(kind: str) -> list[Case]:
    """The cases of a kind (`ConsistencyTest`, …) by name; none where the file is absent."""
    if not CASES.exists():
        return []
    manifest = Store()
    with gzip.open(CASES) as stream:
        manifest.load(_quoted(stream.read().decode()), format=RdfFormat.RDF_XML)
    conclusion = "rdfXmlNonConclusionOntology" if kind.startswith("Negative") else "rdfXmlConclusionOntology"
    rows = manifest.query(
        f"PREFIX test: <{TEST}> SELECT DISTINCT ?name ?premise ?conclusion WHERE {{"
        f" ?case a test:{kind} ; test:profile test:RL ; test:identifier ?name ;"
        f" test:rdfXmlPremiseOntology ?premise"
        f" OPTIONAL {{ ?case test:{conclusion} ?conclusion }} }} ORDER BY ?name"
    )
    assert isinstance(rows, QuerySolutions)
    return [Case(row["name"].value, _triples(row["premise"]), _triples(row["conclusion"])) for row in rows]


def _quoted(text: str) -> str:
    """Entities in double quotes, the only ones that the parser takes."""
    return re.sub(r"(<!ENTITY\s+\S+\s+)'([^']*)'", r'\1"\2"', text)


def _triples(text: Literal | None) -> tuple[Triple, ...]:
    if text is None:
        return ()
    quads = parse(_quoted(text.value.strip()), format=RdfFormat.RDF_XML, base_iri="http://example.org/base")
    return tuple(quad.triple for quad in quads)


def entailed(store: Store, conclusion: Iterable[Triple]) -> bool:
    """Whether the merged view has an instance of the conclusion, its trivia and ontology headers aside."""
    wanted = [t for t in conclusion if not is_trivial(fact(t)) and t.object != HEADER]
    pattern = " ".join(f"{_slot(t.subject)} {t.predicate} {_slot(t.object)} ." for t in wanted)
    answer = store.query(f"ASK {{ {pattern} }}")
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def _slot(term: object) -> str:
    return f"?n{term.value}" if isinstance(term, BlankNode) else str(term)
