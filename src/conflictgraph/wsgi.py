"""The application for a WSGI server, as the environment says: `conflictgraph.wsgi:app`.

It writes its log to standard error.
"""

from conflictgraph import compose, logs
from conflictgraph.settings import from_environment

_settings = from_environment()
logs.configure(_settings.log_level)
app = compose.web_application(_settings)
