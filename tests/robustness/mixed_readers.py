"""The readers of the mixed load: each way to read, and whether the answer is right for some generation.

Must not know who publishes.
"""

import itertools
import random
import re
import urllib.parse

import mixed_answers as answers
from chronicle import THING, Row, Seen
from pyoxigraph import RdfFormat, parse
from runaways import ordinary
from scene import Act, Scene
from tally import Exchange

from conflictgraph import formats
from conflictgraph import vocabulary as v
from conftest import Reply

LARGE_ROWS = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
LARGE_GRAPH = "CONSTRUCT WHERE { ?s ?p ?o }"
GIVING_WAY = ("GaveWay", "QueryTimeout", "StoreBusy")
"""By these ends a query that is long, where much else is asked."""

_ROWS = [each.media_type for each in formats.RESULT_FORMATS]
_GRAPHS = [f.media_type for f in formats.RDF_FORMATS if f not in (formats.NQUADS, formats.TRIG)]
_CODINGS = ("identity", "gzip", "zstd", "zstd, gzip;q=0.5")
_SALT = itertools.count()
PAGES = [
    *("/", "/generations", "/ontology", "/.well-known/void", "/openapi.json", "/context.jsonld"),
    *("/doc/place/jermuk", "/doc/state/armenia", "/id/place/goris", "/sparql", "/scheme/measure"),
    *("/metrics", "/health", "/ready", "/static/style.css"),
]


def _path(query: str, **more: str) -> str:
    return "/sparql?" + urllib.parse.urlencode({"query": query, **more})


def _see(
    scene: Scene,
    done: Exchange,
    rows: frozenset[Row],
    thing: str = "",
    generation: int = 0,
    past: bool = False,
) -> None:
    scene.chronicle.see(Seen(done.who, done.asked, done.ended, rows, thing, generation, past))


def counters(scene: Scene, chance: random.Random) -> None:
    """All numbers and the generation, in any format and coding, asked in any way."""
    salt = f"\n# {next(_SALT)}" if chance.random() < 0.7 else ""
    more = {"Accept": chance.choice(_ROWS), "Accept_Encoding": chance.choice(_CODINGS)}
    if chance.random() < 0.5:
        done = scene.ask("numbers", _path(answers.EVERYTHING + salt), "GET", None, (200,), **more)
    else:
        more["Content_Type"] = "application/sparql-query"
        done = scene.ask("numbers", "/sparql", "POST", (answers.EVERYTHING + salt).encode(), (200,), **more)
    if done.reply and done.status == 200:
        generation, rows = answers.everything(done.reply)
        _see(scene, done, rows, generation=generation)


def conditional() -> Act:
    """A client that keeps its answer and asks whether it still holds."""
    kept: dict[str, tuple[int, frozenset[Row]]] = {}

    def act(scene: Scene, chance: random.Random) -> None:
        tags = {"If_None_Match": ", ".join(kept)} if kept else {}
        method = chance.choice(["GET", "GET", "HEAD"])
        coding = chance.choice(_CODINGS)
        path = _path(answers.EVERYTHING)
        done = scene.ask(
            "if changed", path, method, None, (200, 304), Accept="text/csv", Accept_Encoding=coding, **tags
        )
        if done.reply is None or done.status not in (200, 304):
            return
        tag = str(done.reply.headers["ETag"])
        if done.status == 200 and method == "GET":
            kept.clear()
            kept[tag] = answers.everything(done.reply)
        assert done.status == 200 or tag in kept, (tag, kept)
        assert method == "GET" or not done.reply.body
        if method == "GET" or done.status == 304:
            generation, rows = kept[tag]
            _see(scene, done, rows, generation=generation)

    return act


def one_thing(scene: Scene, chance: random.Random) -> None:
    """A look-up of one thing."""
    thing = chance.choice(answers.THINGS)
    query = f"SELECT ?p ?o {{ <{thing}> ?p ?o }}"
    done = scene.ask("look-up", _path(query), Accept=chance.choice(_ROWS))
    if done.reply and done.status == 200:
        _see(scene, done, answers.rows([thing, *row] for row in answers.values(done.reply)), thing)


