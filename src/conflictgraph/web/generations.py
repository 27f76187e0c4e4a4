"""The generations that can be asked, and what was published: as JSON or as a page.

Must not know how anything is published.
"""

from typing import Any

from flask import Blueprint, Response, json, render_template

from conflictgraph import provenance
from conflictgraph.errors import NotFound
from conflictgraph.provenance import Publication
from conflictgraph.snapshot import Snapshot
from conflictgraph.store.port import Generation, Store
from conflictgraph.web.negotiation import prefers_html


def blueprint(store: Store) -> Blueprint:
    """The routes `/generations` and `/generations/…`."""
    part = Blueprint("generations", __name__)

    @part.get("/generations")
    def generations() -> Response:
        """Every generation that is kept, newest first."""
        return _shown(_described(store), {"generations": _described(store)})

    @part.get("/generations/<int:number>")
    def generation(number: int) -> Response:
        """One generation."""
        for described in _described(store):
            if described["number"] == number:
                return _shown([described], described)
        raise NotFound(f"There is no generation {number}. /generations lists those that are kept.")

    return part


def _shown(rows: list[dict[str, Any]], body: dict[str, Any]) -> Response:
    if prefers_html():
        page = render_template("generations.html", generations=rows)
        return Response(page, content_type="text/html; charset=utf-8", headers={"Vary": "Accept"})
    return Response(json.dumps(body) + "\n", content_type="application/json", headers={"Vary": "Accept"})


def _described(store: Store) -> list[dict[str, Any]]:
    kept = store.generations
    told = {made.number: made for made in provenance.publications(Snapshot(store))} if kept else {}
    return [_description(each, told.get(each.number), each is kept[-1]) for each in reversed(kept)]


def _description(kept: Generation, made: Publication | None, current: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "number": kept.number,
        "published": kept.published.isoformat(timespec="seconds"),
        "note": kept.note,
        "base": kept.base,
        "current": current,
        "sparql": f"/sparql?generation={kept.number}",
    }
    if made:
        described |= {
            "by": made.agent,
            "software": f"conflictgraph {made.version}",
            "added": made.added,
            "removed": made.removed,
            "warnings": made.warnings,
            "inputs": [{"name": used.name, "sha256": used.sha256} for used in made.inputs],
        }
    return described
