"""Checks find nothing in the shipped graph, and each finds the fault that it is there for."""

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse
from test_competency import closed_seed

from conflictgraph import graphs, queries, vocabulary
from conflictgraph.reason.closure import close

CHECKS = queries.shipped("checks")
PREFIXES = {**vocabulary.PREFIXES, "graph": graphs.SOURCE_PREFIX}

CASES = [
    ("blank-node", "place:here cg:PlaceName", """
        place:here a cg:Place ; cg:hasName [ a cg:PlaceName ] .
        place:there a cg:Place ; cg:hasName name:there .
    """),
    ("claim-without-passage", "claim:loose", """
        claim:loose a cg:FigureClaim .
        statement:one a cg:Statement ; cg:hasSpeaker person:one ; cg:asserts claim:loose, claim:kept .
        claim:kept a cg:Claim .
        statement:two cg:hasSpeaker person:one ; cg:asserts claim:kept ; cg:hasEvidence passage:one .
        passage:one oa:hasSource source:one ; oa:start 0 ; oa:end 9 ; cg:sha256 'ab' .
    """),
    ("date-from-a-heading", "statement:dated", """
        statement:dated cg:hasDatePrecision precision:interval ; cg:hasEvidence passage:one ;
            cg:earliest '2022-09-12'^^xsd:date ; cg:latest '2022-09-13'^^xsd:date .
        passage:one cg:headingEarliest '2022-09-12'^^xsd:date ; cg:headingLatest '2022-09-13'^^xsd:date .
        statement:fine cg:hasDatePrecision precision:interval ; cg:hasEvidence passage:one ;
            cg:earliest '2022-09-12'^^xsd:date ; cg:latest '2022-09-14'^^xsd:date .
    """),
    ("described-in-two-sources", "place:here", """
        graph:one { place:here a cg:Place . place:there a cg:Place }
        graph:two { place:here a cg:Settlement . place:far cg:isDirectlyWithin place:there }
    """),
    ("dispute-with-oneself", "claim:denial", """
        claim:denial cg:disputes claim:first .
        claim:answer cg:disputes claim:first .
        statement:one cg:hasSpeaker person:one ; cg:asserts claim:denial, claim:first .
        statement:two cg:hasSpeaker person:two ; cg:asserts claim:answer .
    """),
    ("dispute-with-oneself", "claim:again", """
        claim:again cg:echoes claim:first .
        statement:one cg:hasSpeaker person:one ; cg:asserts claim:again, claim:first .
    """),
    ("event-outside-its-whole", "event:early", """
        event:whole cg:earliest '2022-09-12'^^xsd:date ; cg:latest '2022-09-14'^^xsd:date .
        event:early cg:isSubEventOf event:whole ; cg:latest '2022-09-11'^^xsd:date .
        event:within cg:isSubEventOf event:whole ; cg:latest '2022-09-12'^^xsd:date .
    """),
    ("event-outside-its-whole", "event:late", """
        event:whole cg:latest '2022-09-14'^^xsd:date .
        event:late cg:isSubEventOf event:whole ; cg:earliest '2022-09-15'^^xsd:date .
    """),
    ("evidence-from-another-source", "statement:stray", """
        source:one a cg:SourceDocument .
        passage:one oa:hasSource source:one .
        passage:two oa:hasSource source:two .
        statement:stray cg:hasSpeaker source:one ; cg:hasEvidence passage:two .
        statement:fine cg:hasSpeaker source:one ; cg:hasEvidence passage:one .
    """),
    ("figure-counted-twice", "figure:one", """
        figure:one cg:hasMeasure measure:killed ; cg:quantity 3 ; cg:hasPopulation population:all .
        claim:one cg:statesFigure figure:one .
        statement:one cg:hasSpeaker person:one ; cg:asserts claim:one .
        figure:other cg:hasMeasure measure:killed ; cg:quantity 3 ; cg:hasPopulation population:all .
        claim:other cg:statesFigure figure:other .
        statement:other cg:hasSpeaker person:one ; cg:asserts claim:other .
        figure:less cg:hasMeasure measure:killed ; cg:quantity 2 ; cg:hasPopulation population:all .
        claim:less cg:statesFigure figure:less .
        statement:less cg:hasSpeaker person:one ; cg:asserts claim:less .
    """),
    ("figure-without-voice", "figure:loose", """
        figure:loose a cg:Figure .
        claim:one cg:statesFigure figure:loose .
        figure:kept a cg:Figure .
        claim:two cg:statesFigure figure:kept .
        statement:two cg:hasSpeaker person:one ; cg:asserts claim:two .
    """),
    ("overlapping-passages", "passage:long", """
        passage:long oa:hasSource source:one ; oa:start 0 ; oa:end 11 .
        passage:next oa:hasSource source:one ; oa:start 10 ; oa:end 20 .
        passage:last oa:hasSource source:one ; oa:start 20 ; oa:end 30 .
        passage:away oa:hasSource source:two ; oa:start 5 ; oa:end 9 .
    """),
    ("passage-out-of-line", "passage:back", """
        passage:one oa:hasSource source:one ; oa:start 0 ; cg:line 2 ; cg:section 'Lead' .
        passage:back oa:hasSource source:one ; oa:start 9 ; cg:line 1 ; cg:section 'Lead' .
    """),
    ("passage-out-of-line", "passage:two", """
        passage:one oa:hasSource source:one ; oa:start 0 ; cg:line 2 ; cg:section 'Lead' .
        passage:two oa:hasSource source:one ; oa:start 9 ; cg:line 2 ; cg:section 'Timeline' .
    """),
    ("population-of-another-side", "population:army", """
        population:army cg:ofSide state:one ; cg:ofBody organ:guard .
        organ:guard cg:isUnitOf organ:forces .
        organ:forces cg:isOrganOf state:two .
        population:both cg:ofSide state:one, state:two ; cg:ofBody organ:forces .
    """),
    ("population-of-another-side", "population:part", """
        figure:part cg:isPartOfFigure figure:whole ; cg:hasPopulation population:part .
        figure:whole cg:hasPopulation population:whole .
        population:whole cg:ofSide state:one .
        population:part cg:ofSide state:two .
    """),
    ("post-without-tenure", "person:one", """
        person:one a cg:Person .
        person:two a cg:Person .
        statement:one cg:hasSpeaker person:one ; cg:spokenAs post:one .
        statement:two cg:hasSpeaker person:two ; cg:spokenAs post:one .
        tenure:two cg:hasHolder person:two ; cg:isTenureOf post:one ; cg:hasEvidence passage:one .
    """),
    ("quotation-of-a-source-document", "statement:quoted", """
        source:one a cg:SourceDocument .
        person:one a cg:Person .
        statement:quoted cg:hasSpeaker source:one ; cg:quotation 'its own sentence' .
        statement:fine cg:hasSpeaker person:one ; cg:quotation 'a word' .
    """),
    ("undeclared-concept", "measure:kiled", """
        figure:one cg:hasMeasure measure:kiled .
        figure:two cg:hasMeasure measure:killed .
        measure:killed a skos:Concept ; skos:inScheme scheme:measure ; skos:prefLabel 'killed'@en .
        scheme:measure a skos:ConceptScheme .
    """),
    ("verdict-on-an-event", "event:judged", """
        event:judged a cg:Event ; cg:usesTerm 'unprovoked' .
        claim:one a cg:Claim ; cg:usesTerm 'unprovoked' .
    """),
    ("within-itself", "event:one event:two", """
        event:one cg:isSubEventOf event:two .
        event:two cg:isSubEventOf event:one .
        event:three cg:isSubEventOf event:one .
    """),
    ("within-itself", "place:one", """
        place:one cg:isDirectlyWithin place:one .
        place:two cg:isDirectlyWithin place:one .
    """),
    ("within-itself", "figure:one figure:two", """
        figure:one cg:isPartOfFigure figure:two .
        figure:two cg:isPartOfFigure figure:one .
    """),
    ("within-itself", "organ:one organ:two", """
        organ:one cg:isUnitOf organ:two .
        organ:two cg:isUnitOf organ:one .
    """),
]  # fmt: skip
"""A check, everything that it finds, and the small graph in which it does: a fault beside something right."""


