"""Which generation a request asks for, and how its answer says so: Memento (RFC 7089).

Must not know what is answered. Every address is its own timegate; `?generation=N` names a memento.
"""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from conflictgraph.errors import MalformedRequest, NotFound
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Generation, Store
from conflictgraph.web import freshness

VARIES = ("Accept", "Accept-Datetime")
"""The headers of a request that an answer depends on."""

_LONGEST = 2_000
"""Bytes of an address up to which a link to it goes into a header."""


def asked(store: Store, parameters: "MultiDict[str, str] | None" = None) -> Generation | None:
    """The past generation that the request names by number, or by date in `Accept-Datetime`.

    None if it names neither. Before the first kept one, the first. Raises `MalformedRequest`, `NotFound`.
    """
    text = (request.args if parameters is None else parameters).get("generation")
    if text is not None:
        return _numbered(store, text)
    wanted = request.headers.get("Accept-Datetime")
    if wanted is None:
        return None
    moment, kept = _moment(wanted), store.generations
    if not kept:
        raise NotFound("Nothing is published yet.")
    before = [generation for generation in kept if _second(generation) <= moment]
    return before[-1] if before else kept[0]


def shown(store: Store, generation: Generation | None) -> Snapshot:
    """The store as it was in the generation; without one, as it is."""
    return Snapshot(store, generation.number if generation else None)


def marked(response: Response, generation: Generation | None, *, repeatable: bool = True) -> Response:
    """The response with what Memento asks for: which moment it shows, and where others are."""
    freshness.of_generation(response, repeatable=repeatable)
    response.vary.update(VARIES)
    if generation is None:
        return response
    response.headers["Memento-Datetime"] = date(generation)
    arguments = [(k, v) for k, v in request.args.items(multi=True) if k != "generation"]
    original = request.base_url + ("?" + urlencode(arguments) if arguments else "")
    memento = f"{request.base_url}?{urlencode([*arguments, ('generation', str(generation.number))])}"
    if len(memento) <= _LONGEST:
        response.headers.add("Link", f'<{iri_to_uri(original)}>; rel="original timegate"')
        response.headers.add("Link", f'<{iri_to_uri(memento)}>; rel="memento"; datetime="{date(generation)}"')
    return response


def date(generation: Generation) -> str:
    """When the generation was published, as HTTP writes dates."""
    return format_datetime(_second(generation), usegmt=True)


def _numbered(store: Store, text: str) -> Generation:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise MalformedRequest(f"generation must be a whole number from 1; found {text!r}.")
    kept = store.generations
    for generation in kept:
        if generation.number == int(text):
            return generation
    numbers = ", ".join(str(generation.number) for generation in kept)
    raise NotFound(f"There is no generation {int(text)}. Kept are: {numbers}.")


def _moment(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise MalformedRequest(
            f"Accept-Datetime must be a date such as 'Wed, 14 Sep 2022 12:00:00 GMT'; found {text!r}."
        ) from error


def _second(generation: Generation) -> datetime:
    return generation.published.astimezone(UTC).replace(microsecond=0)
