"""The SPARQL that keeps the default graph the merge of the graphs that `graphs.is_merged` names.

Must not know engines, or what changes the graphs: see `rewriting` for update requests.
"""

from pyoxigraph import NamedNode

from conflictgraph import graphs

TOUCHED = NamedNode("urn:x-conflictgraph:touched")
"""Holds what one operation may have added to merged graphs or taken from them; gone after its follow-up."""

TRIPLE = "?s ?p ?o"
_IS_MERGED = (
    f"(?g IN ({', '.join(str(graph) for graph in graphs.MERGED)})"
    f' || STRSTARTS(STR(?g), "{graphs.SOURCE_PREFIX}"))'
)
_MERGED_HAS_IT = f"GRAPH ?g {{ {TRIPLE} }} FILTER {_IS_MERGED}"

RESYNC = f"""
INSERT {{ {TRIPLE} }} WHERE {{ {_MERGED_HAS_IT} FILTER NOT EXISTS {{ {TRIPLE} }} }} ;
DELETE {{ {TRIPLE} }} WHERE {{ {TRIPLE} FILTER NOT EXISTS {{ {_MERGED_HAS_IT} }} }}
"""
"""Make the default graph the merge, whatever it was; looks at every triple."""

FOLLOW_UP = f"""
INSERT {{ {TRIPLE} }} WHERE {{
  GRAPH {TOUCHED} {{ {TRIPLE} }} FILTER NOT EXISTS {{ {TRIPLE} }} FILTER EXISTS {{ {_MERGED_HAS_IT} }}
}} ;
DELETE {{ {TRIPLE} }} WHERE {{ GRAPH {TOUCHED} {{ {TRIPLE} }} FILTER NOT EXISTS {{ {_MERGED_HAS_IT} }} }} ;
DROP SILENT GRAPH {TOUCHED}
"""
"""Put right in the default graph what `TOUCHED` lists."""


def replacement(graph: NamedNode, new: NamedNode) -> str:
    """The request that makes a graph equal to `new`, which is not merged; only the difference is written."""
    merged = graphs.is_merged(graph)
    taken = f"INSERT {{ GRAPH {TOUCHED} {{ {TRIPLE} }} }}" if merged else ""
    return f"""
DELETE {{ GRAPH {graph} {{ {TRIPLE} }} }} {taken}
WHERE {{ GRAPH {graph} {{ {TRIPLE} }} FILTER NOT EXISTS {{ GRAPH {new} {{ {TRIPLE} }} }} }} ;
INSERT {{ GRAPH {graph} {{ {TRIPLE} }} {TRIPLE if merged else ""} }}
WHERE {{ GRAPH {new} {{ {TRIPLE} }} FILTER NOT EXISTS {{ GRAPH {graph} {{ {TRIPLE} }} }} }} ;
{FOLLOW_UP}"""


def removal(graph: NamedNode) -> str:
    """The request that drops a graph."""
    if not graphs.is_merged(graph):
        return f"DROP SILENT GRAPH {graph}"
    return f"""
DELETE {{ {TRIPLE} }} WHERE {{
  GRAPH {graph} {{ {TRIPLE} }} FILTER NOT EXISTS {{ {_MERGED_HAS_IT} FILTER (?g != {graph}) }}
}} ;
DROP SILENT GRAPH {graph}"""


def doubled(ntriples: bytes, graph: NamedNode) -> bytes:
    """N-Quads that put the triples into the graph, and into the default graph if it is merged.

    Takes the engine's own N-Triples, where every line, and nothing else, ends in ` .` and a line feed.
    """
    quads = ntriples.replace(b" .\n", f" {graph} .\n".encode())
    return ntriples + quads if graphs.is_merged(graph) else quads
