"""From the rule table and a closed ontology to steps: rules whose ontology part is filled in. Knows no store.

A step is what runs: triple patterns, conditions, and a conclusion or a complaint. Premises that cannot be
stored are worked away here: memberships of literals in datatypes become conditions, inverses without a name
become the property read backwards, and everything is an `owl:Thing`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from conflictgraph.reason.datatypes import SUPPORTED
from conflictgraph.reason.facts import Facts
from conflictgraph.reason.patterns import Pattern, bound, patterns, variables
from conflictgraph.reason.rules import RULES, Rule
from conflictgraph.reason.tokens import has_name, is_iri, is_literal, is_variable
from conflictgraph.reason.trivia import OWL, REFLEXIVE, TYPE, UNIVERSAL, Fact, is_vocabulary

SAME_AS: Final = f"<{OWL}sameAs>"
INVERSE_OF: Final = f"<{OWL}inverseOf>"
_DATATYPES: Final = frozenset(map(str, SUPPORTED))


@dataclass(frozen=True, slots=True)
class Step:
    """A rule with its ontology filled in.

    `typed` maps variables for literals to the datatype they must have. A step either concludes `head` or is a
    check, whose solutions are findings: with `untyped` those where the variable is a literal outside the
    datatype, with `unequal` those where the two variables are literals of different value.
    """

    rule: Rule
    schema: tuple[Fact, ...]
    body: tuple[Pattern, ...]
    head: Pattern | None = None
    message: str = ""
    binding: tuple[tuple[str, str], ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    untyped: tuple[str, str] | None = None
    unequal: tuple[str, str] | None = None
    name: str = field(default="")


def steps(facts: Facts) -> tuple[Step, ...]:
    """All steps that a closed ontology gives rise to, without repetitions, in the order of the rule table."""
    found: dict[object, Step] = {}
    for rule in RULES:
        if rule.data or rule.each:
            for raw in _instances(rule, facts):
                for step in _prepared(raw):
                    found.setdefault(_shape(step), step)
    return tuple(found.values())


def _instances(rule: Rule, facts: Facts) -> Iterator[Step]:
    """The steps of a rule before what cannot be stored is worked away, but those that conclude nothing."""
    schema, data, head = patterns(rule.schema), patterns(rule.data), patterns(rule.then)
    for binding in facts.matches(schema, {}):
        if rule.over and not facts.items(binding[rule.over.split()[0]]):
            continue
        premises, last = [bound(p, binding) for p in data], ""
        for pattern, renamed in _repeated(rule, facts, binding):
            premises.append(pattern)
            last = renamed
        then = bound(head[0], binding) if head else None
        if last and then and then[2] == "?un":
            then = then[0], then[1], last
        body = tuple(_forwards(pattern, facts) for pattern in dict.fromkeys(premises))
        then = _forwards(then, facts) if then else None
        if _is_storable(body, then) and not (then and _concludes_nothing(then, body)):
            yield Step(
                rule,
                facts.premises(schema, binding),
                body,
                then,
                rule.false,
                tuple(binding.items()),
                name=rule.name,
            )


def _repeated(rule: Rule, facts: Facts, binding: dict[str, str]) -> Iterator[tuple[Pattern, str]]:
    """The patterns of `each` for every member of the list, and the chain's variable after it."""
    if not rule.over:
        return
    head, member = rule.over.split()
    for number, item in enumerate(facts.items(binding[head]), start=1):
        text = rule.each.replace("#", str(number)).replace("+", str(number + 1))
        for pattern in patterns(text):
            known = {**binding, member.replace("#", str(number)): item}
            yield bound(pattern, known), f"?u{number + 1}"


def _forwards(pattern: Pattern, facts: Facts) -> Pattern:
    """Read `x [inverse of p] y` as `y p x`."""
    s, p, o = pattern
    if not has_name(p):
        for inverse in ((p, INVERSE_OF, "?q"), ("?q", INVERSE_OF, p)):
            for binding in facts.matches((inverse,), {}):
                if is_iri(binding["?q"]):
                    return o, binding["?q"], s
    return pattern


