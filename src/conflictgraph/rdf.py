"""RDF documents to quads and back, with the place of every syntax error.

Must not know stores or named graphs of the project. Terms are pyoxigraph's.
"""

import gzip
import io
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from conflictgraph import formats
from conflictgraph.errors import DataSyntaxError, MissingFile
from conflictgraph.formats import Format


@dataclass(frozen=True, slots=True)
class NTriples:
    """Triples as text: N-Triples as pyoxigraph writes it, in pieces of whole lines. To be read once."""

    pieces: Iterable[bytes]


def named_by_content(text: str) -> NamedNode:
    """A name that is the same for the same text and no other: its SHA-256 as an IRI (RFC 6920)."""
    digest = urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")
    return NamedNode(f"ni:///sha-256;{digest}")


def quads_from_file(path: Path, format: Format | None = None, base_iri: str | None = None) -> Iterator[Quad]:
    """The quads of a file, `.gz` unpacked, the format told by the name unless given.

    Blank nodes get fresh names, so those of two documents never meet. Raises `MissingFile`, `UsageError`
    for an unknown ending, and `DataSyntaxError` while iterating.
    """
    format = format or formats.rdf_by_filename(path.name)
    with _opened(path) as stream:
        yield from quads_from_stream(stream, format, str(path), base_iri)


def quads_from_bytes(
    data: bytes, format: Format, name: str = "input", base_iri: str | None = None
) -> Iterator[Quad]:
    """The quads of a document in memory; `name` stands for the file in errors."""
    return quads_from_stream(io.BytesIO(data), format, name, base_iri)


def quads_from_stream(
    stream: BinaryIO, format: Format, name: str = "input", base_iri: str | None = None
) -> Iterator[Quad]:
    """The quads of a document as it is read; `name` stands for the file in errors."""
    with _located(name):
        yield from parse(
            stream,
            format=formats.rdf_engine_format(format.short),
            base_iri=base_iri,
            rename_blank_nodes=True,
        )


def in_graph(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Quad]:
    """The same triples, all in one named graph, whichever they were in."""
    return (Quad(q.subject, q.predicate, q.object, graph) for q in quads)


def dump(statements: Iterable[Quad] | Iterable[Triple]) -> bytes:
    """Sorted N-Quads, one per line, duplicates once: the same statements give the same bytes.

    Statements of the default graph come out as N-Triples. Blank nodes keep the names they have.
    """
    lines = {_line(statement) for statement in statements}
    return b"".join(sorted(lines))


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """The same quads with canonical names for blank nodes (RDF Dataset Canonicalization, RDFC-1.0)."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return list(dataset)


def to_bytes(
    statements: Iterable[Quad] | Iterable[Triple], format: Format, prefixes: Mapping[str, str]
) -> bytes:
    """The statements in any format, sorted first, under the given prefixes."""
    ordered = sorted(statements, key=_line)
    return serialize(ordered, format=formats.rdf_engine_format(format.short), prefixes=dict(prefixes)) or b""


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI shortened by the longest namespace that fits, or in angle brackets; for messages only."""
    fitting = [(ns, prefix) for prefix, ns in prefixes.items() if iri.startswith(ns) and ns]
    if not fitting:
        return f"<{iri}>"
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri[len(namespace) :]}"


def _line(statement: Quad | Triple) -> bytes:
    if isinstance(statement, Triple):
        statement = Quad(statement.subject, statement.predicate, statement.object, DefaultGraph())
    return serialize([statement], format=RdfFormat.N_QUADS) or b""


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise MissingFile(f"Cannot read {path}: {error.strerror or error}.") from error
    with raw:
        if path.suffix == ".gz":
            with gzip.open(raw) as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield raw


@contextmanager
def _located(name: str) -> Iterator[None]:
    """Turn what the parser and the unpacker raise into `DataSyntaxError`."""
    try:
        yield
    except SyntaxError as error:
        raise DataSyntaxError(name, error.lineno or 0, error.offset or 0, _reason(error)) from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataSyntaxError(name, 0, 0, f"not a whole gzip file ({error})") from error


def _reason(error: SyntaxError) -> str:
    _, colon, rest = error.msg.partition(": ")
    return rest if error.lineno and colon else error.msg
