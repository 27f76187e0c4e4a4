"""Rewrite updates so that the default graph stays the merge of the graphs that `graphs.is_merged` names.

What an operation adds to a merged graph, it adds to the default graph as well. What it takes away is put
into a graph of its own, and then taken from the default graph unless another merged graph still has it. So
the work follows the change, not the graph. Operations whose writes cannot be told from their text are
followed by `RESYNC`, which looks at everything. Must not know engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from conflictgraph import graphs
from conflictgraph.errors import UpdateRefused
from conflictgraph.store.operations import Block, Operation, Template, operations

REMOVED = NamedNode("urn:x-conflictgraph:removed")
"""Holds what was taken from merged graphs while one operation is followed up; gone after it."""

_IS_MERGED = (
    f"(?g IN ({', '.join(str(graph) for graph in graphs.MERGED)})"
    f' || STRSTARTS(STR(?g), "{graphs.SOURCE_PREFIX}"))'
)
_MERGED_HAS_IT = f"GRAPH ?g {{ ?s ?p ?o }} FILTER {_IS_MERGED}"

RESYNC = f"""
INSERT {{ ?s ?p ?o }} WHERE {{ {_MERGED_HAS_IT} FILTER NOT EXISTS {{ ?s ?p ?o }} }} ;
DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER NOT EXISTS {{ {_MERGED_HAS_IT} }} }}
"""
"""Make the default graph the merge, whatever it was; looks at every triple."""

FOLLOW_UP = f"""
DELETE {{ ?s ?p ?o }} WHERE {{
  GRAPH {REMOVED} {{ ?s ?p ?o }} FILTER NOT EXISTS {{ {_MERGED_HAS_IT} }}
}} ;
DROP SILENT GRAPH {REMOVED}
"""
"""Take from the default graph what `REMOVED` lists, unless a merged graph has it."""

_T = "?s ?p ?o"


def replacement(graph: NamedNode, new: NamedNode) -> str:
    """The request that makes a graph equal to `new`, which is not merged; only the difference is written."""
    merged = graphs.is_merged(graph)
    taken = f"INSERT {{ GRAPH {REMOVED} {{ {_T} }} }}" if merged else ""
    return f"""
DELETE {{ GRAPH {graph} {{ {_T} }} }} {taken}
WHERE {{ GRAPH {graph} {{ {_T} }} FILTER NOT EXISTS {{ GRAPH {new} {{ {_T} }} }} }} ;
INSERT {{ GRAPH {graph} {{ {_T} }} {_T if merged else ""} }}
WHERE {{ GRAPH {new} {{ {_T} }} FILTER NOT EXISTS {{ GRAPH {graph} {{ {_T} }} }} }} ;
{FOLLOW_UP}"""


def removal(graph: NamedNode) -> str:
    """The request that drops a graph."""
    if not graphs.is_merged(graph):
        return f"DROP SILENT GRAPH {graph}"
    return f"""
DELETE {{ {_T} }} WHERE {{
  GRAPH {graph} {{ {_T} }} FILTER NOT EXISTS {{ {_MERGED_HAS_IT} FILTER (?g != {graph}) }}
}} ;
DROP SILENT GRAPH {graph}"""


def doubled(ntriples: bytes, graph: NamedNode) -> bytes:
    """N-Quads that put the triples into the graph, and into the default graph if it is merged.

    Takes the engine's own N-Triples, where every line, and nothing else, ends in ` .` and a line feed.
    """
    quads = ntriples.replace(b" .\n", f" {graph} .\n".encode())
    return ntriples + quads if graphs.is_merged(graph) else quads


_ADMINISTRATION = ("CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")


@dataclass(frozen=True, slots=True)
class _Edit:
    """Put `text` in the place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


class _NotTold(Exception):  # noqa: N818
    """What the operation writes cannot be told from its text."""


def in_step(update: str) -> str:
    """The request, followed up so that the default graph is in step after each of its operations.

    Raises `UpdateRefused` for an operation that writes into the default graph itself.
    """
    found = operations(update)
    if not found:
        return update if found is not None else f"{update}\n;{RESYNC}"
    edits = _hoisted(found)
    for operation in found:
        _refuse_default_graph(operation)
        try:
            if "\\u" in update:
                raise _NotTold
            edits += _edits(operation, update)
        except _NotTold:
            end = operation.tokens[-1].end
            edits.append(_Edit(end, end, f"\n;{RESYNC}"))
    return _edited(update, edits)


