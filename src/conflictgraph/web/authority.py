"""Who may write over HTTP: whoever sends the bearer token (RFC 6750).

Must not know what is written. The token is never kept in a message, a log or a response.
"""

import hmac

from flask import request

from conflictgraph.errors import MissingFile, SettingError, TokenRefused, WritingOff
from conflictgraph.settings import Settings, variable


def require_token(settings: Settings) -> None:
    """Pass a request with the right token. Raises `WritingOff` if none is set, `TokenRefused` otherwise."""
    expected = _token(settings)
    if expected is None:
        raise WritingOff(
            "Writing over HTTP is off here. Whoever runs this copy can put a token into a file, set "
            f"{variable('token_file')} to its path, and start it again. The command line writes without one."
        )
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise TokenRefused(given=False)
    if not hmac.compare_digest(given.strip().encode("latin-1", "replace"), expected.encode("utf-8")):
        raise TokenRefused(given=True)


def _token(settings: Settings) -> str | None:
    """The token of the file, which may be changed while the server runs, or of the setting."""
    if settings.token_file is None:
        return settings.token
    try:
        token = settings.token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFile("The file with the token cannot be read.") from error
    if not token:
        raise SettingError(variable("token_file"), "a file with a token in it", "an empty file")
    return token
