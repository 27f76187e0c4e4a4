"""What conforms is published with its provenance; what does not leaves its report and nothing else."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from guarded import BAD, GOOD, OTHER, WARNED, Ingest, copied_home, guarded, ingestion
from pyoxigraph import NamedNode

from conflictgraph import exports, formats, graphs, patch, provenance, solutions
from conflictgraph.errors import DoesNotConform, NotFound, StoreLocked, UpdateRefused, UsageError
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Change, Mode
from conflictgraph.gate.publishing import Gate, publish, restore
from conflictgraph.gate.tags import Tags
from conflictgraph.ingest.documents import Document
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.embedded import EmbeddedStore

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SOURCE = graphs.source("test")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with guarded(tmp_path) as gate:
        yield gate


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    return ingestion(tmp_path)


def dump(gate: Gate, generation: int | None = None) -> bytes:
    return exports.exported(Snapshot(gate.store, generation), formats.NQUADS)


def files(path: Path) -> dict[str, int]:
    """Every file below the home, except what processes need while they run, with its size."""
    return {
        str(each.relative_to(path)): each.stat().st_size
        for each in path.rglob("*")
        if each.is_file() and each.name != "lock" and "rejected" not in each.parts
    }


def updated(text: str, tmp_path: Path) -> Change:
    document = Document("update.ru", formats.TURTLE, "0" * 64, len(text), tmp_path / "update.ru")
    document.path.write_text(text, encoding="utf-8")
    return changes.update(text, document)


def test_a_document_that_conforms_becomes_a_generation_with_its_provenance(
    gate: Gate, ingest: Ingest
) -> None:
    done = publish(gate, ingest(GOOD))
    assert done.generation is not None
    assert (done.generation.number, done.counts) == (2, patch.Counts(2, 0))
    made = provenance.publications(Snapshot(gate.store))[-1]
    assert (made.number, made.base, made.agent, made.added, made.removed) == (2, 1, "Test agent", 2, 0)
    assert [used.name for used in made.inputs] == ["1.ttl"]
    assert made.note == "Addition to source test: 1.ttl"
    assert made.started <= made.ended <= done.generation.published


def test_the_checksum_is_of_the_bytes_as_they_came(gate: Gate, ingest: Ingest) -> None:
    packed = gzip.compress(GOOD)
    publish(gate, ingest(packed))
    used = provenance.publications(Snapshot(gate.store))[-1].inputs
    assert used[0].sha256 == hashlib.sha256(packed).hexdigest()


def test_the_provenance_graph_is_no_part_of_the_default_graph(gate: Gate) -> None:
    inside = f"ASK {{ ?s ?p ?o GRAPH {graphs.PROVENANCE} {{ ?s ?p ?o }} }}"
    assert patch.triples(Snapshot(gate.store), graphs.PROVENANCE)
    assert not solutions.truth(gate.store, inside)


def test_a_refused_draft_leaves_the_dump_and_the_disk_as_they_were(
    gate: Gate, ingest: Ingest, tmp_path: Path
) -> None:
    publish(gate, ingest(GOOD))
    before, disk = dump(gate), files(tmp_path / "home")
    with pytest.raises(DoesNotConform) as caught:
        publish(gate, ingest(BAD))
    assert dump(gate) == before
    assert files(tmp_path / "home") == disk
    assert caught.value.rejected == 1


def test_the_report_in_words_tells_label_file_line_and_what_to_mend(gate: Gate, ingest: Ingest) -> None:
    with pytest.raises(DoesNotConform) as caught:
        publish(gate, ingest(GOOD, BAD))
    words = caught.value.words
    for part in ("Three houses", "2.ttl, line 4", "expected:", "found:", "mend:", "shape:"):
        assert part in words


def test_warnings_publish_and_can_be_asked_for_in_the_report_graph(gate: Gate, ingest: Ingest) -> None:
    done = publish(gate, ingest(WARNED))
    assert done.report.results
    assert provenance.publications(Snapshot(gate.store))[-1].warnings == len(done.report.results)
    warned = "https://w3id.org/conflictgraph/id/person/goris"
    focus = "<http://www.w3.org/ns/shacl#focusNode>"
    assert solutions.truth(gate.store, f"ASK {{ GRAPH {graphs.REPORT} {{ ?r {focus} <{warned}> }} }}")


def test_several_documents_are_one_transaction(gate: Gate, ingest: Ingest) -> None:
    before = dump(gate)
    with pytest.raises(DoesNotConform):
        publish(gate, ingest(GOOD, BAD))
    assert dump(gate) == before
    assert publish(gate, ingest(GOOD, OTHER)).counts.added == 4


def test_quarantine_keeps_input_and_report_and_the_oldest_go_first(gate: Gate, ingest: Ingest) -> None:
    assert gate.quarantine is not None
    for _ in range(4):
        with pytest.raises(DoesNotConform):
            publish(gate, ingest(BAD))
    assert [entry.number for entry in gate.quarantine.entries()] == [2, 3, 4]
    entry = gate.quarantine.entry(4)
    assert (entry.path / entry.inputs[0]["file"]).read_bytes() == BAD
    assert "Three houses" in entry.words
    assert b"ValidationReport" in (entry.path / "report.ttl").read_bytes()


def test_a_rehearsal_tells_what_would_be_and_keeps_nothing(
    gate: Gate, ingest: Ingest, tmp_path: Path
) -> None:
    assert gate.quarantine is not None
    before, disk = dump(gate), files(tmp_path / "home")
    done = publish(gate, ingest(GOOD), rehearsal=True)
    assert (done.generation, done.counts.added) == (None, 2)
    with pytest.raises(DoesNotConform) as caught:
        publish(gate, ingest(BAD), rehearsal=True)
    assert caught.value.rejected is None
    assert (dump(gate), files(tmp_path / "home")) == (before, disk)
    assert gate.quarantine.entries() == ()


def test_a_source_that_is_there_is_not_touched_by_mistake(gate: Gate, ingest: Ingest) -> None:
    publish(gate, ingest(GOOD, mode=Mode.NEW))
    with pytest.raises(UsageError, match="--add"):
        publish(gate, ingest(OTHER, mode=Mode.NEW))
    assert publish(gate, ingest(OTHER, mode=Mode.ADD)).counts == patch.Counts(2, 0)
    assert publish(gate, ingest(OTHER, mode=Mode.REPLACE)).counts == patch.Counts(0, 2)
    assert len(patch.triples(Snapshot(gate.store), SOURCE)) == 2


def test_the_same_query_of_a_generation_gives_the_same_bytes_after_later_ones(
    gate: Gate, ingest: Ingest
) -> None:
    publish(gate, ingest(GOOD))
    queries = (
        COUNT,
        "SELECT * WHERE { ?s a ?c } ORDER BY ?s ?c",
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {SOURCE} {{ ?s ?p ?o }} }}",
    )
    accept = "text/csv, application/n-triples"
    before = [gate.store.query(query, accept, generation=2).read() for query in queries]
    publish(gate, ingest(OTHER))
    publish(gate, changes.removal(graphs.source("test")))
    restore(gate, 1)
    assert [gate.store.query(query, accept, generation=2).read() for query in queries] == before


def test_a_way_back_makes_a_new_generation_equal_to_the_earlier_one(gate: Gate, ingest: Ingest) -> None:
    publish(gate, ingest(GOOD))
    publish(gate, ingest(OTHER, mode=Mode.REPLACE))
    done = restore(gate, 2)
    assert done.generation is not None
    assert (done.generation.number, done.counts) == (4, patch.Counts(2, 2))
    assert dump(gate) == dump(gate, 2)
    assert [made.number for made in provenance.publications(Snapshot(gate.store))] == [1, 2, 3, 4]
    with pytest.raises(UsageError):
        restore(gate, 4)


def test_a_patch_makes_one_generation_of_the_other(gate: Gate, ingest: Ingest) -> None:
    publish(gate, ingest(GOOD))
    publish(gate, ingest(OTHER, mode=Mode.REPLACE))
    lines = list(patch.as_patch(patch.differences(Snapshot(gate.store, 2), Snapshot(gate.store, 3))))
    state = set(dump(gate, 2).decode().splitlines())
    for line in lines[1:-1]:
        sign, statement = line[0], line[2:]
        assert (statement in state) == (sign == "D")
        (state.discard if sign == "D" else state.add)(statement)
    assert state == set(dump(gate, 3).decode().splitlines())


def test_a_difference_in_words_names_things_by_their_labels(gate: Gate, ingest: Ingest) -> None:
    publish(gate, ingest(GOOD))
    old, new = Snapshot(gate.store, 1), Snapshot(gate.store, 2)
    text = "\n".join(patch.in_words(patch.differences(old, new), new))
    assert "source/test: 2 added, 0 removed" in text
    assert "Goris (person:goris)" in text
    assert list(patch.in_words(patch.differences(old, old), old)) == ["No difference."]


def test_a_second_writer_waits_and_is_told_who_writes(gate: Gate, ingest: Ingest) -> None:
    with gate.store.draft(), pytest.raises(StoreLocked, match=rf"process {os.getpid()}.*Waited 0\.3 s"):
        publish(gate, ingest(GOOD))
    assert publish(gate, ingest(GOOD)).generation


def test_an_update_of_a_source_is_published(gate: Gate, ingest: Ingest, tmp_path: Path) -> None:
    publish(gate, ingest(GOOD))
    text = (
        f'DELETE {{ GRAPH {SOURCE} {{ ?s ?p "Goris"@en }} }} '
        f'INSERT {{ GRAPH {SOURCE} {{ ?s ?p "Gorys"@en }} }}'
        f'WHERE {{ GRAPH {SOURCE} {{ ?s ?p "Goris"@en }} }}'
    )
    assert publish(gate, updated(text, tmp_path)).counts == patch.Counts(1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR ALL",
        "CLEAR GRAPH <https://w3id.org/conflictgraph/graph/provenance>",
        "DROP GRAPH <https://w3id.org/conflictgraph/graph/ontology>",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
        "INSERT DATA { GRAPH <https://w3id.org/conflictgraph/graph/report> { <a:a> <a:a> 1 } }",
        "INSERT DATA { GRAPH <https://w3id.org/conflictgraph/graph/provenance> { <a:a> <a:a> 1 } }",
        "INSERT DATA { GRAPH <urn:elsewhere> { <a:a> <a:a> 1 } }",
        r"INSERT DATA { GRAPH <https://w3id.org/conflictgraph/graph/provenanc\u0065> { <a:a> <a:a> 1 } }",
        "INSERT DATA { <a:a> <a:a> 1 }",
    ],
)
def test_an_update_of_what_is_no_source_is_refused_and_changes_nothing(
    gate: Gate, tmp_path: Path, text: str
) -> None:
    before = dump(gate), len(gate.store.generations)
    with pytest.raises(UpdateRefused):
        publish(gate, updated(text, tmp_path))
    assert (dump(gate), len(gate.store.generations)) == before


def test_a_tagged_generation_is_kept_until_the_tag_is_taken_off(tmp_path: Path, ingest: Ingest) -> None:
    store, tags = EmbeddedStore(copied_home(tmp_path), keep=1), Tags(tmp_path / "home")
    gate = Gate(store, tags=tags)
    try:
        tags.put("first", 1)
        publish(gate, ingest(GOOD))
        publish(gate, ingest(OTHER))
        assert [each.number for each in store.generations] == [1, 3]
        with pytest.raises(UsageError, match="generation 1"):
            tags.put("first", 3)
        with pytest.raises(NotFound):
            tags.put("second", 2)
        tags.remove("first", 1)
        publish(gate, changes.removal(graphs.source("test")))
        assert 1 not in [each.number for each in store.generations]
    finally:
        store.close()


def test_the_agent_may_be_an_iri(gate: Gate, ingest: Ingest) -> None:
    publish(replace(gate, agent="https://orcid.org/0000-0000-0000-0000"), ingest(GOOD))
    agent = NamedNode("https://orcid.org/0000-0000-0000-0000")
    assert solutions.truth(gate.store, f"ASK {{ GRAPH {graphs.PROVENANCE} {{ ?a ?p {agent} }} }}")
