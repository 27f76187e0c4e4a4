"""From a canonical IRI to the address at which this copy describes it."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Links:
    """Knows the base of the canonical IRIs."""

    base: str

    def href(self, iri: str) -> str | None:
        """A path on this host, the IRI itself if it is http(s), None for what must not be a link."""
        if iri.startswith(self.base + "ontology#"):
            return "/term/" + quote(iri.removeprefix(self.base + "ontology#"))
        if iri.startswith(self.base + "id/"):
            return "/doc/" + quote(iri.removeprefix(self.base + "id/"))
        for part in ("scheme/", "ontology"):
            if iri.startswith(self.base + part):
                return "/" + quote(iri.removeprefix(self.base))
        return iri if iri.startswith(("http://", "https://")) else None
