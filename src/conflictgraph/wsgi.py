"""The application for a WSGI server, as the environment says: `conflictgraph.wsgi:app`."""

from conflictgraph import compose, settings

app = compose.web_application(settings.from_environment())
