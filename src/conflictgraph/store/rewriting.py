"""Rewrite updates so that the default graph stays in step with the graphs that they change.

What an operation adds to a merged graph, it adds to the default graph as well, if its text says so much.
All else that it adds or takes away it also puts into a graph of its own; what is in there is then looked up
in the merged graphs, and added to the default graph or taken from it. So the work follows the change, not
the graph. Operations whose writes cannot be told from their text are followed by `merge.RESYNC`, which
looks at everything. Must not know engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import NamedNode

from conflictgraph import graphs
from conflictgraph.errors import UpdateRefused
from conflictgraph.store.merge import FOLLOW_UP, FOLLOW_UP_NOTED, RESYNC, TOUCHED, TRIPLE
from conflictgraph.store.operations import Block, Operation, Template, iri, operations

_ADMINISTRATION = ("CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_TEMPLATES = (("INSERT",), ("DELETE",), ("INSERT", "DATA"), ("DELETE", "DATA"), ("DELETE", "WHERE"))


@dataclass(frozen=True, slots=True)
class _Edit:
    """Put `text` in the place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Request:
    """The text that is rewritten, and whether what it touches is to be noted as well."""

    text: str
    noted: bool

    @property
    def follow_up(self) -> str:
        return FOLLOW_UP_NOTED if self.noted else FOLLOW_UP


class _NotTold(Exception):  # noqa: N818
    """What the operation writes cannot be told from its text."""


def in_step(update: str) -> str:
    """The request, followed up so that the default graph is in step after each of its operations.

    Raises `UpdateRefused` for an operation that writes into the default graph itself.
    """
    found = operations(update)
    if not found:
        return update if found is not None else f"{update}\n;{RESYNC}"
    return _followed_up(_Request(update, noted=False), found)


def noted(update: str) -> str | None:
    """The same, and in the end `merge.JOURNAL` holds every triple that may have been added to a merged graph
    or taken from one; None if that cannot be arranged.

    It cannot where a later operation would meet the journal as one graph among others.
    """
    found = operations(update)
    if not found:
        return update if found is not None else None
    if any(map(_asks_for_graphs, found[1:])):
        return None
    try:
        return _followed_up(_Request(update, noted=True), found)
    except _NotTold:
        return None


def _followed_up(request: _Request, found: Sequence[Operation]) -> str:
    """The text with everything in it. Raises `_NotTold` if it is to be noted and cannot be."""
    edits = _hoisted(found)
    for operation in found:
        _refuse_default_graph(operation)
        try:
            if "\\u" in request.text:
                raise _NotTold
            edits += _edits(operation, request)
        except _NotTold:
            if request.noted:
                raise
            edits.append(_behind(operation, RESYNC))
    return _edited(request.text, edits)


def _asks_for_graphs(operation: Operation) -> bool:
    row = operation.tokens
    return any(one.is_word("GRAPH") and two.kind == "var" for one, two in pairwise(row))


def _edits(operation: Operation, request: _Request) -> list[_Edit]:
    if operation.begins("CREATE"):
        return []
    if operation.tokens[0].is_word(*_ADMINISTRATION):
        return _administration(operation, request)
    if operation.begins("INSERT", "DATA"):
        inserted = _required(operation.template("DATA"))
        if not request.noted:
            return [_within(inserted, _added(inserted, request))]
        touched = _touched(inserted, "", request)
        return [_within(inserted, touched), _behind(operation, request.follow_up)] if touched else []
    if operation.begins("DELETE", "DATA"):
        touched = _touched(_required(operation.template("DATA")), "", request)
        return [_behind(operation, f" INSERT DATA {{ {touched} }}\n;{request.follow_up}")] if touched else []
    if operation.begins("DELETE", "WHERE"):
        return _deletion(operation, _required(operation.template("WHERE")), request)
    return _modification(operation, request)


def _administration(operation: Operation, request: _Request) -> list[_Edit]:
    names = [token for token in operation.tokens if token.kind in ("iri", "name")]
    touched = [iri(name, operation.prefixes) for name in names]
    if not touched:
        raise _NotTold
    copies = "".join(
        f"INSERT {{ GRAPH {TOUCHED} {{ {TRIPLE} }} }} WHERE {{ GRAPH <{graph}> {{ {TRIPLE} }} }} ;\n"
        for graph in touched
    )
    if None in touched:
        raise _NotTold
    start = operation.tokens[0].start
    return [_Edit(start, start, copies), _behind(operation, request.follow_up)]


