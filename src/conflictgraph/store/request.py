"""A query as it goes to a worker process: negotiated and encoded.

Must not know which process evaluates it.
"""

from functools import lru_cache

from conflictgraph import formats
from conflictgraph.errors import NotAcceptable
from conflictgraph.formats import Format
from conflictgraph.store import frames
from conflictgraph.store.port import Dataset
from conflictgraph.store.stream import Stream


def query_frame(sparql: str, accept: str, dataset: Dataset, *, long: bool = False, **more: object) -> bytes:
    """The message that asks a worker for the answer; raises what is wrong with the request itself."""
    result, graph = offers(accept)
    return frames.json_frame(
        frames.LONG_REQUEST if long else frames.REQUEST,
        {
            "query": sparql,
            "result": result and result.short,
            "graph": graph and graph.short,
            "default": [graph.value for graph in dataset.default_graphs] if dataset.is_given else None,
            "named": [graph.value for graph in dataset.named_graphs] if dataset.is_given else None,
            **more,
        },
    )


def answered_format(stream: Stream, accept: str) -> Format:
    """The format of an answer; `NotAcceptable` if the query gives a kind of result that was not asked for."""
    format = offers(accept)[stream.is_graph]
    if format is None:
        stream.close()
        offered = formats.RDF_FORMATS if stream.is_graph else formats.RESULT_FORMATS
        raise NotAcceptable(accept, (f.media_type for f in offered))
    return format


@lru_cache(maxsize=256)
def offers(accept: str) -> tuple[Format | None, Format | None]:
    """What the header takes for rows or a boolean, and for a graph. Raises `NotAcceptable` if neither."""
    result = _negotiated(accept, formats.RESULT_FORMATS)
    graph = _negotiated(accept, formats.RDF_FORMATS)
    if result is None and graph is None:
        raise NotAcceptable(accept, (f.media_type for f in formats.RESULT_FORMATS + formats.RDF_FORMATS))
    return result, graph


def _negotiated(accept: str, offered: tuple[Format, ...]) -> Format | None:
    try:
        return formats.negotiate(accept, offered)
    except NotAcceptable:
        return None
