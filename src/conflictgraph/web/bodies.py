"""The body of a request, within bounds: as text, or as RDF documents taken in and parsed.

Must not know what they are for.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from conflictgraph import formats
from conflictgraph.errors import MalformedRequest, QueryTooLarge, UnsupportedMediaType
from conflictgraph.formats import Format
from conflictgraph.ingest.documents import Bounds, Document, Input, from_stream, gathered
from conflictgraph.ingest.workplace import workplace
from conflictgraph.web.negotiation import require_utf8

NAME = "request body"
FORM = "multipart/form-data"
_CODINGS = ("", "identity", "gzip", "x-gzip")


@contextmanager
def documents(bounds: Bounds, base_iri: str | None = None) -> Iterator[tuple[Document, ...]]:
    """The body as documents: one, or each file of a form (Graph Store Protocol, section 5.5).

    They are gone at the end. Raises `UnsupportedMediaType`, `DataSyntaxError`, …
    """
    _coding()
    inputs = _files() if request.mimetype == FORM else [_whole()]
    with workplace(bounds.directory) as directory:
        yield gathered(inputs, directory, bounds, base_iri)


@contextmanager
def kept_text(bounds: Bounds, text: str, name: str) -> Iterator[Document]:
    """A text that is no RDF as a document, for provenance and quarantine; it is gone at the end."""
    data = text.encode()
    with workplace(bounds.directory) as directory:
        path = directory / name
        path.write_bytes(data)
        yield Document(name, formats.TURTLE, hashlib.sha256(data).hexdigest(), len(data), path)


def text(limit: int) -> str:
    """The body as text of at most that many bytes, unpacked."""
    data = request.get_data()
    if _coding() in ("gzip", "x-gzip"):
        try:
            unpacker = zlib.decompressobj(wbits=31)
            data = unpacker.decompress(data, limit + 1)
        except zlib.error as error:
            raise MalformedRequest(f"The body is not gzip, as Content-Encoding says: {error}.") from error
        if not unpacker.eof and len(data) <= limit:
            raise MalformedRequest("The body is not a whole gzip file.")
    if len(data) > limit:
        raise QueryTooLarge(len(data), limit)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"The body is not text in UTF-8: {error}.") from error


def _whole() -> Input:
    return from_stream(cast(BinaryIO, request.stream), _declared(request.content_type), NAME)


def _files() -> list[Input]:
    """The files of a form, each in the format that it says, or that its name tells."""
    files = [file for _, file in request.files.items(multi=True)]
    if not files:
        raise MalformedRequest("Expected files in the form, each with a name; found none.")
    return [from_stream(cast(BinaryIO, file.stream), _format(file), file.filename or NAME) for file in files]


def _format(file: FileStorage) -> Format:
    if file.filename and file.mimetype in ("", "application/octet-stream"):
        return formats.rdf_by_filename(file.filename)
    return _declared(file.content_type)


def _declared(content_type: str | None) -> Format:
    require_utf8(content_type)
    return formats.rdf_by_content_type(content_type or "no Content-Type")


def _coding() -> str:
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise UnsupportedMediaType(f"Content-Encoding: {coding}", ("gzip", "identity"))
    return coding
