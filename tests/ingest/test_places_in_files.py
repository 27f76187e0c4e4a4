"""Where a node is described, for those who have to mend it."""

from pathlib import Path

from pyoxigraph import NamedNode

from conflictgraph import resources
from conflictgraph.ingest.places_in_files import described_in
from conflictgraph.ingest.seed import seed_graphs


def test_a_subject_at_the_beginning_of_a_line_is_found_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(
        "@prefix e: <http://e/> .\nPREFIX f: <http://f/>\n\ne:one a e:Thing ;\n    e:p e:two .\n"
        "<http://g/three> e:p f:four .\ne:one e:q 1 .\nunknown:x e:p 1 .\n"
    )
    assert described_in([file]) == {"http://e/one": (file, 4), "http://g/three": (file, 6)}


def test_what_is_not_turtle_or_not_text_is_passed_over(tmp_path: Path) -> None:
    other, broken = tmp_path / "a.jsonld", tmp_path / "b.ttl"
    other.write_text("{}")
    broken.write_bytes(b"\xff\xfe\x00")
    assert described_in([other, broken]) == {}


def test_every_thing_of_the_seed_is_found_in_a_file_of_its_source() -> None:
    places = described_in(resources.data_files())
    things = {
        triple.subject.value
        for seed in seed_graphs()
        if "/source/" in seed.graph.value
        for triple in seed.triples()
        if isinstance(triple.subject, NamedNode)
    }
    assert things
    assert things <= places.keys()
