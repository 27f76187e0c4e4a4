"""SPARQL that keeps the default graph the merge of the graphs that `graphs.is_merged` names.

Must not know engines.
"""

from conflictgraph import graphs

_IS_MERGED = (
    f"(?g IN ({', '.join(str(graph) for graph in graphs.MERGED)})"
    f' || STRSTARTS(STR(?g), "{graphs.SOURCE_PREFIX}"))'
)

RESYNC = f"""
INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER {_IS_MERGED} FILTER NOT EXISTS {{ ?s ?p ?o }} }} ;
DELETE {{ ?s ?p ?o }} WHERE {{
  ?s ?p ?o FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} FILTER {_IS_MERGED} }}
}}
"""
"""Make the default graph the merge, whatever it was; looks at every triple."""
