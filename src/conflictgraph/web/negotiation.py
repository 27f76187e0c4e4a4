"""What the headers of a request say: page or data by Accept, the charset of its body.

Browsers put `text/html` first; everything else gets data.
"""

import codecs

from flask import request

from conflictgraph import formats
from conflictgraph.errors import UnsupportedMediaType
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


def require_utf8() -> None:
    """Pass a body in UTF-8, which is what SPARQL 1.1 Protocol (2.1.3, 2.2.2) asks of a query or an update.

    Raises `UnsupportedMediaType` if the Content-Type names another charset.
    """
    charset = request.mimetype_params.get("charset", "utf-8")
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        name = ""
    if name not in ("utf-8", "ascii"):
        raise UnsupportedMediaType(request.content_type or "", (f"{request.mimetype}; charset=utf-8",))
