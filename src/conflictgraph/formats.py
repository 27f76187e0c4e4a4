"""The formats of results and of RDF: their names, and which one an Accept header asks for.

Must not know HTTP beyond the grammar of that header (RFC 9110, section 12.5.1).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import QueryResultsFormat, RdfFormat

from conflictgraph.errors import MalformedRequest, NotAcceptable, UnsupportedMediaType, UsageError


@dataclass(frozen=True, slots=True)
class Format:
    """One serialisation. `media_type` is bare, `content_type` has the charset where it must be said."""

    short: str
    name: str
    media_type: str
    extension: str
    charset: str | None = None
    aliases: tuple[str, ...] = ()
    other_extensions: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """What a Content-Type header says."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type


JSON = Format(
    "json",
    "SPARQL Results in JSON",
    "application/sparql-results+json",
    "srj",
    aliases=("application/json",),
    other_extensions=("json",),
)
XML = Format(
    "xml",
    "SPARQL Results in XML",
    "application/sparql-results+xml",
    "srx",
    aliases=("application/xml", "text/xml"),
    other_extensions=("xml",),
)
CSV = Format("csv", "SPARQL Results in CSV", "text/csv", "csv", charset="utf-8")
TSV = Format("tsv", "SPARQL Results in TSV", "text/tab-separated-values", "tsv", charset="utf-8")

TURTLE = Format(
    "ttl", "Turtle", "text/turtle", "ttl", aliases=("application/x-turtle",), other_names=("n3", "text/n3")
)
NTRIPLES = Format("nt", "N-Triples", "application/n-triples", "nt", aliases=("text/plain",))
NQUADS = Format("nq", "N-Quads", "application/n-quads", "nq", aliases=("text/x-nquads",))
TRIG = Format("trig", "TriG", "application/trig", "trig", aliases=("application/x-trig",))
RDFXML = Format(
    "rdf",
    "RDF/XML",
    "application/rdf+xml",
    "rdf",
    aliases=("application/xml", "text/xml"),
    other_extensions=("owl", "xml"),
    other_names=("rdf+xml", "rdfxml"),
)
JSONLD = Format(
    "jsonld",
    "JSON-LD",
    "application/ld+json",
    "jsonld",
    aliases=("application/json",),
    other_extensions=("json",),
)

RESULT_FORMATS = (JSON, XML, CSV, TSV)
RDF_FORMATS = (TURTLE, NTRIPLES, NQUADS, TRIG, RDFXML, JSONLD)
"""Both in the order of preference, which decides where a client has none."""

_RESULT_ENGINE = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_RDF_ENGINE = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def result_engine_format(short: str) -> QueryResultsFormat:
    """What pyoxigraph calls the result format with that short name."""
    return _RESULT_ENGINE[short]


def rdf_engine_format(short: str) -> RdfFormat:
    """What pyoxigraph calls the RDF format with that short name."""
    return _RDF_ENGINE[short]


def by_name(name: str, offered: Iterable[Format] = RESULT_FORMATS + RDF_FORMATS) -> Format:
    """The format with this short name, extension, full name or media type; `UsageError` if there is none."""
    return all_by_name(name, offered)[0]


def all_by_name(name: str, offered: Iterable[Format] = RESULT_FORMATS + RDF_FORMATS) -> tuple[Format, ...]:
    """The formats that go by a name, the best fit first: `xml` is one for rows and one for triples.

    Raises `UsageError` if there is none.
    """
    offered = tuple(offered)
    wanted = name.strip().lower().removeprefix(".")
    exact = [f for f in offered if wanted in (f.short, f.extension, f.name.lower(), f.media_type)]
    other = [f for f in offered if wanted in (*f.other_extensions, *f.aliases, *f.other_names)]
    if not exact and not other:
        raise UsageError(f"There is no format {name!r}. Choose from: {', '.join(f.short for f in offered)}.")
    return tuple(dict.fromkeys([*exact, *other]))


