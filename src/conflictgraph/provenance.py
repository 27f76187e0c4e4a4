"""What the provenance graph says of publications: each a `prov:Activity` that generated one generation.

Must not know how anything is published. The provenance graph is not part of the merged view.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import graphs, queries, solutions
from conflictgraph import vocabulary as v
from conflictgraph.solutions import Row
from conflictgraph.store.port import Queryable


@dataclass(frozen=True, slots=True)
class Used:
    """A document that went into a publication, with the SHA-256 of its bytes as they came."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication. `base` is the generation that it began with; `added` and `removed` count triples.

    `rules` names the rules under which the generation is closed; None if it was not reasoned over.
    """

    number: int
    base: int | None
    started: datetime
    ended: datetime
    note: str
    agent: str
    version: str
    added: int
    removed: int
    warnings: int
    inputs: tuple[Used, ...] = ()
    rules: NamedNode | None = None


def publication_triples(made: Publication) -> Iterator[Triple]:
    """The publication for the provenance graph."""
    activity, generation = _node(f"publication-{made.number}"), _generation(made.number)
    agent, software = _agent(made.agent), _node(f"software-{made.version}")
    yield Triple(activity, v.A, v.PROV_ACTIVITY)
    yield Triple(activity, v.LABEL, Literal(f"Publication of generation {made.number}", language="en"))
    yield Triple(activity, v.COMMENT, Literal(made.note, language="en"))
    yield Triple(activity, v.PROV_STARTED, _time(made.started))
    yield Triple(activity, v.PROV_ENDED, _time(made.ended))
    yield Triple(activity, v.PROV_ASSOCIATED, agent)
    yield Triple(activity, v.PROV_ASSOCIATED, software)
    yield Triple(activity, v.PROV_GENERATED, generation)
    yield Triple(activity, v.PROV_GENERATED, NamedNode(graphs.REPORT.value + "#report"))
    yield Triple(activity, v.TRIPLES_ADDED, _number(made.added))
    yield Triple(activity, v.TRIPLES_REMOVED, _number(made.removed))
    yield Triple(activity, v.LESSER_RESULTS, _number(made.warnings))
    yield Triple(generation, v.A, v.PROV_ENTITY)
    yield Triple(generation, v.LABEL, Literal(f"Generation {made.number}", language="en"))
    yield Triple(generation, v.GENERATION_NUMBER, _number(made.number))
    if made.base is not None:
        yield Triple(generation, v.PROV_DERIVED, _generation(made.base))
        yield Triple(_generation(made.base), v.GENERATION_NUMBER, _number(made.base))
    yield Triple(agent, v.A, v.PROV_AGENT)
    yield Triple(agent, v.LABEL, Literal(made.agent))
    yield Triple(software, v.A, v.PROV_SOFTWARE)
    yield Triple(software, v.LABEL, Literal(f"conflictgraph {made.version}", language="en"))
    yield Triple(software, v.SOFTWARE_VERSION, Literal(made.version))
    if made.rules is not None:
        yield Triple(activity, v.PROV_USED, made.rules)
        yield Triple(made.rules, v.A, v.PROV_ENTITY)
        label = f"Rules of OWL 2 RL as conflictgraph {made.version} applies them"
        yield Triple(made.rules, v.LABEL, Literal(label, language="en"))
    for place, used in enumerate(made.inputs, 1):
        yield from _input_triples(activity, _node(f"input-{made.number}-{place}"), used)


def publications(state: Queryable) -> tuple[Publication, ...]:
    """Every publication that the state tells of, oldest first; those of older software may be missing."""
    used: dict[int, list[Used]] = {}
    for row in solutions.rows(state, queries.named("service/inputs-of-publications").text):
        read = Used(solutions.text(row, "name"), solutions.text(row, "checksum"))
        used.setdefault(int(solutions.text(row, "number")), []).append(read)
    found = solutions.rows(state, queries.named("service/publications").text)
    return tuple(_publication(row, used) for row in found)


def is_closed_under(state: Queryable, number: int, rules: NamedNode) -> bool:
    """Whether the state says that the generation of that number was closed under exactly these rules."""
    asked = queries.named("service/is-closed-under")
    return solutions.truth(state, queries.bound(asked, generation=[_generation(number)], rules=[rules]))


def _publication(row: Row, used: dict[int, list[Used]]) -> Publication:
    def number(name: str) -> int:
        return int(solutions.text(row, name))

    return Publication(
        number=number("number"),
        base=number("base") if "base" in row else None,
        started=datetime.fromisoformat(solutions.text(row, "started")),
        ended=datetime.fromisoformat(solutions.text(row, "ended")),
        note=solutions.text(row, "note"),
        agent=solutions.text(row, "agentLabel"),
        version=solutions.text(row, "version"),
        added=number("added"),
        removed=number("removed"),
        warnings=number("warnings"),
        inputs=tuple(used.get(number("number"), ())),
    )


def _input_triples(activity: NamedNode, node: NamedNode, used: Used) -> Iterator[Triple]:
    yield Triple(activity, v.PROV_USED, node)
    yield Triple(node, v.A, v.PROV_ENTITY)
    yield Triple(node, v.LABEL, Literal(used.name))
    yield Triple(node, v.SHA256, Literal(used.sha256))


def _agent(name: str) -> NamedNode:
    """The IRI that the setting gives, or one made of the name."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z", name):
        return NamedNode(name)
    return _node("agent-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"))


def _generation(number: int) -> NamedNode:
    return _node(f"generation-{number}")


def _node(name: str) -> NamedNode:
    return NamedNode(f"{graphs.PROVENANCE.value}#{name}")


def _time(moment: datetime) -> Literal:
    return Literal(moment.isoformat(), datatype=v.XSD_DATE_TIME)


def _number(number: int) -> Literal:
    return Literal(str(number), datatype=v.XSD_INTEGER)