def text_of(name: str) -> str:
    return queries.named(f"checks/{name}-violation").text


def found(store: Store, text: str) -> set[str]:
    """Every IRI of the first column."""
    rows = store.query(text)
    assert isinstance(rows, QuerySolutions)
    return {term.value for row in rows if isinstance(term := row[0], NamedNode)}


def expanded(names: str) -> set[str]:
    """The IRIs of prefixed names."""
    parts = (name.partition(":") for name in names.split())
    return {PREFIXES[prefix] + local for prefix, _, local in parts}


def small(trig: str, shipped: Store) -> Store:
    """A few lines with the ontology, each graph in the merged view as well."""
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    quads = [*shipped.quads_for_pattern(None, None, None, graphs.ONTOLOGY)]
    quads += parse(head + trig, format=RdfFormat.TRIG)
    store = Store()
    store.extend(quads)
    store.extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    return store


@pytest.fixture(scope="module")
def shipped() -> Store:
    return closed_seed()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_shipped_graph_passes(shipped: Store, check: queries.Query) -> None:
    rows = shipped.query(check.text)
    assert isinstance(rows, QuerySolutions)
    assert [str(row) for row in rows] == []


@pytest.mark.parametrize(
    ("name", "finds", "trig"), CASES, ids=[f"{name} {finds}" for name, finds, _ in CASES]
)
def test_a_check_finds_its_fault_and_nothing_beside_it(
    shipped: Store, name: str, finds: str, trig: str
) -> None:
    store = small(trig, shipped)
    assert found(store, text_of(name)) == expanded(finds)
    close(store)
    assert found(store, text_of(name)) >= expanded(finds)


def test_every_check_has_a_fault_to_find() -> None:
    assert {f"checks/{name}-violation" for name, _, _ in CASES} == {check.name for check in CHECKS}
    assert all(check.title.endswith("?") and check.description.endswith(".") for check in CHECKS)
