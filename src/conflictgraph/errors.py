# ruff: noqa: N818  # the name says what is wrong; the tree says that it is an error
"""Every error this package raises on purpose, sorted by whose fault it is.

Must not know how an error is shown: one table in the web layer turns kinds into HTTP statuses, one in the
command line turns them into exit codes.

    ConflictGraphError
    ├── AskerError               the request cannot be answered as it was put
    │   ├── QuerySyntaxError         not SPARQL; carries line and column
    │   ├── QueryRefused             SPARQL, but something that is not done here (SERVICE, unknown function)
    │   ├── UpdateRefused            an update where a query belongs, or into a graph that is derived
    │   ├── MalformedRequest         a header or parameter that does not follow its grammar
    │   ├── NotAcceptable            none of the formats asked for is offered
    │   ├── UnsupportedMediaType     the body is in a format that is not read
    │   ├── BodyCutOff               the client went away before its body was there
    │   ├── BodyTooSlow              the body came too slowly
    │   ├── QueryTooLarge            the text of the query or the body passes its limit
    │   ├── QueryTimeout             evaluation passed its deadline and was killed
    │   ├── QueryOutOfMemory         evaluation passed its memory limit and was killed
    │   ├── QueryTooDeep             evaluation ran out of stack, which ended its worker
    │   ├── QueryCancelled           somebody asked for the query to be stopped
    │   ├── QueryIdTaken             another query with this id runs
    │   ├── ResultTooLarge           the result passed its size limit and was cut off
    │   ├── TooManyRows              the result passed its limit of rows and was cut off
    │   ├── TooManyRequests          this client asks more, or more at a time, than it may
    │   ├── NotFound                 no such thing, graph or generation
    │   ├── WritingOff               no token is set here, so nobody may write
    │   ├── TokenRefused             the token is missing or not the right one
    │   ├── LocalOnly                for programs on the machine itself, and the request comes from elsewhere
    │   └── UsageError               flags or arguments that do not go together
    ├── EngineError              the store cannot do what it should
    │   ├── StoreUnavailable         no generation can be opened, or the directory cannot be used
    │   │   └── StoreEmpty               nothing has been published yet
    │   ├── StoreLocked              another process is writing
    │   ├── StoreBusy                every worker is taken and too many wait, or others have waited too long
    │   │   └── GaveWay                  the query had begun, but ran long while others waited
    │   ├── NotReady                 the store cannot be asked now, or does not answer in good time
    │   ├── RemoteFailed             another host did not answer as it should
    │   ├── DraftClosed              the draft was published, discarded or lost
    │   └── WorkerFailed             a worker process died without saying why
    ├── DataError                the data is not what it should be
    │   ├── DataSyntaxError          carries file, line and column
    │   ├── InputTooLarge            a document passes its limit, maybe only once it is unpacked
    │   └── DoesNotConform           a shape is violated; carries the report
    └── ConfigurationError       the surroundings are not as they must be
        ├── MissingFile              a file that is needed is not there
        ├── SettingError             a setting has no usable value
        └── PortTaken                another program listens there
"""

from collections.abc import Iterable


class ConflictGraphError(Exception):
    """Anything this package raises on purpose. Its text is one or more sentences for a person."""


class AskerError(ConflictGraphError):
    """The request cannot be answered as it was put; putting it the same way again will not help."""


class QuerySyntaxError(AskerError):
    """The text is not SPARQL. `line` and `column` count from 1; 0 means the place is not known."""

    def __init__(self, line: int, column: int, message: str) -> None:
        self.line, self.column, self.message = line, column, message
        place = f"line {line}, column {column}: " if line else ""
        super().__init__(f"{place}{message}")


class QueryRefused(AskerError):
    """The query is SPARQL but asks for something that is not done here."""


class UpdateRefused(AskerError):
    """An update request where only queries are taken, or an update of a graph that is derived."""


class MalformedRequest(AskerError):
    """A header or a parameter does not follow its grammar."""


class NotAcceptable(AskerError):
    """None of the formats asked for is offered; `offered` lists the media types that are."""

    def __init__(self, asked: str, offered: Iterable[str]) -> None:
        self.asked, self.offered = asked, tuple(offered)
        super().__init__(f"Cannot answer as {asked!r}. Offered: {', '.join(self.offered)}.")


class UnsupportedMediaType(AskerError):
    """The body is in a format that is not read; `supported` lists the media types that are."""

    def __init__(self, found: str, supported: Iterable[str]) -> None:
        self.found, self.supported = found, tuple(supported)
        super().__init__(f"Cannot read {found!r}. Supported: {', '.join(self.supported)}.")


class BodyCutOff(AskerError):
    """The body ended after `found` bytes, although `expected` (None: an unknown number) were announced."""

    def __init__(self, found: int, expected: int | None) -> None:
        self.found, self.expected = found, expected
        wanted = "more than that" if expected is None else f"{expected}"
        super().__init__(f"The body has {found} bytes; expected {wanted}. Nothing was done with it.")


class BodyTooSlow(AskerError):
    """After so many `seconds` only `found` bytes of the body were there."""

    def __init__(self, found: int, seconds: float) -> None:
        self.found, self.seconds = found, seconds
        super().__init__(
            f"The body came too slowly: {found} bytes in {seconds:.0f} s. Nothing was done with it."
        )


class QueryTooLarge(AskerError):
    """The text of the query, or the body of the request, is longer than its limit of `limit` bytes."""

    def __init__(self, found: int, limit: int) -> None:
        self.found, self.limit = found, limit
        super().__init__(f"The request has {found} bytes, the limit is {limit}.")


