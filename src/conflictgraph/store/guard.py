"""What a request would fetch from elsewhere, found in its text before it is evaluated.

Must not know engines. A first, strict form: see below.
"""

import re

from conflictgraph.errors import QueryRefused

_FETCH = re.compile(r"\b(?:service|load)\b", re.IGNORECASE)


def refuse_fetching(sparql: str) -> None:
    """Raise `QueryRefused` if the text may contain SERVICE or LOAD."""
    if _FETCH.search(sparql):
        raise QueryRefused("SERVICE and LOAD are off: nothing is fetched from elsewhere.")
