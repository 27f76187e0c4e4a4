"""What a draft has done to the merged view: the triples that it touched, compared with what it began as.

Must not know verbs or processes. Remembers at most `MOST_CHANGES` triples; beyond that, and for blank nodes,
which have no name that lasts, it only knows that it does not know.
"""

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from conflictgraph import graphs
from conflictgraph.store.port import MOST_CHANGES


class Journal:
    """The touched triples, as the engine's lines of N-Triples."""

    def __init__(self, base: str) -> None:
        """`base` is the directory of the generation that the draft began as; empty if there was none."""
        self._base, self._lines, self._is_told = base, set[bytes](), bool(base)

    def give_up(self) -> None:
        """Something was touched that cannot be listed."""
        self._is_told = False
        self._lines.clear()

    def note(self, lines: Iterable[bytes], graph: NamedNode | None = None) -> None:
        """Triples that were added or taken away, each a line of N-Triples; of that graph, if it is one."""
        if not self._is_told or (graph is not None and not graphs.is_merged(graph)):
            return
        for line in lines:
            self._lines.add(line)
            if b"_:" in line or len(self._lines) > MOST_CHANGES:
                self.give_up()
                return

    def changes(self, store: Store, without: NamedNode | None) -> dict[str, object] | None:
        """What the merged view of `store` gained and lost, not counting one of its graphs: triples as
        N-Triples, and numbers of quads. None if it cannot be told."""
        if not self._is_told:
            return None
        added, removed = set[str](), set[str]()
        more = fewer = 0
        before = Store.read_only(self._base) if self._lines else Store()
        for quad in parse(b"\n".join(self._lines), RdfFormat.N_TRIPLES):
            old, new = (_places(state, quad, without) for state in (before, store))
            more += len(new.keys() - old.keys())
            fewer += len(old.keys() - new.keys())
            if new and not old:
                added.update(new.values())
            if old and not new:
                removed.update(old.values())
        texts = {"added": "".join(sorted(added)), "removed": "".join(sorted(removed))}
        return {**texts, "quads_added": more, "quads_removed": fewer}


def _places(store: Store, wanted: Quad, without: NamedNode | None) -> dict[NamedNode, str]:
    """The merged graphs that have the triple, and the triple as it is stored, as a line."""
    found = store.quads_for_pattern(wanted.subject, wanted.predicate, wanted.object, None)
    return {
        quad.graph_name: f"{quad.triple} .\n"
        for quad in found
        if isinstance(quad.graph_name, NamedNode)
        and quad.graph_name != without
        and graphs.is_merged(quad.graph_name)
    }
