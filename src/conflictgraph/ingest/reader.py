"""The process that parses documents: RDF in any format to N-Triples, one file each.

Started as `python -m conflictgraph.ingest.reader MEGABYTES MAX_BYTES`; takes a list of documents as JSON from
standard input, tells of each in one line of JSON. It has bounds of memory and file size and no network, and
may die of a document: its parent then knows of which. Must not know stores or what the documents are for.
"""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from conflictgraph import formats
from conflictgraph.ingest.checks import check
from conflictgraph.store.offline import go_offline

LONGEST_TERM = 8_000_000
"""Characters of the longest literal or IRI: longer ones no format could be read back from."""

_FOLDED = 20
"""How many times longer than the input may be what comes of it."""


def _told(document: dict[str, str]) -> dict[str, Any]:
    """What is to be said of one document, its triples written to `into`."""
    graphs: set[str] = set()
    count = 0

    def triples() -> Iterator[Triple]:
        nonlocal count
        with Path(document["path"]).open("rb") as stream:
            for quad in parse(
                stream,
                format=formats.rdf_engine_format(document["format"]),
                base_iri=document["base"] or None,
                rename_blank_nodes=True,
            ):
                _refuse_unusual(quad.object)
                graph = quad.graph_name
                if isinstance(graph, NamedNode):
                    graphs.add(graph.value)
                elif not isinstance(graph, DefaultGraph):
                    raise SyntaxError("a graph without an IRI: name it, or leave GRAPH out")
                count += 1
                yield quad.triple

    try:
        check(Path(document["path"]), document["format"])
        with Path(document["into"]).open("wb") as into:
            serialize(triples(), into, format=RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        return {"message": _reason(error), "line": error.lineno or 0, "column": error.offset or 0}
    except MemoryError:
        return {"message": "a single term or line is too long to be read (16 MB)", "line": 0, "column": 0}
    except OSError as error:
        return {"message": f"cannot be unfolded here: {error.strerror}", "line": 0, "column": 0}
    return {"statements": count, "graphs": sorted(graphs)}


def _refuse_unusual(term: NamedNode | BlankNode | Literal | Triple) -> None:
    if isinstance(term, Triple):
        raise SyntaxError("a triple term (RDF 1.2); the graph is RDF 1.1")
    if isinstance(term, Literal) and len(term.value) > LONGEST_TERM:
        raise SyntaxError(f"a literal of {len(term.value)} characters; the limit is {LONGEST_TERM}")


def _reason(error: SyntaxError) -> str:
    if "LoadDocumentCallback" in error.msg:
        return "a remote context: nothing is fetched. Put the context into the document"
    _, colon, rest = error.msg.partition(": ")
    return rest if error.msg.startswith("Parser error") and colon else error.msg


def main() -> None:
    """Parse what standard input lists."""
    megabytes, max_bytes = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes * _FOLDED, max_bytes * _FOLDED))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    go_offline()
    for document in json.load(sys.stdin):
        print(json.dumps(_told(document)), flush=True)


if __name__ == "__main__":
    main()