def large(scene: Scene, chance: random.Random) -> None:
    """The whole merged view, as rows or as triples."""
    salt, coding = f"\n# {next(_SALT)}", chance.choice(_CODINGS)
    query, media_types = chance.choice([(LARGE_ROWS, _ROWS), (LARGE_GRAPH, _GRAPHS)])
    done = scene.ask(
        "everything",
        _path(query + salt),
        "GET",
        None,
        (200, *GIVING_WAY),
        Accept=chance.choice(media_types),
        Accept_Encoding=coding,
    )
    if done.reply and done.status == 200:
        found = answers.values(done.reply) if query is LARGE_ROWS else answers.triples(done.reply)
        _see(scene, done, answers.rows(row for row in found if row[0].startswith(THING)))


def past(scene: Scene, chance: random.Random) -> None:
    """A past generation, which may have gone since it was listed."""
    listed = scene.ask("generations", "/generations", Accept="application/json")
    if not listed.reply or listed.status != 200:
        return
    numbers = [each["number"] for each in listed.reply.json["generations"]]
    number = chance.choice(numbers)
    done = scene.ask(
        "past generation",
        _path(answers.EVERYTHING, generation=str(number)),
        "GET",
        None,
        (200, 404),
        Accept=chance.choice(_ROWS),
    )
    if done.reply and done.status == 200:
        generation, rows = answers.everything(done.reply)
        assert generation == number
        _see(scene, done, rows, generation=generation, past=True)
    elif done.status == 404 and number in numbers[: len(numbers) // 2]:
        scene.tally.fault(f"generation {number} was gone at once, of {numbers}")


def graph(scene: Scene, chance: random.Random) -> None:
    """A source as a document; there is none when its thing is removed."""
    thing = chance.choice(answers.THINGS[:2])
    path = f"/graph/source/{answers.SLUGS[thing]}"
    done = scene.ask("graph", path, "GET", None, (200, 404), Accept=chance.choice(_GRAPHS))
    if done.reply and done.status in (200, 404):
        _see(
            scene,
            done,
            answers.rows(answers.triples(done.reply)) if done.status == 200 else frozenset(),
            thing,
        )


def dump(scene: Scene, chance: random.Random) -> None:
    """Every named graph."""
    coding = chance.choice(_CODINGS)
    done = scene.ask("dump", "/dump.nq", "GET", None, (200, *GIVING_WAY), Accept_Encoding=coding)
    if done.reply and done.status == 200:
        text = done.reply.plain.decode()
        told = re.findall(rf"{re.escape(str(v.GENERATION_NUMBER))} \"(\d+)\"", text)
        lines = "\n".join(line for line in text.splitlines() if line.startswith(f"<{THING}"))
        _see(
            scene,
            done,
            answers.rows(answers.terms(parse(lines, RdfFormat.N_QUADS))),
            generation=max(map(int, told)),
        )


def page(scene: Scene, chance: random.Random) -> None:
    """A page, or what programs read."""
    path, method = chance.choice(PAGES), chance.choice(["GET", "HEAD"])
    accept = chance.choice(["text/html, */*;q=0.5", "*/*"]) if path != "/ready" else "application/json"
    done = scene.ask("page", path, method, None, (200, 303, "NotReady"), Accept=accept)
    if done.reply and done.status == 200 and done.reply.media_type == "text/html" and done.reply.body:
        assert b"</html>" in done.reply.plain, path


def questions() -> Act:
    """The competency queries and look-ups of the shipped graph: the same answer each time, since no
    publication here changes it.
    """
    texts, first = ordinary(), dict[str, list[str]]()

    def act(scene: Scene, chance: random.Random) -> None:
        text = chance.choice(texts)
        asked = text + f"\n# {next(_SALT)}" if chance.random() < 0.8 else text
        more = {"Accept": "text/csv", "Accept_Encoding": chance.choice(_CODINGS)}
        done = scene.ask("question", _path(asked), "GET", None, (200, *GIVING_WAY), **more)
        if done.reply and done.status == 200:
            said = _sorted(done.reply)
            assert first.setdefault(text, said) == said, text

    return act


def _sorted(reply: Reply) -> list[str]:
    return sorted(reply.plain.decode().splitlines())
