"""How the validator reaches data: a function from a SELECT query to a table of terms, on the graph to be
validated.

The default graph of what answers is the data graph. Blank nodes keep their names between two questions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from conflictgraph.store.port import Queryable
from conflictgraph.validate.triple_index import Term

_KEPT = 1000
Row: TypeAlias = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a SELECT: the names of its columns, and a row for each solution."""

    names: tuple[str, ...]
    rows: list[Row]

    def column(self, name: str) -> int | None:
        return self.names.index(name) if name in self.names else None

    def cell(self, row: Row, name: str) -> Term | None:
        at = self.column(name)
        return None if at is None else row[at]


Ask: TypeAlias = Callable[[str], Table]


class InMemory(Protocol):
    """What a pyoxigraph store offers."""

    def query(self, query: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class AskInMemory:
    """Ask a pyoxigraph store in this process: for files that are checked without being stored, and for
    tests."""

    store: InMemory

    def __call__(self, sparql: str) -> Table:
        return _table(cast(QuerySolutions, self.store.query(sparql)))


def ask_in_memory(store: InMemory) -> Ask:
    """Ask a pyoxigraph store in this process, in which to look a triple up costs little."""
    return AskInMemory(store)


def ask_port(store: Queryable) -> Ask:
    """Ask a store or a draft behind the port, over its default graph (the merged view)."""

    def ask(sparql: str) -> Table:
        answer = store.query(sparql, accept=QueryResultsFormat.JSON.media_type)
        return _table(cast(QuerySolutions, parse_query_results(answer.read(), QueryResultsFormat.JSON)))

    return ask


def remembering(ask: Ask) -> Ask:
    """Ask no question twice, of data that stays as it is meanwhile; large answers are not kept."""
    answers: dict[str, Table] = {}

    def asked(sparql: str) -> Table:
        if sparql in answers:
            return answers[sparql]
        table = ask(sparql)
        if len(table.rows) <= _KEPT:
            answers[sparql] = table
        return table

    return asked


def _table(solutions: QuerySolutions) -> Table:
    names = tuple(variable.value for variable in solutions.variables)
    return Table(names, [cast(Row, tuple(solution)) for solution in solutions])
