"""Those who publish in the mixed load, over HTTP and from the command line, and those who are refused.

Each notes what it is about to publish before it asks, and what it was told. Must not know who reads.
"""

import gzip
import hashlib
import itertools
import random
import time

from chronicle import LEFT, RIGHT, Effect, added, removed, replaced, returned
from guarded import BAD
from mixed_answers import SLUGS, THINGS
from mixed_commands import document, going_back, ingesting
from scene import TOKEN, Act, Scene
from tally import Exchange

from conflictgraph import graphs

LOCKED = 409
"""Somebody else wrote for longer than this one would wait."""

STORED = (200, 201, LOCKED)
_SALT = itertools.count()


def write(
    scene: Scene,
    who: str,
    path: str,
    method: str,
    body: bytes | None,
    effect: Effect,
    key: str = "",
    asked_for: tuple[int, ...] = STORED,
    **headers: str,
) -> Exchange:
    """One write over HTTP, in the chronicle under the checksum of its body or a note."""
    key = key or hashlib.sha256(body or b"").hexdigest()
    attempt = scene.chronicle.begin(key, effect, time.monotonic())
    done = scene.ask(who, path, method, body, asked_for, Authorization=f"Bearer {TOKEN}", **headers)
    attempt.ended = done.ended
    if done.reply and done.status in (200, 201):
        attempt.generation = int(done.reply.json["generation"])
    attempt.refused = 400 <= done.status < 500
    return done


def storing(thing: str) -> Act:
    """One who replaces a source over the Graph Store Protocol, adds to it, removes it."""
    path, numbers = f"/graph/source/{SLUGS[thing]}", itertools.count(1)
    note = f"Removal of source {SLUGS[thing]}"

    def act(scene: Scene, chance: random.Random) -> None:
        number, method = next(numbers), chance.choice(["PUT", "PUT", "PUT", "POST", "DELETE"])
        if method == "DELETE":
            write(scene, "DELETE", path, method, None, removed(thing), note, (200, 404, LOCKED))
            return
        body = document(thing, number)
        effect = replaced(thing, number) if method == "PUT" else added(thing, number)
        if chance.random() < 0.5:
            body, more = gzip.compress(body), {"Content_Encoding": "gzip"}
        else:
            more = {}
        write(scene, method, path, method, body, effect, "", STORED, Content_Type="text/turtle", **more)

    return act


def updating(thing: str) -> Act:
    """One who writes into two sources with each update."""
    numbers = itertools.count(1)
    left, right = (graphs.source(f"{SLUGS[thing]}-{side}") for side in ("left", "right"))
    both = "GRAPH {} {{ <{}> <{}> {} }} GRAPH {} {{ <{}> <{}> {} }}"

    def act(scene: Scene, _: random.Random) -> None:
        number = next(numbers)
        old = both.format(left, thing, LEFT, "?l", right, thing, RIGHT, "?r")
        new = both.format(left, thing, LEFT, number, right, thing, RIGHT, number)
        where = f"OPTIONAL {{ GRAPH {left} {{ <{thing}> <{LEFT}> ?l }} }}"
        where += f" OPTIONAL {{ GRAPH {right} {{ <{thing}> <{RIGHT}> ?r }} }}"
        text = f"DELETE {{ {old} }} INSERT {{ {new} }} WHERE {{ {where} }} # {next(_SALT)}"
        kind = "application/sparql-update"
        write(scene, "update", "/update", "POST", text.encode(), replaced(thing, number), Content_Type=kind)

    return act


def refused(scene: Scene, chance: random.Random) -> None:
    """What the gate, or somebody before it, must refuse."""
    mark = f"\n# refused {next(_SALT)}".encode()
    path, put, update = "/graph/source/mixed-bad", ("PUT", "text/turtle"), "application/sparql-update"
    ontology = b"INSERT DATA { GRAPH <https://w3id.org/conflictgraph/graph/ontology> { <a:a> <a:b> <a:c> } }"
    elsewhere = b"LOAD <http://127.0.0.1:9/x> INTO GRAPH <https://w3id.org/conflictgraph/graph/source/x>"
    status, target, (method, kind), body = chance.choice(
        [
            (422, path, put, BAD),
            (400, path, put, b"<a:a> <a:b> ."),
            (400, path, put, b"<a:a> <a:b> '\xff' ."),
            (403, "/data?graph=https://w3id.org/conflictgraph/graph/ontology", put, b"<a:a> <a:b> <a:c> ."),
            (403, "/update", ("POST", update), ontology),
            (400, "/update", ("POST", update), elsewhere),
            (400, "/update", ("POST", update), b"INSERT DATA { GRAPH <a:a> {"),
        ]
    )
    write(scene, "refused", target, method, body + mark, returned(0), "", (status, LOCKED), Content_Type=kind)


WRITERS: list[tuple[Act, float]] = [
    (storing(THINGS[0]), 1.0),
    (storing(THINGS[1]), 2.0),
    (updating(THINGS[2]), 1.0),
    (refused, 1.5),
    (ingesting(THINGS[3]), 2.0),
    (going_back, 8.0),
]
