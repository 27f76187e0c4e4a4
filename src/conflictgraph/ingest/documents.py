"""Documents that are handed in: taken in whole, within limits, and parsed before anything is done with them.

From files, standard input or a request; gzip is told by its first bytes. They are parsed in a process of
their own (see `reader`), which may be killed. Must not know stores or where the statements go.
"""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from pyoxigraph import NamedNode

from conflictgraph import formats
from conflictgraph.errors import DataSyntaxError, InputTooLarge, MissingFile
from conflictgraph.formats import Format
from conflictgraph.rdf import NTriples
from conflictgraph.settings import without_secrets

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What documents may take: bytes each (as they come, and unpacked), and to be parsed all together.

    `directory` is where they lie meanwhile, see `workplace`.
    """

    max_bytes: int = 1_000_000_000
    seconds: float = 300.0
    memory_mb: int = 1024
    directory: Path | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """Something to read a document from; `name` is what people know it by."""

    name: str
    format: Format
    opened: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Document:
    """A document taken in. `sha256` and `size` are of the bytes as they came; `path` has it unpacked.

    `statements` and `graphs` (the names in it) are known once it is parsed.
    """

    name: str
    format: Format
    sha256: str
    size: int
    path: Path
    statements: int = 0
    graphs: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """The name without directories: what may be told to everybody."""
        return Path(self.name).name

    @property
    def triples_path(self) -> Path:
        """Where its triples are, as N-Triples, once it is parsed."""
        return self.path.with_suffix(".parsed.nt")

    def triples(self) -> NTriples:
        """Its triples, whatever graph they are in. Blank nodes of two documents have different names."""
        return joined([self])


def joined(documents: Iterable["Document"]) -> NTriples:
    """The triples of documents, one after the other."""
    return NTriples(piece for document in documents for piece in _pieces(document.triples_path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while lines := stream.readlines(_CHUNK):
            yield b"".join(lines)


@dataclass(frozen=True, slots=True)
class Placed:
    """A document and the graph that it is added to."""

    document: Document
    graph: NamedNode


def from_path(path: Path, format: Format | None = None) -> Input:
    """A file, its format told by its name unless given; `UsageError` for an unknown ending."""
    return Input(str(path), format or formats.rdf_by_filename(path.name), lambda: path.open("rb"))


def from_stream(stream: BinaryIO, format: Format, name: str = "standard input") -> Input:
    """Something that can be read once."""
    return Input(name, format, lambda: stream)


def from_bytes(data: bytes, format: Format, name: str) -> Input:
    """A document in memory."""
    return Input(name, format, lambda: io.BytesIO(data))


def gathered(
    inputs: Sequence[Input], directory: Path, bounds: Bounds, base_iri: str | None = None
) -> tuple[Document, ...]:
    """Take all inputs into the directory and parse all of them.

    Raises `MissingFile`, `InputTooLarge`, and `DataSyntaxError` that tells of every document that is wrong.
    """
    taken = [_taken(each, directory / f"{number:03d}", bounds) for number, each in enumerate(inputs, 1)]
    return _parsed(taken, bounds, base_iri)


def _taken(source: Input, stem: Path, bounds: Bounds) -> Document:
    path = stem.with_suffix("." + source.format.extension)
    digest = hashlib.sha256()
    try:
        with source.opened() as stream, path.open("wb") as target:
            size = _copied(stream, target, InputTooLarge(source.name, bounds.max_bytes), digest.update)
        _unpack(path, source.name, bounds)
    except OSError as error:
        raise MissingFile(f"Cannot read {source.name}: {error.strerror or error}.") from error
    return Document(source.name, source.format, digest.hexdigest(), size, path)


def _copied(
    stream: BinaryIO, target: IO[bytes], error: InputTooLarge, look: Callable[[bytes], None] = lambda _: None
) -> int:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > error.limit:
            raise error
        look(chunk)
        target.write(chunk)
    return size


def _unpack(path: Path, name: str, bounds: Bounds) -> None:
    """Replace a gzip file by what is in it."""
    with path.open("rb") as raw:
        if raw.read(2) != _GZIP:
            return
    unpacked = path.with_suffix(".unpacked")
    try:
        with gzip.open(path) as stream, unpacked.open("wb") as target:
            _copied(cast(BinaryIO, stream), target, InputTooLarge(name, bounds.max_bytes, unpacked=True))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataSyntaxError(name, 0, 0, f"not a whole gzip file ({error})") from error
    unpacked.replace(path)


def _parsed(taken: Sequence[Document], bounds: Bounds, base_iri: str | None) -> tuple[Document, ...]:
    told = _told_by_reader(taken, bounds, base_iri)
    errors: list[DataSyntaxError] = []
    parsed: list[Document] = []
    for document, line in zip(taken, told, strict=False):
        if "message" in line:
            errors.append(DataSyntaxError(document.name, line["line"], line["column"], line["message"]))
        else:
            parsed.append(replace(document, statements=line["statements"], graphs=tuple(line["graphs"])))
    if errors:
        first, *others = errors
        message = "\n".join([first.message, *map(str, others)])
        raise DataSyntaxError(first.file, first.line, first.column, message)
    return tuple(parsed)


def _told_by_reader(taken: Sequence[Document], bounds: Bounds, base: str | None) -> list[dict[str, Any]]:
    """What the reader says of each document. If it dies, the one that it was at is to blame."""
    documents = [
        {"path": str(d.path), "format": d.format.short, "into": str(d.triples_path), "base": base or ""}
        for d in taken
    ]
    command = [sys.executable, "-m", "conflictgraph.ingest.reader"]
    limits = [str(bounds.memory_mb), str(bounds.max_bytes)]
    try:
        done = subprocess.run(
            [*command, *limits],
            input=json.dumps(documents).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_secrets(),
            timeout=bounds.seconds,
            check=False,
        )
        output, reason = done.stdout, _death(done.returncode, bounds)
    except subprocess.TimeoutExpired as error:
        output, reason = error.output or b"", f"it took longer than {bounds.seconds:g} s to read"
    told: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    if len(told) < len(taken):
        told.append({"message": reason, "line": 0, "column": 0})
    return told


def _death(status: int, bounds: Bounds) -> str:
    if status == -11:
        return "it is nested too deeply to be read"
    return f"it took more than {bounds.memory_mb} MB of memory to read (process status {status})"
