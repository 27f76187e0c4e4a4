"""What went wrong, as Problem Details (RFC 9457) or as a page, by Accept.

Must not know routes. One table turns kinds of error into HTTP statuses.
"""

from http import HTTPStatus

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException

from conflictgraph import errors as e
from conflictgraph import formats
from conflictgraph.gate.reports import report_as
from conflictgraph.web import notes

_STATUSES: tuple[tuple[type[e.ConflictGraphError], HTTPStatus], ...] = (
    (e.QuerySyntaxError, HTTPStatus.BAD_REQUEST),
    (e.UpdateRefused, HTTPStatus.FORBIDDEN),
    (e.QueryRefused, HTTPStatus.BAD_REQUEST),
    (e.MalformedRequest, HTTPStatus.BAD_REQUEST),
    (e.NotAcceptable, HTTPStatus.NOT_ACCEPTABLE),
    (e.UnsupportedMediaType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (e.BodyTooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (e.QueryTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (e.QueryTimeout, HTTPStatus.SERVICE_UNAVAILABLE),
    (e.QueryOutOfMemory, HTTPStatus.SERVICE_UNAVAILABLE),
    (e.QueryCancelled, HTTPStatus.SERVICE_UNAVAILABLE),
    (e.QueryIdTaken, HTTPStatus.CONFLICT),
    (e.ResultTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (e.TooManyRows, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (e.TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (e.NotFound, HTTPStatus.NOT_FOUND),
    (e.WritingOff, HTTPStatus.FORBIDDEN),
    (e.TokenRefused, HTTPStatus.UNAUTHORIZED),
    (e.LocalOnly, HTTPStatus.FORBIDDEN),
    (e.AskerError, HTTPStatus.BAD_REQUEST),
    (e.StoreLocked, HTTPStatus.CONFLICT),
    (e.RemoteFailed, HTTPStatus.BAD_GATEWAY),
    (e.EngineError, HTTPStatus.SERVICE_UNAVAILABLE),
    (e.DataSyntaxError, HTTPStatus.BAD_REQUEST),
    (e.InputTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (e.DataError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (e.ConfigurationError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(kind: type[e.ConflictGraphError]) -> HTTPStatus:
    """The status of a kind of error: the first row that fits."""
    return next(
        (status for row, status in _STATUSES if issubclass(kind, row)), HTTPStatus.INTERNAL_SERVER_ERROR
    )


def register(app: Flask) -> None:
    """Answer the project's own errors, and those of HTTP, in one form."""

    @app.errorhandler(e.ConflictGraphError)
    def own(error: e.ConflictGraphError) -> Response:
        notes.here().error = error
        extra = {key: value for key in ("line", "column") if (value := getattr(error, key, 0))}
        extra |= {"offered": list(error.offered)} if isinstance(error, e.NotAcceptable) else {}
        response = problem(status_of(type(error)), str(error), kind=type(error).__name__, **extra)
        if isinstance(error, e.TooManyRequests):
            response.headers["Retry-After"] = str(error.seconds)
        if isinstance(error, e.TokenRefused):
            reason = ', error="invalid_token"' if error.given else ""
            response.headers["WWW-Authenticate"] = f'Bearer realm="conflictgraph"{reason}'
        return response

    @app.errorhandler(e.DoesNotConform)
    def refused(error: e.DoesNotConform) -> Response:
        notes.here().error = error
        media_types = [f.media_type for f in formats.RDF_FORMATS]
        asked = request.accept_mimetypes.best_match(["application/problem+json", "text/html", *media_types])
        if asked in media_types and asked in request.accept_mimetypes.values():
            report = report_as(formats.rdf_by_content_type(asked).short, error.report)
            return Response(report, status_of(type(error)), content_type=asked, headers={"Vary": "Accept"})
        report = json.loads(report_as("json", error.report))
        return problem(
            status_of(type(error)),
            error.words or str(error),
            kind=type(error).__name__,
            report=report,
            rejected=error.rejected,
        )

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        response = problem(HTTPStatus(error.code or 500), error.description or error.name)
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response


def told(status: HTTPStatus, detail: str, **extra: object) -> dict[str, object]:
    """The members of a problem (RFC 9457, 3.1)."""
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **extra}


def problem(status: HTTPStatus, detail: str, **extra: object) -> Response:
    """The response for an error: `title` says its kind, `detail` what happened here."""
    if request.accept_mimetypes.best_match(["application/problem+json", "text/html"]) == "text/html" and (
        "text/html" in request.accept_mimetypes.values()
    ):
        page = render_template("problem.html", status=status, detail=detail, extra=extra)
        return Response(page, status, content_type="text/html; charset=utf-8", headers={"Vary": "Accept"})
    response = Response(
        json.dumps(told(status, detail, **extra)) + "\n", status, content_type="application/problem+json"
    )
    response.headers["Vary"] = "Accept"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response
