"""What is to be done to a draft: add documents to a source, replace it, remove it, run an update.

Must not know what happens to the draft afterwards. Only sources are written here, and graphs that are left
free: ontology, schemes and examples come with the build, the other graphs from the stages of publication.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode

from conflictgraph import graphs, patch
from conflictgraph.errors import DataSyntaxError, NotFound, UpdateRefused, UsageError
from conflictgraph.ingest.documents import Document, Placed, joined
from conflictgraph.store.operations import operations
from conflictgraph.store.port import Draft, Queryable


class Mode(Enum):
    """What becomes of the triples that a source has already."""

    NEW = "new"
    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Change:
    """A change with the reason that history will give.

    `apply` does it to a draft. `touches` are the graphs that it may change (None: any), `documents` are what
    it is made of. `only_adds` says that no triple is taken away.
    """

    note: str
    apply: Callable[[Draft], None]
    touches: tuple[NamedNode, ...] | None
    documents: tuple[Document, ...] = ()
    only_adds: bool = False


def ingestion(graph: NamedNode, documents: Sequence[Document], mode: Mode) -> Change:
    """Documents into one source or free graph. Raises `UsageError` for a document that names another graph,
    or a graph that is there while `mode` is NEW.
    """
    for document in documents:
        if not document.statements:
            raise DataSyntaxError(document.name, 0, 0, "no statement is in it; take it out of the list")
        for name in document.graphs:
            if name != graph.value:
                raise UsageError(
                    f"{document.name} names the graph <{name}>, but goes into <{graph.value}>. "
                    "Take the graph's name out, or choose the source by it."
                )

    def apply(draft: Draft) -> None:
        if mode is Mode.NEW and graph in patch.names(draft):
            raise UsageError(
                f"There is a {_title(graph)} already: say whether to --add to it or to --replace it."
            )
        if mode is Mode.REPLACE:
            draft.replace_graph(graph, joined(documents))
        else:
            draft.load(graph, joined(documents))

    words = {Mode.NEW: "New", Mode.ADD: "Addition to", Mode.REPLACE: "Replacement of"}
    note = f"{words[mode]} {_title(graph)}: {', '.join(document.short_name for document in documents)}"
    return Change(note, apply, (graph,), tuple(documents), only_adds=mode is not Mode.REPLACE)


def removal(graph: NamedNode) -> Change:
    """A source or free graph is gone. Raises `NotFound` if there is none."""

    def apply(draft: Draft) -> None:
        if graph not in patch.names(draft):
            raise NotFound(f"There is no {_title(graph)}.")
        draft.drop_graph(graph)

    return Change(f"Removal of {_title(graph)}", apply, (graph,))


def update(what: str | Sequence[str | Placed], document: Document, free: Sequence[str] = ()) -> Change:
    """A SPARQL update request, whole or with what it loads between its parts; its text is the document.

    `UpdateRefused` for a graph that is no source and does not begin as one of `free` says.
    """
    steps = (what,) if isinstance(what, str) else what
    touched = _touched(steps)
    loaded = tuple(step.document for step in steps if isinstance(step, Placed))

    def apply(draft: Draft) -> None:
        _require_writable(touched or (), free)
        there = patch.names(draft)
        others = (g for g in there if not graphs.is_known(g) and not graphs.is_writable(g, free))
        guarded = () if touched else (*_LEFT_ALONE, *others)
        before = _fingerprints(draft, guarded)
        for step in steps:
            if isinstance(step, Placed):
                draft.load(step.graph, step.document.triples())
            else:
                draft.update(step)
        made = [graph for graph in patch.names(draft) if graph not in (*there, *graphs.FIXED)]
        _require_writable(made, free)
        for graph, old, new in zip(guarded, before, _fingerprints(draft, guarded), strict=True):
            if old != new:
                raise _refusal(graph)

    return Change("SPARQL update", apply, touched, documents=(document, *loaded))


_WRITTEN = (("INSERT",), ("DELETE",), ("INSERT", "DATA"), ("DELETE", "DATA"), ("DELETE", "WHERE"))
_LEFT_ALONE = (graphs.ONTOLOGY, graphs.VOCABULARY, graphs.EXAMPLES, graphs.PROVENANCE)
"""No sources, and not made anew by each publication either."""


def _touched(steps: Sequence[str | Placed]) -> tuple[NamedNode, ...] | None:
    """The graphs that the steps name as written; None if that cannot be told."""
    found: set[str] = set()
    for step in steps:
        named = {step.graph.value} if isinstance(step, Placed) else _written(step)
        if named is None:
            return None
        found |= named
    return tuple(NamedNode(name) for name in sorted(found)) or None


def _written(text: str) -> set[str] | None:
    found: set[str] = set()
    for operation in operations(text) or ():
        templates = [told for words in _WRITTEN if (told := operation.template(*words))]
        blocks = [block for template in templates for block in template.blocks]
        if not blocks or "\\u" in text:
            return None
        for block in blocks:
            if not block.graph:
                return None
            found.add(block.graph)
    return found


def _title(graph: NamedNode) -> str:
    slug = graphs.source_slug(graph)
    return f"source {slug}" if slug else f"graph <{graph.value}>"


def _require_writable(wanted: Iterable[NamedNode], free: Sequence[str]) -> None:
    for graph in wanted:
        if not graphs.is_writable(graph, free):
            raise _refusal(graph)


def _fingerprints(state: Queryable, wanted: Iterable[NamedNode]) -> tuple[int, ...]:
    return tuple(patch.fingerprint(state, graph) for graph in wanted)


def _refusal(graph: NamedNode) -> UpdateRefused:
    return UpdateRefused(
        f"<{graph.value}> is not written here. "
        f"Name a source: GRAPH <{graphs.SOURCE_PREFIX}my-source> {{ … }}."
    )
