"""rdflib-endpoint on an N-Triples file: `python -m conflictgraph.bench.rdflib_server FILE PORT`.

As its own command serves it: rdflib's store in memory, the union of all graphs as default graph, under
uvicorn. Must not know what is measured.
"""

import os
import sys
from typing import Any

_FILE = "RDFLIB_SERVER_FILE"


def application() -> Any:
    """The ASGI application over the file that the environment names."""
    from rdflib import Dataset
    from rdflib_endpoint import SparqlEndpoint

    graph = Dataset(default_union=True)
    graph.parse(os.environ[_FILE], format="nt")
    return SparqlEndpoint(graph=graph)


def main(file: str, port: int) -> None:
    """Serve until the process is ended."""
    import uvicorn

    os.environ[_FILE] = file
    target = "conflictgraph.bench.rdflib_server:application"
    uvicorn.run(target, port=port, factory=True, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
