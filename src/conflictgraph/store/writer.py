"""The process of one draft: the only one that has a store open for writing.

Started by the fork server with the arguments of `child.Child`, the home and the base, and the writer's lock
open. Must not know deadlines.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pyoxigraph import NamedNode, Store

from conflictgraph.errors import ConflictGraphError, StoreUnavailable, UpdateRefused, WorkerFailed
from conflictgraph.store import compaction, evaluation, guard, merge, publication, removal, rewriting
from conflictgraph.store.blanks import FUNCTIONS
from conflictgraph.store.child import Child
from conflictgraph.store.frames import ABORT, END, Channel, failure_frame, json_frame, parsed
from conflictgraph.store.home import Home
from conflictgraph.store.journal import Journal
from conflictgraph.store.spool import Spool
from conflictgraph.store.syntax import syntax_error


class Writer:
    """The verbs of a draft on its store. Each returns what is to be reported."""

    def __init__(self, place: Home, store: Store, base: str) -> None:
        self._home, self._store, self.journal = place, store, Journal(base)
        self._settled: list[str] | None = None

    def update(self, request: dict[str, Any]) -> dict[str, object]:
        """Run an update request, and what keeps the default graph in step, in one transaction."""
        text = request["update"]
        guard.refuse_fetching(text)
        try:
            noted = rewriting.noted(text)
            full = rewriting.in_step(text) if noted is None else noted
            self._store.update(full, custom_functions=FUNCTIONS)
        except (SyntaxError, UpdateRefused) as error:
            _check_syntax(text)
            if isinstance(error, UpdateRefused):
                raise
            raise UpdateRefused(
                "The update cannot be followed up in the default graph. Write it as several simpler ones."
            ) from error
        if noted is None:
            self.journal.give_up()
        else:
            self._take_notes()
        return {}

    def _take_notes(self) -> None:
        """Move what an update has noted into the journal."""
        quads = self._store.quads_for_pattern(None, None, None, merge.JOURNAL)
        self.journal.note(f"{quad.triple} .".encode() for quad in quads)
        self._store.remove_graph(merge.JOURNAL)

    def changes(self, request: dict[str, Any]) -> dict[str, object]:
        """What the merged view gained and lost."""
        without = NamedNode(request["without"]) if request["without"] else None
        return {"changes": self.journal.changes(self._store, without)}

    def load(self, graph: NamedNode, spool: Spool) -> dict[str, object]:
        """Add the triples of the spool to a graph."""
        self.journal.note((line.rstrip(b"\n") for line in spool.lines()), graph)
        spool.load(self._store, graph)
        return {}

    def replace(self, graph: NamedNode, spool: Spool) -> dict[str, object]:
        """Make a graph hold the triples of the spool and nothing else.

        What is there already stays, so that the new generation shares its files with the old one.
        """
        there = removal.held(self._store, graph)
        if not there:
            return self.load(graph, spool)
        with Spool(self._home.path) as missing:
            missing.add_lines(removal.missing(spool.lines(), there))
            if there:
                removal.remove(self._store, graph, self.journal, there)
            return self.load(graph, missing)

    def drop(self, request: dict[str, Any]) -> dict[str, object]:
        """Make a graph be gone."""
        removal.remove(self._store, NamedNode(request["graph"]), self.journal)
        return {}

    def compact(self, request: dict[str, Any]) -> dict[str, object]:
        """Compact the store if that pays, before it is read as a whole."""
        self._compacted(request["base"])
        return {}

    def _compacted(self, base: int | None) -> list[str]:
        """Compact the store if that pays; then the names of the tables that need no merging."""
        before = self._home.settled(base) if self._settled is None else self._settled
        self._settled = compaction.settled(self._store, self._home.draft_path, before)
        return self._settled

    def publish(self, request: dict[str, Any]) -> dict[str, object]:
        """Make the store as it is the current generation."""
        base = request["base"]
        settled = self._compacted(base)
        self._store.backup(str(self._home.checkpoint_path))
        generation = publication.commit(self._home, base, request["note"], settled)
        publication.prune(self._home, request["keep"])
        published = generation.published.isoformat()
        return {"number": generation.number, "published": published, "size": generation.size}

    def open_line(self, channel: Channel) -> None:
        """Take a further line, and answer the queries that come over it beside everything else."""
        channel.send(json_frame(END, {}))
        line = channel.receive_channel()
        threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: Channel) -> None:
        with suppress(EOFError, ConnectionError):
            while True:
                _, payload = line.receive()
                self.query(parsed(payload), line)
        line.close()

    def query(self, request: dict[str, Any], channel: Channel) -> None:
        """Send the answer to a query."""
        evaluation.answer(self._store, request, channel.send)


def _check_syntax(update: str) -> None:
    """Evaluate it on an empty store in memory, where it may lack the graphs that it moves or drops."""
    try:
        Store().update(update, custom_functions=FUNCTIONS)
    except SyntaxError as error:
        raise syntax_error(update, str(error)) from error
    except RuntimeError:
        pass


def _serve(writer: Writer, channel: Channel, request: dict[str, Any], directory: Path) -> None:
    verb = request["verb"]
    try:
        if verb == "query":
            writer.query(request, channel)
            return
        if verb == "line":
            writer.open_line(channel)
            return
        if verb in ("load", "replace"):
            report = _with_spool(writer, channel, request, directory)
        else:
            verbs = {
                "update": writer.update,
                "drop": writer.drop,
                "changes": writer.changes,
                "compact": writer.compact,
                "publish": writer.publish,
            }
            report = verbs[verb](request)
    except OSError as error:
        channel.send(failure_frame(StoreUnavailable(f"Cannot write in {directory}: {error}")))
    except (ConflictGraphError, RuntimeError, ValueError) as error:
        channel.send(evaluation.failure(error))
    except SyntaxError as error:
        channel.send(failure_frame(WorkerFailed(f"What was to be loaded is no N-Triples: {error}")))
    else:
        channel.send(json_frame(END, report))


def _with_spool(
    writer: Writer, channel: Channel, request: dict[str, Any], directory: Path
) -> dict[str, object]:
    """Take in all the triples before the first is written, so that a source that fails leaves no trace."""
    graph = NamedNode(request["graph"])
    with _Messages(channel) as messages, Spool(directory) as spool:
        for payload in messages:
            spool.add(payload)
        if messages.aborted:
            return {}
        return writer.replace(graph, spool) if request["verb"] == "replace" else writer.load(graph, spool)


class _Messages:
    """The triples of one verb as they come. Leaving it takes the rest from the channel, whatever went wrong
    meanwhile: what comes next is another verb.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel, self._ended, self.aborted = channel, False, False

    def __iter__(self) -> Iterator[bytes]:
        while not self._ended:
            kind, payload = self._channel.receive()
            self._ended, self.aborted = kind in (END, ABORT), kind == ABORT
            if not self._ended:
                yield payload

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _payload in self:
            pass


def main(arguments: list[str]) -> None:
    """Open the draft, then do what is asked until the parent hangs up."""
    channel = Child(arguments[:3]).channel
    place, base = Home(Path(arguments[3])), arguments[4]
    try:
        if base:
            Store.read_only(base).backup(str(place.draft_path))
        writer = Writer(place, Store(str(place.draft_path)), base)
    except (OSError, RuntimeError) as error:
        channel.send(failure_frame(StoreUnavailable(f"Cannot open a draft in {place.path}: {error}")))
        return
    channel.send(json_frame(END, {}))
    while True:
        _, payload = channel.receive()
        _serve(writer, channel, parsed(payload), place.path)