def rdf_by_filename(filename: str) -> Format:
    """The RDF format that a file's name tells, with `.gz` at its end passed over; `UsageError` if none."""
    parts = filename.lower().removesuffix(".gz").rsplit("/", 1)[-1].rsplit(".", 1)
    for format in RDF_FORMATS:
        if len(parts) == 2 and parts[1] in (format.extension, *format.other_extensions):
            return format
    known = ", ".join("." + f.extension for f in RDF_FORMATS)
    raise UsageError(
        f"{filename}: cannot tell the format from the name. Known endings: {known}, each also .gz."
    )


def rdf_by_content_type(content_type: str) -> Format:
    """The RDF format of a body with that Content-Type; `UnsupportedMediaType` if none is read."""
    media_type = content_type.split(";", 1)[0].strip().lower()
    for format in RDF_FORMATS:
        if media_type == format.media_type:
            return format
    for format in RDF_FORMATS:
        if media_type in format.aliases:
            return format
    raise UnsupportedMediaType(content_type, (f.media_type for f in RDF_FORMATS))


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    subtype: str
    quality: float

    def specificity(self, media_type: str) -> int:
        """0 where the range does not cover the media type, 3 for the very type, 2 for type/*, 1 for */*."""
        type, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == (type, subtype):
            return 3
        if (self.type, self.subtype) == (type, "*"):
            return 2
        return 1 if (self.type, self.subtype) == ("*", "*") else 0


_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*\Z")
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*({_TOKEN}|"(?:[^"\\]|\\.)*")\s*\Z')
_QUALITY = re.compile(r"(?:0?\.\d{1,3}|0\.?|1(?:\.0{0,3})?)\Z")
_UNQUOTED = r'(?:[^"{0}]|"(?:[^"\\]|\\.)*")+'
_ELEMENT = re.compile(_UNQUOTED.format(","))
_PART = re.compile(_UNQUOTED.format(";"))


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """The offered format that the Accept header likes best, under the media type by which it was asked for.

    The most specific range that covers a media type gives its quality; among equals the more specific range
    wins, then the order of `offered`. No header, or an empty one, takes the first. Raises
    `MalformedRequest` for a header that does not parse (but takes the `*; q=.2` that Java's own client
    sends) and `NotAcceptable` if nothing fits.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    best: tuple[tuple[float, int], Format] | None = None
    for format in offered:
        for media_type in (format.media_type, *format.aliases):
            score = _score(media_type, ranges, is_alias=media_type != format.media_type)
            if score[0] > 0 and (best is None or score > best[0]):
                best = score, replace(format, media_type=media_type)
    if best is None:
        raise NotAcceptable(accept, (f.media_type for f in offered))
    return best[1]


def _score(media_type: str, ranges: Sequence[_Range], *, is_alias: bool) -> tuple[float, int]:
    # An alias answers only to its own name: */* must not turn sparql-results+json into plain json.
    fitting = [(r.specificity(media_type), r.quality) for r in ranges]
    specificity, quality = max(fitting, default=(0, 0.0))
    if specificity == 0 or (is_alias and specificity < 3):
        return 0.0, 0
    return quality, specificity


def _ranges(accept: str) -> list[_Range]:
    elements = [element for element in _ELEMENT.findall(accept) if element.strip()]
    if not elements or '"' in _ELEMENT.sub("", accept):
        raise _malformed(accept, accept)
    return [_range(element, accept) for element in elements]


def _range(element: str, accept: str) -> _Range:
    head, *parameters = _PART.findall(element) or [element]
    match = _MEDIA_RANGE.match("*/*" if head.strip() == "*" else head)
    if match is None or (match[1] == "*" and match[2] != "*"):
        raise _malformed(accept, element)
    quality = 1.0
    for parameter in parameters:
        if not parameter.strip():
            continue
        pair = _PARAMETER.match(parameter)
        if pair is None or (pair[1].lower() == "q" and not _QUALITY.match(pair[2])):
            raise _malformed(accept, element)
        if pair[1].lower() == "q":
            quality = float(pair[2])
    return _Range(match[1].lower(), match[2].lower(), quality)


def _malformed(accept: str, element: str) -> MalformedRequest:
    return MalformedRequest(
        f"The Accept header {accept!r} does not parse at {element.strip()!r}: expected media ranges such as "
        "'text/csv' or 'text/*;q=0.5', separated by commas."
    )