class QueryTimeout(AskerError):
    """Evaluation passed its deadline of `seconds` and was killed; `waited` were gone when it began."""

    def __init__(self, seconds: float, waited: float = 0.0) -> None:
        self.seconds, self.waited = seconds, waited
        limit = f"The query was stopped at its limit of {seconds:g} s"
        super().__init__(
            f"{limit}, {waited:.1f} s of which it had waited. Ask again later, or make it more selective."
            if waited > seconds / 10
            else f"{limit}. Make it more selective, or add a LIMIT."
        )


class QueryOutOfMemory(AskerError):
    """Evaluation passed its memory limit of `megabytes` and was killed."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        super().__init__(
            f"The query was stopped at its memory limit of {megabytes} MB. "
            "Sort, group or keep DISTINCT less, or make it more selective."
        )


class QueryTooDeep(AskerError):
    """Evaluation needed more stack than there is, which ended its process."""

    def __init__(self) -> None:
        super().__init__(
            "The query is nested too deeply to be evaluated. Nest less, or chain fewer operators."
        )


class QueryCancelled(AskerError):
    """Somebody asked for the query to be stopped."""

    def __init__(self) -> None:
        super().__init__("The query was cancelled.")


class ResultTooLarge(AskerError):
    """The serialised result passed its limit of `limit` bytes and was cut off."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The result passed its limit of {limit} bytes. Add a LIMIT, or ask in parts.")


class TooManyRows(AskerError):
    """The result of a SELECT passed its limit of `limit` rows and was cut off."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The result passed its limit of {limit} rows. Add a LIMIT, or ask in parts.")


class QueryIdTaken(AskerError):
    """Another query with the same id runs, so that cancelling could not tell them apart."""


class TooManyRequests(AskerError):
    """A client asks more, or more at a time, than it may; in `seconds` it may ask again."""

    def __init__(self, message: str, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(message)


class NotFound(AskerError):
    """There is no such thing, graph or generation."""


class WritingOff(AskerError):
    """No token is set where this copy runs, so that nobody may write over HTTP."""


class TokenRefused(AskerError):
    """The request carries no token, or (`given`) not the right one. The token itself is not kept."""

    def __init__(self, *, given: bool) -> None:
        self.given = given
        super().__init__(
            "The bearer token is not the right one."
            if given
            else "Writing needs a token: send 'Authorization: Bearer …'."
        )


class LocalOnly(AskerError):
    """Only programs on the machine itself may ask for this."""


class UsageError(AskerError):
    """Flags or arguments that do not go together or have no meaning."""


class EngineError(ConflictGraphError):
    """The store or one of its processes cannot do what it should."""


class StoreUnavailable(EngineError):
    """No generation can be opened, or the store's directory cannot be read or written."""


class StoreEmpty(StoreUnavailable):
    """The store is in order, but nothing has been published in it yet."""


class StoreLocked(EngineError):
    """Another draft is open, in this process or another; there is one writer at a time."""


class StoreBusy(EngineError):
    """The queue is full, the wait was too long, or the query gave way to others; try again later."""


class GaveWay(StoreBusy):
    """The query was stopped because it ran long while others waited; try again later."""


class NotReady(EngineError):
    """The store cannot be asked now, or does not answer in good time."""


class RemoteFailed(EngineError):
    """Another host that the request names was not reached, or did not answer as it should."""


class DraftClosed(EngineError):
    """The draft was published, discarded or lost with its process; nothing more can be done with it."""


class WorkerFailed(EngineError):
    """A worker process died without saying why."""


class DataError(ConflictGraphError):
    """Data that was handed in is not what it should be."""


class DataSyntaxError(DataError):
    """A document is not in the format it claims. `line` and `column` count from 1; 0 means not known."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        self.file, self.line, self.column, self.message = file, line, column, message
        place = f"{file}:{line}:{column}" if line else file
        super().__init__(f"{place}: {message}")


class InputTooLarge(DataError):
    """A document is longer than `limit` bytes as it came, or unpacked."""

    def __init__(self, name: str, limit: int, *, unpacked: bool = False) -> None:
        self.limit = limit
        unpacking = " unpacked" if unpacked else ""
        super().__init__(f"{name} has more than {limit} bytes{unpacking}; that is the limit.")


class DoesNotConform(DataError):
    """Data violates a shape; `report` says which node, path and shape, and what to do.

    `words` is the report for a person, empty if nobody put it into words yet; `rejected` is the number under
    which the input is kept, if it is.
    """

    def __init__(
        self,
        report: object,
        message: str = "The data does not conform to its shapes.",
        *,
        words: str = "",
        rejected: int | None = None,
    ) -> None:
        self.report, self.words, self.rejected = report, words, rejected
        super().__init__(message)


class ConfigurationError(ConflictGraphError):
    """The surroundings are not as they must be for the program to work."""


class MissingFile(ConfigurationError):
    """A file that is needed is not there, or cannot be read."""


class SettingError(ConfigurationError):
    """The setting `variable` should hold what `expected` says, but holds `found`."""

    def __init__(self, variable: str, expected: str, found: str) -> None:
        self.variable, self.expected, self.found = variable, expected, found
        super().__init__(f"{variable} must be {expected}; found {found!r}.")


class PortTaken(ConfigurationError):
    """Another program already listens at the address."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(f"Port {port} on {host} is taken. Stop the other program, or choose another port.")
