"""The id of a request, by which lines of the log and an answer are told to belong together.

Must not know what is logged.
"""

import random
import re

HEADER = "X-Request-Id"
ENVIRON = "HTTP_X_REQUEST_ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._~-]{1,128}")


def request_id(given: str | None) -> str:
    """The id that the client gives, if it is well-formed; otherwise a new one."""
    if given is not None and _WELL_FORMED.fullmatch(given):
        return given
    return f"{random.getrandbits(64):016x}"  # no secret; to ask the system takes turns
