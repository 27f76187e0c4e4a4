"""What an addition to a draft brings, and what a removal takes away, at a cost that follows the change.

Must not know the rules. A removal deletes what may have followed from it, unless something asserted supports
it in one step, then derives again what follows anyway (delete and re-derive). What cannot be followed
(changes of the ontology, equality, nodes without a name) raises `Rebuild`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Triple

from conflictgraph import graphs
from conflictgraph.reason import checks, forward, ontology, reading, tokens
from conflictgraph.reason.asking import IN_INFERRED, IN_VIEW, Asked, Nameless
from conflictgraph.reason.closure import EQUAL, InferredResult
from conflictgraph.reason.compiled import compiled
from conflictgraph.reason.forward import Readers
from conflictgraph.reason.relations import Relations, Rows, grouped, relation
from conflictgraph.reason.support import Support
from conflictgraph.reason.tokens import has_name
from conflictgraph.reason.trivia import TYPE, Fact
from conflictgraph.reason.unfolding import unfolded
from conflictgraph.store.port import Draft, Queryable

_KEYS = frozenset(ontology.KEYS)
_EQUAL_TERMS = f"SELECT ?x WHERE {{ ?x {EQUAL[0]} ?y }} LIMIT 1"
_ANONYMOUS_MEMBERS = (
    f"SELECT ?x WHERE {{ VALUES ?q {{ {' '.join(p for p, c in ontology.KEYS if not c)} }}"
    f" ?class ?q ?z FILTER(isBlank(?class)) ?x {TYPE} ?class }} LIMIT 1"
)
_BATCH = 1_000


class Rebuild(Exception):  # noqa: N818
    """The change cannot be followed: everything must be inferred anew."""


def extend(draft: Draft, added: Iterable[Triple]) -> InferredResult:
    """Infer what follows from triples that are in the draft's merged view already. Raises `Rebuild`."""
    return _followed(draft, added, _extended)


def retract(draft: Draft, removed: Iterable[Triple]) -> InferredResult:
    """Take back what no longer follows when triples are out of the draft already. Raises `Rebuild`."""
    return _followed(draft, removed, _retracted)


def prepare(source: Queryable) -> None:
    """Compile the ontology of a store, for the first change that goes on from it."""
    _rules(frozenset(reading.stated(reading.port(source))))


@dataclass(frozen=True, slots=True)
class _Rules:
    """An ontology's plan, by what steps and checks read and what they conclude; and what follows from the
    ontology alone.
    """

    steps: Readers
    checks: Readers
    support: Support
    certain: frozenset[Fact]

    def asserted(self, facts: set[Fact], asked: Asked) -> set[Fact]:
        """Those triples that the ontology, or something asserted, supports in one step."""
        return (facts & self.certain) | self.support.by_moving(facts - self.certain, asked, asserted=True)


@dataclass(frozen=True, slots=True)
class _Work:
    """A draft with the rules of its ontology."""

    draft: Draft
    ask: reading.Ask
    rules: "_Rules"

    def asked(self, local: Relations) -> Asked:
        return Asked(self.ask, local)


def _followed(
    draft: Draft, triples: Iterable[Triple], follow: Callable[[_Work, set[Fact]], InferredResult]
) -> InferredResult:
    facts = {tokens.fact(triple) for triple in triples}
    if not facts:
        return InferredResult(0, (), 0, rebuilt=False)
    if any(_is_ontology(fact) or not all(map(has_name, fact)) for fact in facts):
        raise Rebuild
    try:
        return follow(_work(draft), facts)
    except Nameless as error:
        raise Rebuild from error


def _work(draft: Draft) -> _Work:
    ask = reading.port(draft)
    for query in (_EQUAL_TERMS, _ANONYMOUS_MEMBERS):
        if list(tokens.rows(ask(query), 1)):
            raise Rebuild
    rules = _rules(frozenset(reading.stated(ask)))
    if rules is None:
        raise Rebuild
    return _Work(draft, ask, rules)