def _edits(operation: Operation, update: str) -> list[_Edit]:
    end = operation.tokens[-1].end
    follow_up = _Edit(end, end, f"\n;{FOLLOW_UP}")
    if operation.begins("CREATE"):
        return []
    if operation.begins("INSERT", "DATA"):
        inserted = _required(operation.template("DATA"))
        return [_before(inserted, _added(inserted, update))]
    if operation.begins("DELETE", "DATA"):
        removed = _required(operation.template("DATA"))
        return [_Edit(end, end, f"\n; INSERT DATA {{ {_taken(removed, update)} }}\n;{FOLLOW_UP}")]
    if operation.begins("DELETE", "WHERE"):
        pattern = _required(operation.template("WHERE"))
        start = operation.tokens[0].start
        whole = update[pattern.opens.start : pattern.closes.end]
        taken = f"DELETE {whole}\nINSERT {{ {_taken(pattern, update)} }}\nWHERE {whole}\n;{FOLLOW_UP}"
        return [_Edit(start, end, taken)]
    if not operation.begins("INSERT") and not operation.begins("DELETE"):
        raise _NotTold
    return _modification(operation, update, follow_up)


def _modification(operation: Operation, update: str, follow_up: _Edit) -> list[_Edit]:
    inserted, removed = operation.template("INSERT"), operation.template("DELETE")
    added = _added(inserted, update) if inserted else ""
    taken = _taken(removed, update) if removed else ""
    if inserted:
        edits = [_before(inserted, added + taken)]
    else:
        end = _required(removed).closes.end
        edits = [_Edit(end, end, f"\nINSERT {{ {taken} }}\n")]
    return [*edits, follow_up] if taken else edits


def _added(template: Template, update: str) -> str:
    """The triples that also go into the default graph."""
    blocks = [block for block in template.blocks if _concerns(block, variable_is_told=False)]
    return " . ".join(_triples(block, update) for block in blocks)


def _taken(template: Template, update: str) -> str:
    """What is to be put into `REMOVED`. A graph not known beforehand may be a merged one: no harm if not."""
    blocks = [block for block in template.blocks if _concerns(block, variable_is_told=True)]
    return "".join(f"\nGRAPH {REMOVED} {{ {_triples(block, update)} }}" for block in blocks)


def _concerns(block: Block, *, variable_is_told: bool) -> bool:
    if not block.tokens:
        return False
    if block.graph is None:
        if not variable_is_told:
            raise _NotTold
        return True
    return graphs.is_merged(NamedNode(block.graph))


def _triples(block: Block, update: str) -> str:
    # A blank node without a label, written twice, would be two; so would a list or a reified triple.
    if any(token.is_symbol("[", "(", "<", "{", "~") for token in block.tokens):
        raise _NotTold
    last = -1 if block.tokens[-1].is_symbol(".") else None
    inner = block.tokens[:last]
    return f"{update[inner[0].start : inner[-1].end]}\n"


def _before(template: Template, text: str) -> _Edit:
    place = template.closes.start
    return _Edit(place, place, f" {text} ")


def _required(template: Template | None) -> Template:
    if template is None:
        raise _NotTold
    return template


def _refuse_default_graph(operation: Operation) -> None:
    first, words = operation.tokens[0], [t.text.upper() for t in operation.tokens if t.kind == "word"]
    if first.is_word(*_ADMINISTRATION):
        if words[-1] == "DEFAULT" or words[:2] == ["MOVE", "DEFAULT"]:
            raise _refusal()
    elif first.is_word("INSERT", "DELETE"):
        for head in (("INSERT",), ("DELETE",), ("INSERT", "DATA"), ("DELETE", "DATA"), ("DELETE", "WHERE")):
            template = operation.template(*head)
            if template is not None and any(block.graph == "" for block in template.blocks):
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
        for name, iri in operation.prefixes.items():
            if declared.setdefault(name, iri) != iri:
                return []
    if not prologues or any(token.is_word("BASE") for prologue in prologues for token in prologue):
        return []
    lines = "".join(
        f"PREFIX {name}: <{iri}>\n" for name, iri in declared.items() if name not in first.prefixes
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