def _deletion(operation: Operation, pattern: Template, request: _Request) -> list[_Edit]:
    touched = _touched(pattern, "", request)
    if not touched:
        return []
    whole = request.text[pattern.opens.start : pattern.closes.end]
    text = f"DELETE {whole}\nINSERT {{ {touched} }}\nWHERE {whole}\n;{request.follow_up}"
    return [_Edit(operation.tokens[0].start, operation.tokens[-1].end, text)]


def _modification(operation: Operation, request: _Request) -> list[_Edit]:
    own = iri(operation.tokens[1], operation.prefixes) if operation.begins("WITH") else ""
    inserted, removed = operation.template("INSERT"), operation.template("DELETE")
    touched = _touched(removed, own, request) if removed else ""
    added = ""
    if inserted:
        if not request.noted and own == "" and all(block.graph is not None for block in inserted.blocks):
            added = _added(inserted, request)
        else:
            touched += _touched(inserted, own, request)
        edits = [_within(inserted, added + touched)]
    else:
        end = _required(removed).closes.end
        edits = [_Edit(end, end, f"\nINSERT {{ {touched} }}\n")]
    return [*edits, _behind(operation, request.follow_up)] if touched else edits


def _added(template: Template, request: _Request) -> str:
    """The triples that also go into the default graph."""
    blocks = [block for block in template.blocks if _concerns(block, "")]
    if any(block.graph is None for block in blocks):
        raise _NotTold
    return " . ".join(_triples(block, request.text) for block in blocks)


def _touched(template: Template, own: str | None, request: _Request) -> str:
    """What goes into `TOUCHED`. A graph that is not told may be a merged one: no harm if it is not."""
    blocks = [block for block in template.blocks if _concerns(block, own)]
    return "".join(f"\nGRAPH {TOUCHED} {{ {_triples(block, request.text)} }}" for block in blocks)


def _concerns(block: Block, own: str | None) -> bool:
    graph = own if block.graph == "" else block.graph
    return bool(block.tokens) and (graph is None or graphs.is_merged(NamedNode(graph)))


def _triples(block: Block, update: str) -> str:
    # A blank node without a label, written twice, would be two; so would a list or a reified triple.
    if any(token.is_symbol("[", "(", "<", "{", "~") for token in block.tokens):
        raise _NotTold
    last = -1 if block.tokens[-1].is_symbol(".") else None
    inner = block.tokens[:last]
    return f"{update[inner[0].start : inner[-1].end]}\n"


def _within(template: Template, text: str) -> _Edit:
    # With bare triples before it, which only WITH allows, what comes is a GRAPH block and needs no dot.
    place = template.closes.start
    return _Edit(place, place, f" {text} ")


def _behind(operation: Operation, text: str) -> _Edit:
    end = operation.tokens[-1].end
    return _Edit(end, end, f"\n;{text}")


def _required(template: Template | None) -> Template:
    if template is None:
        raise _NotTold
    return template


def _refuse_default_graph(operation: Operation) -> None:
    first, words = operation.tokens[0], [t.text.upper() for t in operation.tokens if t.kind == "word"]
    if first.is_word(*_ADMINISTRATION):
        if words[-1] == "DEFAULT" or (words[0] == "MOVE" and "DEFAULT" in words):
            raise _refusal()
    elif first.is_word("INSERT", "DELETE"):
        templates = (operation.template(*head) for head in _TEMPLATES)
        if any(block.graph == "" for template in templates if template for block in template.blocks):
            raise _refusal()
    elif not first.is_word("WITH"):
        raise UpdateRefused(
            f"No update begins with {first.text!r}. Put a space after each keyword, and name the graph."
        )


def _refusal() -> UpdateRefused:
    return UpdateRefused(
        "The default graph is the merge of others and is not written directly. "
        "Name the graph to write into: INSERT { GRAPH <...> { ... } }, or WITH <...>."
    )


def _hoisted(found: Sequence[Operation]) -> list[_Edit]:
    """Move later prologues before the first operation: the engine takes no PREFIX between operations."""
    first, *later = found
    prologues = [operation.prologue for operation in later if operation.prologue]
    declared = dict(first.prefixes)
    for operation in later:
        for name, namespace in operation.prefixes.items():
            if declared.setdefault(name, namespace) != namespace:
                return []
    if not prologues or any(token.is_word("BASE") for prologue in prologues for token in prologue):
        return []
    lines = "".join(
        f"PREFIX {name}: <{namespace}>\n"
        for name, namespace in declared.items()
        if name not in first.prefixes
    )
    place = first.tokens[0].start
    gone = [_Edit(prologue[0].start, prologue[-1].end, "") for prologue in prologues]
    return [_Edit(place, place, lines), *gone]


def _edited(text: str, edits: list[_Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*pieces, text[position:]))
