"""The SPARQL that keeps the default graph the merge of the graphs that `graphs.is_merged` names.

Must not know engines, or what changes the graphs: see `rewriting` for update requests.
"""

from pyoxigraph import NamedNode

from conflictgraph import graphs

TOUCHED = NamedNode("urn:x-conflictgraph:touched")
"""Holds what one operation may have added to merged graphs or taken from them; gone after its follow-up."""

JOURNAL = NamedNode("urn:x-conflictgraph:journal")
"""Holds what a whole update request may have added to merged graphs or taken from them."""

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

FOLLOW_UP_NOTED = f"ADD SILENT GRAPH {TOUCHED} TO GRAPH {JOURNAL} ;{FOLLOW_UP}"
"""The same, after writing the list down in `JOURNAL`."""


def doubled(ntriples: bytes, graph: NamedNode) -> bytes:
    """N-Quads that put the triples into the graph, and into the default graph if it is merged.

    Takes the engine's own N-Triples, where every line, and nothing else, ends in ` .` and a line feed.
    """
    quads = ntriples.replace(b" .\n", f" {graph} .\n".encode())
    return ntriples + quads if graphs.is_merged(graph) else quads
