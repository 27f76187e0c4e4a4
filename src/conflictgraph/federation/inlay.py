"""The solutions that an endpoint gave, as a pattern that stands for them in a query.

Must not know where they came from, nor trust it: every term is one that the engine's own parser took for
valid, and is written by the engine. A column that is never bound comes before each term: behind it no `<`
can be mistaken for a comparison (see `store.tokens`).
"""

import secrets
from collections.abc import Iterator, Sequence
from itertools import count

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions, Triple

from conflictgraph.errors import RemoteFailed
from conflictgraph.store.blanks import BLANK

_UNBOUND = "UNDEF"
_Cell = NamedNode | BlankNode | Literal | Triple | None


def inlay(solutions: QuerySolutions) -> str:
    """The pattern, on one line. Blank nodes stay blank: the same within this answer, another elsewhere."""
    names = [variable.value for variable in solutions.variables]
    rows = list(solutions)
    if not names:
        return f"VALUES () {{ {'() ' * len(rows)}}}"
    blank = {name for name in names if any(isinstance(row[name], BlankNode) for row in rows)}
    spare = _spare(names)
    columns: list[str] = []
    shown: list[str] = []
    for name in names:
        columns += (next(spare), next(spare) if name in blank else f"?{name}")
        if name in blank:
            columns.append(next(spare))
            shown.append(f"(COALESCE({columns[-2]}, {BLANK}({columns[-1]})) AS ?{name})")
        else:
            shown.append(f"?{name}")
    mark = secrets.token_hex(8)
    data = " ".join(_row(row, names, blank, mark) for row in rows)
    return f"{{ SELECT {' '.join(shown)} WHERE {{ VALUES ({' '.join(columns)}) {{ {data} }} }} }}"


def _row(row: QuerySolution, names: Sequence[str], blank: set[str], mark: str) -> str:
    cells: list[str] = []
    for name in names:
        term: _Cell = row[name]
        if isinstance(term, Triple):
            raise RemoteFailed("An endpoint answered with a triple term (RDF 1.2); the graph is RDF 1.1.")
        is_blank = isinstance(term, BlankNode)
        cells += (_UNBOUND, _UNBOUND if term is None or is_blank else str(term))
        if name in blank:
            cells.append(f'"{mark}{term.value.encode().hex()}"' if isinstance(term, BlankNode) else _UNBOUND)
    return f"({' '.join(cells)})"


def _spare(names: Sequence[str]) -> Iterator[str]:
    """Names of variables that the answer does not use."""
    return (f"?x{number}" for number in count() if f"x{number}" not in names)
