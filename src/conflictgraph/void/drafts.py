"""The graph `void` of a draft, made anew before it is published.

Must not know how numbers become triples. A change that the draft can tell costs what it touches; any other,
a look at everything.
"""

from conflictgraph import graphs
from conflictgraph.store.port import Draft
from conflictgraph.void.numbers import Numbers, counted, moved
from conflictgraph.void.partitions import partitions

_FEW = 2_000
"""Triples up to which a change is followed; beyond, all is counted again."""


def describe(draft: Draft, known: Numbers | None, at_once: int = 1) -> None:
    """Put the numbers of the draft's merged view into it, but for those of the graph `void` itself.

    `known` are those of the generation that it began as, if they are told there. If everything is counted, so
    many threads do it at once.
    """
    changes = draft.changes(without=graphs.VOID) if known else None
    if known and changes and len(changes.added) + len(changes.removed) <= _FEW:
        draft.replace_graph(graphs.VOID, partitions(moved(known, changes, draft)))
    else:
        draft.drop_graph(graphs.VOID)
        with draft.shared(at_once) as state:
            numbers = counted(state, at_once)
        draft.load(graphs.VOID, list(partitions(numbers)))
