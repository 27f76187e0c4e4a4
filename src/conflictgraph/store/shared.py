"""A draft that several threads ask at once, each over a line of its own to the draft's process.

Must not evaluate anything itself. Whatever passes a limit loses the draft, as when one thread asks.
"""

from collections.abc import Callable
from queue import SimpleQueue

from conflictgraph.errors import ConflictGraphError, DraftClosed, EngineError
from conflictgraph.store.port import WHOLE, Answer, Dataset, Limits
from conflictgraph.store.process import Process
from conflictgraph.store.request import answered_format, query_frame
from conflictgraph.store.stream import Fate, Release, Stream


class Shared:
    """Keeps the promises of `port.Queryable`. Whoever finds no line free waits for one."""

    def __init__(self, limits: Limits, is_open: Callable[[], bool], answered: Release) -> None:
        """`is_open` says whether the draft is; `answered` is what the draft does when an answer ends."""
        self._limits, self._is_open, self._answered = limits, is_open, answered
        self._lines: list[Process] = []
        self._free = SimpleQueue[Process]()
        self._closed = False

    def add(self, line: Process) -> None:
        """Have a further line."""
        self._lines.append(line)
        self._free.put(line)

    def query(self, sparql: str, accept: str = "*/*", dataset: Dataset = WHOLE) -> Answer:
        """Evaluate one query on the draft as it is when its turn comes."""
        request = query_frame(sparql, accept, dataset)
        line = self._free.get()
        try:
            if self._closed or not self._is_open():
                raise DraftClosed("The draft is closed: it was published, discarded or lost.")
            line.send(request)
        except ConflictGraphError as error:
            lost = isinstance(error, EngineError) and not isinstance(error, DraftClosed)
            self._give_back(line, Fate.LOST if lost else Fate.DONE)
            raise
        stream = Stream(line, self._limits, self._give_back, kill=False)
        return Answer(answered_format(stream, accept), 0, stream)

    def close(self) -> None:
        """Let nobody ask any more. The draft goes on."""
        self._closed = True
        for line in self._lines:
            line.hang_up()

    def _give_back(self, line: Process, fate: Fate) -> None:
        self._answered(line, fate)
        self._free.put(line)
