"""Ask a plan's queries: in the wording that suits the data, timed, with an author's errors told as such."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from conflictgraph.errors import QuerySyntaxError, QueryTimeout
from conflictgraph.validate.asking import Ask, AskInMemory, Row, Table
from conflictgraph.validate.choices import with_present_choices
from conflictgraph.validate.counts import Counts
from conflictgraph.validate.faults import ShapesError
from conflictgraph.validate.focus import Query
from conflictgraph.validate.plan import component_name
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.subclasses import Subclasses
from conflictgraph.validate.triple_index import Node

_FEW = 1000
_NAMED = 1000
"""How many rows may be found that might not be of focus nodes, before it is better to begin from these."""
_SCAN = 3
"""Reading a triple in the order of the predicate's index costs about a third of looking one up for a focus
node."""
_LOOK_UP = 12
"""In memory, MINUS, which reads all triples of both sides, is worth it only if the other side has few."""
_JOIN = 2
"""In memory, to join two predicates is worth it only if both together have so few triples for each node."""
_PLACE = re.compile(r"error at (\d+):\d+")


@dataclass(frozen=True, slots=True)
class Timing:
    """One query as it was asked: for which shape and components, how long it took, how many rows came."""

    shape: Node | None
    """None for a question that many shapes need."""
    components: tuple[str, ...]
    sparql: str
    seconds: float
    rows: int


@dataclass
class Questions:
    """What was asked of one state of the data, and how much of each predicate and class there is in it."""

    ask: Ask
    timings: list[Timing] = field(default_factory=list)
    _answers: dict[str, Table] = field(default_factory=dict)
    _known_classes: Subclasses | None = None
    _known_counts: Counts | None = None

    def __post_init__(self) -> None:
        self._classes = self._known_classes or Subclasses(self.ask)
        self._counts = self._known_counts or Counts(self.ask, self._classes)

    def copies(self, number: int) -> tuple[Questions, ...]:
        """Return so many others for other threads: what is counted is known to all of them."""
        return tuple(
            Questions(self.ask, _known_classes=self._classes, _known_counts=self._counts)
            for _ in range(number)
        )

    def rows(
        self, shape: Shape, constraints: tuple[Constraint, ...], queries: tuple[Query, ...]
    ) -> Iterator[tuple[Table, Row]]:
        """Yield each row that the queries give, with its table. Raises ShapesError for an author's bad
        SPARQL."""
        for query in queries:
            if query.needs and not self._is_present(query.needs):
                continue
            from_predicate = self._from_predicate(query)
            if from_predicate and query.of_several and self._is_functional(query.step):
                continue
            limit = "" if query.is_whole else f" LIMIT {_NAMED + 1}"
            sparql = query.from_predicate + limit if from_predicate else query.sparql
            if query.from_predicate:
                sparql = with_present_choices(sparql, self._is_present)
            table = self._timed(shape, constraints, sparql)
            if from_predicate and not query.is_whole:
                table = self._of_focus(shape, constraints, query, table)
            for row in table.rows:
                yield table, row

    def are_many(self, patterns: tuple[str, ...]) -> bool:
        """Say whether the patterns have so many solutions that to look at each costs more than to read in
        order."""
        return any(self._counts.up_to(pattern, _FEW + 1) > _FEW for pattern in patterns)

    def number_of(self, patterns: tuple[str, ...]) -> int:
        """Return how many solutions the patterns have, added up."""
        return self._counts.number(patterns)

    def subclasses(self, iri: str) -> tuple[str, ...] | None:
        """Return a class and its subclasses in the data; None if these cannot be written out."""
        return self._classes.of(iri)

    def cells(self, purpose: str, sparql: str) -> list[str]:
        """Return the texts of a question's one column."""
        start = time.perf_counter()
        rows = self.ask(sparql).rows
        self.timings.append(Timing(None, (purpose,), sparql, time.perf_counter() - start, len(rows)))
        return [row[0].value for row in rows if row[0] is not None]

    def _timed(self, shape: Shape, constraints: tuple[Constraint, ...], sparql: str) -> Table:
        sparql = self._classes.narrowed(sparql)
        if sparql in self._answers:
            return self._answers[sparql]
        start = time.perf_counter()
        table = self._asked(shape, constraints, sparql)
        names = tuple(component_name(c) for c in constraints)
        self.timings.append(Timing(shape.node, names, sparql, time.perf_counter() - start, len(table.rows)))
        if len(table.rows) <= _FEW:
            self._answers[sparql] = table
        return table

    def _of_focus(
        self, shape: Shape, constraints: tuple[Constraint, ...], query: Query, table: Table
    ) -> Table:
        """Keep the rows of focus nodes; the store is not asked which of all nodes are, only which of these
        few."""
        nodes = dict.fromkeys(row[0] for row in table.rows)
        if not nodes:
            return table
        if len(table.rows) > _NAMED or not all(isinstance(node, NamedNode) for node in nodes):
            return self._timed(shape, constraints, query.sparql)
        known = f"VALUES ?this {{ {' '.join(map(str, nodes))} }}"
        union = " UNION ".join(f"{{ {known} {target} }}" for target in query.target)
        found = self._timed(shape, constraints, f"SELECT DISTINCT ?this WHERE {{ {union} }}")
        focus = {row[0] for row in found.rows}
        return Table(table.names, [row for row in table.rows if row[0] in focus])

    def _from_predicate(self, query: Query) -> bool:
        """Say whether the wording from the predicate on has less to read in this data."""
        if not query.from_predicate:
            return False
        nodes = self.number_of(query.target)
        if nodes <= _FEW:
            return False
        most = _SCAN * nodes * max(1, sum(map(self._is_present, query.step)))
        if not isinstance(self.ask, AskInMemory):
            read = (query.step, (query.against,)) if query.against else (query.step,)
            return all(self._counts.are_fewer(patterns, most) for patterns in read)
        if query.against:
            return self._counts.are_fewer((*query.step, query.against), _JOIN * nodes)
        return self._counts.are_fewer(query.step, most // (_LOOK_UP if query.is_whole else 1))

    def _is_present(self, pattern: str) -> bool:
        return self._counts.up_to(pattern, 1) > 0

    def _is_functional(self, patterns: tuple[str, ...]) -> bool:
        """Say whether every node has one triple of the patterns at the most."""
        return self._counts.different(patterns) == self.number_of(patterns)

    def _asked(self, shape: Shape, constraints: tuple[Constraint, ...], sparql: str) -> Table:
        """Ask; a query of the shapes graph's author that is not SPARQL is the shapes graph's fault."""
        author = next((c.query for c in constraints if c.query is not None), None)
        try:
            return self.ask(sparql)
        except QuerySyntaxError as error:
            if author is None:
                raise
            line, message = error.line, error.message
        except SyntaxError as error:
            if author is None:
                raise
            place = _PLACE.search(error.msg)
            line, message = int(place.group(1)) if place else 0, error.msg
        except QueryTimeout as error:
            error.add_note(f"The query checks {shape.node}.")
            raise
        raise ShapesError(
            shape.node, f"the query of {author.node} is not SPARQL: {message[:160]}", max(line - 1, 0)
        )


def distinct(found: Iterable[tuple[Table, Row]]) -> Iterator[tuple[Table, Row]]:
    seen: set[Row] = set()
    for table, row in found:
        if row not in seen:
            seen.add(row)
            yield table, row


def timing_text(timings: Iterable[Timing]) -> str:
    """Return each query as it was asked, with its time and its rows: the slowest first."""
    lines = []
    for one in sorted(timings, key=lambda timing: -timing.seconds):
        what = ", ".join(one.components) or "focus or value nodes"
        of = "all shapes" if one.shape is None else one.shape
        lines += [f"# {one.seconds:.4f} s, {one.rows} rows: {of} {what}", one.sparql, ""]
    return "\n".join(lines)
