"""The headers of requests and answers, as components of the document.

Must not know which operation has which.
"""

from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


def _header(description: str, pattern: str = "", *, always: bool = False) -> Json:
    schema: Json = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"description": description, "required": always, "schema": schema}


COMPONENTS: Json = {
    "Access-Control-Allow-Origin": _header("Any origin may read the answer.", r"^\*$", always=True),
    "Access-Control-Expose-Headers": _header("The headers that scripts of other origins see.", always=True),
    "Content-Security-Policy": _header("What a browser may load and run.", "default-src 'none'", always=True),
    "X-Content-Type-Options": _header("The type is as it says.", "^nosniff$", always=True),
    "Referrer-Policy": _header("Other hosts do not learn the address.", "^same-origin$", always=True),
    "Cross-Origin-Opener-Policy": _header(
        "Pages of others get no hold of ours.", "^same-origin$", always=True
    ),
    "X-Request-Id": _header(
        "By this id the log tells of the request.", r"^[A-Za-z0-9._~-]{1,128}$", always=True
    ),
    "Cache-Control": _header(
        "`public`: the answer follows from a generation; `no-store`: from more.", always=True
    ),
    "ETag": _header("Names the answer for `If-None-Match`.", r'^(W/)?".+"$'),
    "Vary": _header("The request headers on which the answer depends."),
    "Link": _header("What describes this, other versions of it (RFC 8288)."),
    "Location": _header("Where to go on.", r"^/"),
    "Memento-Datetime": _header("When the generation was published (RFC 7089).", "GMT$"),
    "Query-Id": _header("By this id the query can be cancelled.", r"^[A-Za-z0-9._~-]{16,128}$"),
    "Content-Disposition": _header("A name for the file."),
    "Accept-Ranges": _header("`bytes`: parts can be asked for.", "^bytes$"),
    "Content-Range": _header("Which part of the file it is (RFC 9110, 14.4)."),
    "Cache-Status": _header("`conflictgraph; hit` if the answer was kept (RFC 9211)."),
    "Retry-After": _header("Seconds to wait.", r"^\d+$"),
    "RateLimit": _header("Requests left to this client, and for how long."),
    "RateLimit-Policy": _header("Requests a client has in a minute."),
    "WWW-Authenticate": _header("Which token is expected (RFC 6750).", "^Bearer "),
    "Allow": _header("The methods that work here."),
    "Access-Control-Allow-Methods": _header("The same, for a browser."),
    "Access-Control-Allow-Headers": _header("What a script of another origin may send."),
    "Access-Control-Max-Age": _header("Seconds for which a browser may keep that."),
}

ALWAYS = tuple(name for name, header in COMPONENTS.items() if header["required"])
LIMITED = ("RateLimit", "RateLimit-Policy")
KEPT = ("ETag", "Vary", "Link", "Memento-Datetime", "Cache-Status", *LIMITED)
PREFLIGHT = (
    "Allow",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
)
OF_STATUS: dict[HTTPStatus, tuple[str, ...]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After", *LIMITED),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


def named(*names: str) -> Json:
    """References to the headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
