"""Page or data: what the Accept header of the request prefers.

Browsers put `text/html` first; everything else gets data.
"""

from flask import request

from conflictgraph import formats
from conflictgraph.formats import Format


def prefers_html() -> bool:
    """Whether `text/html` is asked for by name, and nothing else that is offered is liked better."""
    accepted = request.accept_mimetypes
    named = [value for value, quality in accepted if quality > 0]
    if "text/html" not in named and "application/xhtml+xml" not in named:
        return False
    offered = [f.media_type for f in (*formats.RESULT_FORMATS, *formats.RDF_FORMATS) if f.media_type in named]
    return all(accepted["text/html"] >= accepted[media_type] for media_type in offered)


def rdf_format() -> Format:
    """The RDF format that the request prefers. Raises `NotAcceptable`, `MalformedRequest`."""
    single = tuple(f for f in formats.RDF_FORMATS if f not in (formats.NQUADS, formats.TRIG))
    return formats.negotiate(request.headers.get("Accept") or "*/*", single)
