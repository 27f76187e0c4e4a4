"""Do things to a store in processes that may be killed at any moment.

Run as a program it is a stage: for each line of its input (a deed and a directory, as JSON) it forks a
process that leads a session of its own, tells its number, `began` when the deed begins, and its exit status
when it ends. Everything is imported before, so that the time in which a kill strikes is that of the deed.
"""

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from conflictgraph import formats, graphs
from conflictgraph.errors import DoesNotConform
from conflictgraph.gate import changes
from conflictgraph.gate.changes import Mode
from conflictgraph.gate.publishing import Gate, publish, restore
from conflictgraph.gate.quarantine import Quarantine
from conflictgraph.gate.tags import Tags
from conflictgraph.ingest.documents import Bounds, Document, from_bytes, gathered
from conflictgraph.ingest.workplace import workplace
from conflictgraph.store import publication, turns
from conflictgraph.store.embedded import EmbeddedStore
from conflictgraph.store.home import Home

KEEP = 3
"""Generations that each deed leaves."""

_PERSON = "https://example.org/person/{}"
_NEAR = "https://example.org/near"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_OWL = "http://www.w3.org/2002/07/owl#"
_ONTOLOGY = f"<{_NEAR}> a <{_OWL}SymmetricProperty>, <{_OWL}ObjectProperty> ."
_FAULTY = b"<https://example.org/f> a <https://w3id.org/conflictgraph/ontology#Figure> ."


def _people(numbers: range) -> bytes:
    lines = []
    for number in numbers:
        person = f"<{_PERSON.format(number)}>"
        lines.append(f'{person} <{_LABEL}> "Person {number}"@en ; <{_NEAR}> <{_PERSON.format(number + 1)}> .')
    return "\n".join(lines).encode()


@contextlib.contextmanager
def _gate(home: Path) -> Iterator[Gate]:
    store = EmbeddedStore(home, workers=1, keep=KEEP)
    try:
        yield Gate(store, Quarantine(home / "rejected", keep=2), "Test agent", Tags(home))
    finally:
        store.close()


def _documents(directory: Path, data: bytes) -> tuple[Document, ...]:
    return gathered([from_bytes(data, formats.TURTLE, "people.ttl")], directory, Bounds())


def _ingested(home: Path, data: bytes) -> None:
    with _gate(home) as gate:
        _began()
        with workplace(home / "incoming") as taken:
            people = _documents(taken, data)
            publish(gate, changes.ingestion(graphs.source("people"), people, Mode.REPLACE))


def make(home: Path) -> None:
    """Three generations: a small ontology, people, more people."""
    with _gate(home) as gate, gate.store.draft() as draft:
        draft.load(graphs.ONTOLOGY, parse(_ONTOLOGY, format=RdfFormat.TURTLE))
        draft.publish("Ontology")
    for number in (10, 20):
        _ingested(home, _people(range(number)))


def ingest(home: Path) -> None:
    """Other people instead of those that are there."""
    _ingested(home, _people(range(15, 60)))


def refuse(home: Path) -> None:
    """A document that violates a shape."""
    try:
        _ingested(home, _FAULTY)
    except DoesNotConform:
        return
    raise AssertionError("it was published")


def update(home: Path) -> None:
    """A SPARQL update through the gate."""
    source = graphs.source("people")
    new = "BIND(STRLANG(CONCAT('Anew ', STR(?p)), 'en') AS ?new)"
    text = (
        f"DELETE {{ GRAPH {source} {{ ?p <{_LABEL}> ?old }} }}"
        f" INSERT {{ GRAPH {source} {{ ?p <{_LABEL}> ?new }} }}"
        f" WHERE {{ GRAPH {source} {{ ?p <{_LABEL}> ?old }} {new} }}"
    )
    document = Document("update.ru", formats.TURTLE, "0" * 64, len(text), home.parent / "update.ru")
    with _gate(home) as gate:
        _began()
        publish(gate, changes.update(text, document))


def publish_draft(home: Path) -> None:
    """The last step alone: a draft that is changed already is published."""
    store = EmbeddedStore(home, workers=1, keep=KEEP)
    said = NamedNode("https://example.org/said")
    with store.draft() as draft:
        draft.replace_graph(
            graphs.source("numbers"),
            [Triple(NamedNode(f"https://example.org/{n}"), said, Literal(str(n))) for n in range(2000)],
        )
        _began()
        draft.publish("Numbers")
    store.close()


def rollback(home: Path) -> None:
    """The second generation again."""
    with _gate(home) as gate:
        _began()
        restore(gate, 2)


def clean_up(home: Path) -> None:
    """What a dead writer left goes, and every generation but the last."""
    place = Home(home)
    descriptor = turns.lock(place)
    _began()
    publication.clean(place)
    publication.prune(place, 1)
    os.close(descriptor)


DEEDS: dict[str, Callable[[Path], None]] = {
    each.__name__: each for each in (make, ingest, refuse, update, publish_draft, rollback, clean_up)
}


def _began() -> None:
    _tell("began")


def _tell(what: object) -> None:
    os.write(1, f"{what}\n".encode())


def _perform(deed: str, home: Path) -> int:
    os.setsid()
    _tell(os.getpid())
    try:
        DEEDS[deed](home)
    except Exception:  # noqa: BLE001  # whatever it is, the test shows it
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Perform what the lines of the input say until there are no more."""
    for line in sys.stdin:
        deed, home = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_perform(deed, Path(home)))
        _, status = os.waitpid(child, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