@lru_cache(maxsize=4)
def _rules(stated: frozenset[Fact]) -> _Rules | None:
    current = compiled(stated, has_equals=False)
    plan = unfolded(current)
    if plan is None:
        return None
    certain = frozenset(current.facts)
    checked = forward.readers(plan.checks)
    return _Rules(forward.readers(plan.derivations), checked, Support(plan.derivations), certain)


def _extended(work: _Work, added: set[Fact]) -> InferredResult:
    asserted = work.asked(Relations()).held(added, IN_INFERRED)
    _forget(work.draft, asserted)
    news, rounds = _consequences(work, added - asserted)
    _store(work.draft, news)
    known = work.asked(_relations(news))
    found = checks.new_findings(grouped(added | news), work.rules.checks, known)
    return InferredResult(len(news), found, rounds, removed=len(asserted), rebuilt=False)


def _retracted(work: _Work, removed: set[Fact]) -> InferredResult:
    support = work.rules.support
    staying = work.rules.asserted(removed, work.asked(Relations()))
    _store(work.draft, staying)
    doubtful, rounds = _doubtful(work, removed - staying)
    _forget(work.draft, doubtful)
    candidates = doubtful | (removed - staying)
    again = support.by_moving(candidates, work.asked(Relations()))
    again |= support.by_joining(candidates - again, work.asked(Relations()))
    _store(work.draft, again)
    news, more = _consequences(work, again)
    _store(work.draft, news)
    added = len(staying) + len(again - doubtful) + len(news - doubtful)
    return InferredResult(added, (), rounds + more, removed=len(doubtful - again - news), rebuilt=False)


def _consequences(work: _Work, start: Collection[Fact]) -> tuple[set[Fact], int]:
    """What follows from triples and is not in the merged view; the rounds that took."""
    news, rounds = set[Fact](), 0
    local = Relations()
    changed: Collection[Fact] = start
    while changed:
        rounds += 1
        asked = work.asked(local)
        candidates = _concluded(work.rules.steps, grouped(changed), asked) - news
        changed = candidates - asked.held(candidates, IN_VIEW)
        if any(map(_is_ontology, changed)):
            raise Rebuild
        news |= changed
        local.conclude(changed)
    return news, rounds


def _doubtful(work: _Work, removed: set[Fact]) -> tuple[set[Fact], int]:
    """The inferred triples that may rest on removed ones alone; the rounds that took."""
    found, rounds = set[Fact](), 0
    local = _relations(removed)
    changed = removed
    while changed:
        rounds += 1
        asked = work.asked(local)
        candidates = _concluded(work.rules.steps, grouped(changed), asked) - found
        candidates = asked.held(candidates, IN_INFERRED)
        changed = candidates - work.rules.asserted(candidates, asked)
        if any(map(_is_ontology, changed)):
            raise Rebuild
        found |= changed
    return found, rounds


def _concluded(steps: Readers, parts: Iterable[Rows], asked: Asked) -> set[Fact]:
    found: set[Fact] = set()
    for rows in parts:
        for join, premise in forward.reading(steps, rows.key):
            for concluded, members, pairs in forward.concluded(join, premise, rows, asked):
                found.update(Rows(concluded, members, pairs).triples())
    return found


def _relations(facts: Iterable[Fact]) -> Relations:
    found = Relations()
    found.conclude(facts)
    return found


def _is_ontology(fact: Fact) -> bool:
    return relation(fact) in _KEYS or (fact[1], "") in _KEYS or fact[1] == EQUAL[0]


def _store(draft: Draft, facts: Iterable[Fact]) -> None:
    text = "".join(f"{' '.join(fact)} .\n" for fact in sorted(facts))
    if text:
        draft.load(graphs.INFERRED, tokens.parsed(text))


def _forget(draft: Draft, facts: Iterable[Fact]) -> None:
    """Take triples out of the inferred graph."""
    rest = sorted(facts)
    for start in range(0, len(rest), _BATCH):
        text = " . ".join(" ".join(fact) for fact in rest[start : start + _BATCH])
        draft.update(f"DELETE DATA {{ GRAPH {graphs.INFERRED} {{ {text} }} }}")
