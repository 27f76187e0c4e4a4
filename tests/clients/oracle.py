"""What the competency queries give, and how to ask them through somebody else's `SERVICE`.

Must not know which client asks. Rows are compared as multisets, since a client may lose the order.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from conflictgraph import queries, resources

Row = tuple[str, ...]
"""The terms of a row in the order of the expected file, as N-Triples; empty where a variable is not bound."""

QUERIES = {int(q.name.rpartition("/")[2][:2]): q for q in queries.shipped("competency")}
"""The competency queries by their numbers."""


def expected(number: int) -> Counter[Row]:
    """The rows that a competency query should give."""
    return rows(_expected_bytes(number), QueryResultsFormat.TSV, variables(number))


def variables(number: int) -> list[str]:
    """The names of the variables of a competency query, in order."""
    first = _expected_bytes(number).decode().splitlines()[0]
    return [name.removeprefix("?") for name in first.split("\t")]


def values(number: int) -> Counter[Row]:
    """The same rows with the bare values: IRIs without brackets, literals without language and datatype."""
    found = _solutions(_expected_bytes(number), QueryResultsFormat.TSV)
    return Counter(
        tuple(term.value if isinstance(term, NamedNode | Literal) else "" for term in row) for row in found
    )


def csv_values(body: bytes) -> Counter[Row]:
    """The rows of a result in CSV."""
    return Counter(tuple(row) for row in list(csv.reader(io.StringIO(body.decode(), newline="")))[1:])


def rows(body: bytes, format: QueryResultsFormat, names: Iterable[str]) -> Counter[Row]:
    """The rows of a result, their terms in the order of the names."""
    names = list(names)
    found = _solutions(body, format)
    given = {variable.value for variable in found.variables}
    assert given <= set(names), f"expected only the variables {names}, found {sorted(given)}"
    bound = ({name: row[name] for name in given} for row in found)
    return Counter(row_of({name: str(t) for name, t in terms.items() if t}, names) for terms in bound)


def row_of(terms: Mapping[str, str], names: Iterable[str]) -> Row:
    """A row from terms as N-Triples by the names of their variables."""
    return tuple(terms.get(name, "") for name in names)


def through_service(number: int, endpoint: str) -> str:
    """A competency query whose whole pattern is asked of an endpoint, the rest of whoever gets the query."""
    head, _, rest = QUERIES[number].body.partition("{")
    pattern, _, modifiers = rest.rpartition("}")
    return f"{head}{{ SERVICE <{endpoint}> {{{pattern}}} }}{modifiers}"


def _expected_bytes(number: int) -> bytes:
    path = resources.directory("queries") / f"{QUERIES[number].name}.expected.tsv"
    return path.read_bytes()


def _solutions(body: bytes, format: QueryResultsFormat) -> QuerySolutions:
    found = parse_query_results(body, format=format)
    assert isinstance(found, QuerySolutions)
    return found
