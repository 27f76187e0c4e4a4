"""What the headers of a request say: page or data by Accept, the charset of its body.

Browsers put `text/html` first; everything else gets data.
"""

import codecs
from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

from conflictgraph import formats
from conflictgraph.errors import UnsupportedMediaType
from conflictgraph.formats import Format


def prefers_html() -> bool:
    """Whether the request is one for a page."""
    return likes_html_best(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def likes_html_best(accept: str) -> bool:
    """Whether `text/html` is asked for by name, and nothing else that is offered is liked better."""
    accepted = parse_accept_header(accept, MIMEAccept)
    named = [value for value, quality in accepted if quality > 0]
    if "text/html" not in named and "application/xhtml+xml" not in named:
        return False
    offered = [f.media_type for f in (*formats.RESULT_FORMATS, *formats.RDF_FORMATS) if f.media_type in named]
    return all(accepted["text/html"] >= accepted[media_type] for media_type in offered)


def rdf_format() -> Format:
    """The RDF format that the request prefers. Raises `NotAcceptable`, `MalformedRequest`."""
    single = tuple(f for f in formats.RDF_FORMATS if f not in (formats.NQUADS, formats.TRIG))
    return formats.negotiate(request.headers.get("Accept") or "*/*", single)


def require_utf8(content_type: str | None) -> None:
    """Pass what is in UTF-8 by its Content-Type, as SPARQL 1.1 Protocol (2.1.3, 2.2.2) asks of a query or an
    update, and each RDF format but RDF/XML of a document.

    Raises `UnsupportedMediaType` if another charset is named.
    """
    media_type, parameters = parse_options_header(content_type)
    try:
        name = codecs.lookup(parameters.get("charset", "utf-8")).name
    except (LookupError, ValueError):  # no such charset, and no such name
        name = ""
    if name not in ("utf-8", "ascii"):
        raise UnsupportedMediaType(content_type or "", (f"{media_type}; charset=utf-8",))
