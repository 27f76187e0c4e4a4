"""Relations from a store, a draft or lines of N-Triples. Must not know rules.

What no rule reads or writes is not read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final, cast

from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Store

from conflictgraph import graphs
from conflictgraph.reason import collecting, ontology, tokens
from conflictgraph.reason.relations import Key, Pair, Relations
from conflictgraph.reason.trivia import TYPE, Fact
from conflictgraph.store.port import Queryable

Ask = Callable[[str], str]
"""Evaluates a SELECT query; the result is its tab-separated text."""

_TSV: Final = "text/tab-separated-values"
ASSERTING: Final = (
    f"FILTER(?g IN ({', '.join(str(graph) for graph in graphs.MERGED if graph != graphs.INFERRED)})"
    f' || STRSTARTS(STR(?g), "{graphs.SOURCE_PREFIX}"))'
)
"""The condition that a graph is one whose triples the merged view asserts."""


def port(source: Queryable) -> Ask:
    """Ask a store or a draft."""
    return lambda query: source.query(query, accept=_TSV).read().decode()


def memory(store: Store) -> Ask:
    """Ask a store in memory."""

    def ask(query: str) -> str:
        results = store.query(query)
        assert isinstance(results, QuerySolutions)
        return (results.serialize(format=QueryResultsFormat.TSV) or b"").decode()

    return ask


class Reader:
    """Fills relations with what the merged view asserts, as it is asked for."""

    def __init__(self, ask: Ask) -> None:
        self.known = Relations()
        self._ask, self._read = ask, set[Key]()
        there = {name for (name,) in tokens.rows(ask("SELECT DISTINCT ?g WHERE { GRAPH ?g { } }"), 1)}
        self.has_inferred = str(graphs.INFERRED) in there
        merged = (name for name in sorted(there) if graphs.is_merged(NamedNode(name[1:-1])))
        asserting = " ".join(name for name in merged if name != str(graphs.INFERRED))
        self._graphs = f"VALUES ?g {{ {asserting} }}" if self.has_inferred else ""

    def read(self, keys: Iterable[Key]) -> None:
        """Read those relations that were not read yet; `("", "")` stands for all."""
        wanted = set(keys)
        if ("", "") in wanted:
            wanted = {
                (predicate, "") for (predicate,) in self._rows("DISTINCT ?p", self._asserted("?s ?p ?o"))
            }
        if (TYPE, "") in wanted:
            wanted = {key for key in wanted if key[0] != TYPE} | {(TYPE, "")}
        nameless = {key for key in wanted if not tokens.has_name(key[1])}
        if nameless - self._read:
            rows = self._rows("?s ?o", f"{self._asserted(f'?s {TYPE} ?o')} FILTER(isBlank(?o))")
            self.known.give_pairs(TYPE, cast(Iterator[Pair], rows))
            self._read |= nameless
        for key in sorted(wanted - self._read):
            self._read_one(key)
        self._read |= wanted

    def read_together(self, keys: Iterable[Key]) -> None:
        """The same for small relations, in one query."""
        wanted = set(keys)
        for predicate, subject, object_ in self._rows(
            "?p ?s ?o", pattern_of_any(wanted, self._asserted("?s ?p ?o"))
        ):
            self.known.give_pairs(predicate, [(subject, object_)])
        self._read |= wanted

    def _read_one(self, key: Key) -> None:
        predicate, class_ = key
        if class_:
            rows = self._rows("?s", self._asserted(f"?s {predicate} {class_}"))
            self.known.give_members(class_, (subject for (subject,) in rows))
        else:
            rows = self._rows("?s ?o", self._asserted(f"?s {predicate} ?o"))
            self.known.give_pairs(predicate, cast(Iterator[Pair], rows))

    def _rows(self, variables: str, pattern: str) -> Iterator[tuple[str, ...]]:
        text = self._ask(f"SELECT {variables} WHERE {{ {self._graphs} {pattern} }}")
        return tokens.rows(text, variables.count("?"))

    def _asserted(self, triple: str) -> str:
        """The group pattern of a triple that is not only inferred."""
        return f"GRAPH ?g {{ {triple} }}" if self.has_inferred else triple


def pattern_of_any(keys: Iterable[Key], triple: str = "?s ?p ?o") -> str:
    """The group pattern whose `?s ?p ?o` are the rows of relations; `triple` is that of one row."""
    classes = sorted(class_ for _, class_ in keys if class_)
    predicates = " ".join(sorted(predicate for predicate, class_ in keys if not class_))
    types = " ".join(f"({TYPE} {class_})" for class_ in classes)
    return f"{{ VALUES ?p {{ {predicates} }} {triple} }} UNION {{ VALUES (?p ?o) {{ {types} }} {triple} }}"


SCHEMA: Final = pattern_of_any(ontology.KEYS)
"""The group pattern whose `?s ?p ?o` are the triples of the ontology."""


def stated(ask: Ask, where: str = SCHEMA) -> list[Fact]:
    """The ontology in the merged view, asserted and inferred; or what another group pattern gives."""
    text = ask(f"SELECT ?s ?p ?o WHERE {{ {where} }}")
    return list(cast(Iterator[Fact], tokens.rows(text, 3)))


def of_lines(text: str) -> Relations:
    """Everything that lines of N-Triples say, as pyoxigraph writes them."""
    found = Relations()
    pairs: defaultdict[str, list[Pair]] = defaultdict(list)
    same = dict[str, str]().setdefault
    with collecting.paused():
        for line in text.split("\n")[:-1]:
            subject, predicate, rest = line.split(" ", 2)
            object_ = rest[:-2]
            pairs[predicate].append((same(subject, subject), same(object_, object_)))
        for predicate, rows in pairs.items():
            found.give_pairs(predicate, rows)
    return found
