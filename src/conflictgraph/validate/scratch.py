"""A graph in memory to be validated without being stored: a file as it was written, a request's body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from conflictgraph.validate.asking import Ask, Table, ask_in_memory
from conflictgraph.validate.kept_literals import normalised, restored
from conflictgraph.validate.triple_index import Term


class Scratch:
    """Triples in a store of their own, literals exactly as given. `keeps` says whether any would have been
    changed, among these or the terms that the shapes name."""

    def __init__(
        self,
        triples: Iterable[Triple],
        shapes: Iterable[Triple] = (),
        shapes_graph: NamedNode | None = None,
        named: Iterable[Term] = (),
    ) -> None:
        triples = tuple(triples)
        known = normalised(t.object for t in triples if not isinstance(t.object, Triple))
        self.keeps = bool(known or normalised(named))
        self._store = Store()
        self._store.bulk_extend(
            Quad(t.subject, t.predicate, _known(known, t), DefaultGraph()) for t in triples
        )
        if shapes_graph is not None:
            self._store.extend(Quad(t.subject, t.predicate, t.object, shapes_graph) for t in shapes)

    @property
    def ask(self) -> Ask:
        ask = ask_in_memory(self._store)
        if not self.keeps:
            return ask

        def asked(sparql: str) -> Table:
            table = ask(sparql)
            return Table(table.names, [tuple(map(restored, row)) for row in table.rows])

        return asked


def _known(known: Mapping[Term, Term], triple: Triple) -> Term | Triple:
    value = triple.object
    return value if isinstance(value, Triple) else known.get(value, value)