def _is_storable(body: Iterable[Pattern], head: Pattern | None) -> bool:
    """Whether every predicate is an IRI or a variable."""
    return all(is_iri(p) or is_variable(p) for _, p, _ in (*body, *([head] if head else [])))


def _concludes_nothing(head: Pattern, body: tuple[Pattern, ...]) -> bool:
    """Whether a step can be left out at once: it is trivial, and not about literals."""
    return head[1] != SAME_AS and _is_trivial(head, body) and not _is_datatype(*head[1:])


def _prepared(step: Step) -> Iterator[Step]:
    """Make a step storable: none, one, or one that concludes and one that checks literals."""
    cleaned = _without_universal(_with_conditions(step))
    if cleaned is None:
        return
    if cleaned.head is None:
        yield cleaned
        return
    yield from _literal_checks(cleaned, cleaned.head)
    if not _is_trivial(cleaned.head, cleaned.body):
        yield cleaned


def _with_conditions(step: Step) -> Step | None:
    """Turn `?v a xsd:integer` into a condition on `?v`; none if nothing else binds it."""
    if not any(_is_datatype(p, o) for _, p, o in step.body):
        return step
    typed = tuple((s, o) for s, p, o in step.body if is_variable(s) and _is_datatype(p, o))
    body = tuple(pattern for pattern in step.body if not _is_datatype(pattern[1], pattern[2]))
    known = set(variables(slot for pattern in body for slot in pattern))
    if any(name not in known for name, _ in typed):
        return None
    return replace(step, body=body, typed=typed)


def _is_datatype(predicate: str, object_: str) -> bool:
    return predicate == TYPE and object_ in _DATATYPES


def _without_universal(step: Step | None) -> Step | None:
    """Drop `?x a owl:Thing` where something else binds `?x`: it holds of everything."""
    if step is None:
        return None
    kept = tuple(p for p in step.body if not (p[1] == TYPE and p[2] in UNIVERSAL))
    if len(kept) == len(step.body):
        return step
    needed = set(variables(s for p in step.body for s in p))
    if kept and needed <= set(variables(s for p in kept for s in p)):
        return replace(step, body=kept)
    return step


def _literal_checks(step: Step, head: Pattern) -> Iterator[Step]:
    """What a conclusion about literals means: a value outside its datatype, or two values that are one."""
    s, p, o = head
    if not (p == SAME_AS or _is_datatype(p, o)):
        return
    objects = only_objects(step.body)
    if s in objects and _is_datatype(p, o):
        message = f"{{{s[1:]}}} is not a value of {o}, as {step.rule.name} concludes"
        yield replace(step, head=None, message=message, untyped=(s, o), name="dt-not-type")
    if p == SAME_AS and {s, o} <= objects:
        message = (
            f"{{{s[1:]}}} and {{{o[1:]}}} are different, but {step.rule.name} concludes they are the same"
        )
        yield replace(step, head=None, message=message, unequal=(s, o), name="dt-diff")


def only_objects(body: Iterable[Pattern]) -> frozenset[str]:
    """The variables that may stand for a literal: objects, and nothing but objects."""
    body = tuple(body)
    others = set(variables(slot for s, p, _ in body for slot in (s, p)))
    return frozenset(variables(o for _, _, o in body)) - others


def _is_trivial(head: Pattern, body: tuple[Pattern, ...]) -> bool:
    s, p, o = head
    if is_literal(s) or is_vocabulary(s) or head in body:
        return True
    if p == TYPE and (o in UNIVERSAL or (_is_datatype(p, o) and not is_variable(s))):
        return True
    return p in REFLEXIVE and s == o


def _shape(step: Step) -> object:
    """The same for steps that differ in the names of variables only."""
    names: dict[str, str] = {}
    parts = [
        names.setdefault(slot, f"?{len(names)}") if is_variable(slot) else slot
        for pattern in (*step.body, *([step.head] if step.head else []))
        for slot in pattern
    ]
    extras = [(names.get(n), d) for n, d in (*step.typed, *([step.untyped] if step.untyped else []))]
    rule = step.name if step.head is None else ""
    return rule, step.head is None, tuple(parts), tuple(extras), len(step.body)
