"""From the rule table and a closed ontology to steps: rules whose ontology part is filled in. Knows no store.

A step is what runs: triple patterns, conditions, and a conclusion or a complaint. Premises that cannot be
stored are worked away here: memberships of literals in datatypes become conditions, inverses without a name
become the property read backwards, and everything is an `owl:Thing`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from conflictgraph.reason.datatypes import SUPPORTED
from conflictgraph.reason.facts import Facts
from conflictgraph.reason.patterns import Pattern, Slot, Term, bound, patterns, variables
from conflictgraph.reason.rules import RULES, Rule
from conflictgraph.reason.trivia import OWL, REFLEXIVE, TYPE, UNIVERSAL, is_vocabulary

SAME_AS: Final = NamedNode(OWL + "sameAs")
INVERSE_OF: Final = NamedNode(OWL + "inverseOf")


@dataclass(frozen=True, slots=True)
class Step:
    """A rule with its ontology filled in.

    `typed` maps variables for literals to the datatype they must have. A step either concludes `head` or is a
    check, whose solutions are findings: with `untyped` those where the variable is a literal outside the
    datatype, with `unequal` those where the two variables are literals of different value.
    """

    rule: Rule
    schema: tuple[Triple, ...]
    body: tuple[Pattern, ...]
    head: Pattern | None = None
    message: str = ""
    binding: tuple[tuple[str, Term], ...] = ()
    typed: tuple[tuple[str, NamedNode], ...] = ()
    untyped: tuple[str, NamedNode] | None = None
    unequal: tuple[str, str] | None = None
    name: str = field(default="")


def steps(facts: Facts) -> tuple[Step, ...]:
    """All steps that a closed ontology gives rise to, without repetitions, in the order of the rule table."""
    found: dict[object, Step] = {}
    for rule in RULES:
        if rule.data or rule.each:
            for raw in _instances(rule, facts):
                for step in _prepared(raw, facts):
                    found.setdefault(_shape(step), step)
    return tuple(found.values())


def _instances(rule: Rule, facts: Facts) -> Iterator[Step]:
    schema, data, head = patterns(rule.schema), patterns(rule.data), patterns(rule.then)
    for binding in facts.matches(schema, {}):
        if rule.over and not facts.items(binding[rule.over.split()[0][1:]]):
            continue
        body, last = [bound(p, binding) for p in data], ""
        for pattern, renamed in _repeated(rule, facts, binding):
            body.append(pattern)
            last = renamed
        then = bound(head[0], binding) if head else None
        if last and then and then[2] == Variable("un"):
            then = then[0], then[1], Variable(last)
        yield Step(
            rule,
            facts.premises(schema, binding),
            tuple(dict.fromkeys(body)),
            then,
            rule.false,
            tuple(binding.items()),
            name=rule.name,
        )


def _repeated(rule: Rule, facts: Facts, binding: dict[str, Term]) -> Iterator[tuple[Pattern, str]]:
    """The patterns of `each` for every member of the list, and the name of the chain's variable after it."""
    if not rule.over:
        return
    head, member = rule.over.split()
    for number, item in enumerate(facts.items(binding[head[1:]]), start=1):
        text = rule.each.replace("#", str(number)).replace("+", str(number + 1))
        for pattern in patterns(text):
            known = {**binding, member[1:].replace("#", str(number)): item}
            yield bound(pattern, known), f"u{number + 1}"


def _prepared(step: Step, facts: Facts) -> Iterator[Step]:
    """Make a step storable: none, one, or one that concludes and one that checks literals."""
    body = tuple(_forwards(pattern, facts) for pattern in step.body)
    head = _forwards(step.head, facts) if step.head else None
    if any(not isinstance(p, NamedNode | Variable) for _, p, _ in (*body, *([head] if head else []))):
        return
    if head is not None and head[1] != SAME_AS and _is_trivial(head, body) and not _is_datatype(*head[1:]):
        return
    if (body, head) != (step.body, step.head):
        step = replace(step, body=body, head=head)
    cleaned = _without_universal(_with_conditions(step))
    if cleaned is None:
        return
    if cleaned.head is None:
        yield cleaned
        return
    yield from _literal_checks(cleaned, cleaned.head)
    if not _is_trivial(cleaned.head, cleaned.body):
        yield cleaned


def _forwards(pattern: Pattern, facts: Facts) -> Pattern:
    """Read `x [inverse of p] y` as `y p x`."""
    s, p, o = pattern
    if isinstance(p, BlankNode):
        for one, other in (
            *((b["q"], p) for b in facts.matches(((p, INVERSE_OF, Variable("q")),), {})),
            *((b["q"], p) for b in facts.matches(((Variable("q"), INVERSE_OF, p),), {})),
        ):
            if isinstance(one, NamedNode) and other == p:
                return o, one, s
    return pattern


def _with_conditions(step: Step) -> Step | None:
    """Turn `?v a xsd:integer` into a condition on `?v`; none if nothing else binds it."""
    if not any(_is_datatype(p, o) for _, p, o in step.body):
        return step
    typed = [(s.value, o) for s, p, o in step.body if isinstance(s, Variable) and _is_datatype(p, o)]
    body = tuple(pattern for pattern in step.body if not _is_datatype(pattern[1], pattern[2]))
    known = set(variables(slot for pattern in body for slot in pattern))
    if any(name not in known for name, _ in typed):
        return None
    pairs = tuple((name, o) for name, o in typed if isinstance(o, NamedNode))
    return replace(step, body=body, typed=pairs)


def _is_datatype(predicate: Slot, object_: Slot) -> bool:
    return predicate == TYPE and object_ in SUPPORTED


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
    if isinstance(s, Variable) and s.value in objects and _is_datatype(p, o) and isinstance(o, NamedNode):
        message = f"{{{s.value}}} is not a value of {o}, as {step.rule.name} concludes"
        yield replace(step, head=None, message=message, untyped=(s.value, o), name="dt-not-type")
    if p == SAME_AS and isinstance(s, Variable) and isinstance(o, Variable) and {s.value, o.value} <= objects:
        message = (
            f"{{{s.value}}} and {{{o.value}}} are different, but {step.rule.name} concludes they are the same"
        )
        yield replace(step, head=None, message=message, unequal=(s.value, o.value), name="dt-diff")


def only_objects(body: Iterable[Pattern]) -> frozenset[str]:
    """The variables that may stand for a literal: objects, and nothing but objects."""
    body = tuple(body)
    others = set(variables(slot for s, p, _ in body for slot in (s, p)))
    return frozenset(variables(o for _, _, o in body)) - others


def _is_trivial(head: Pattern, body: tuple[Pattern, ...]) -> bool:
    s, p, o = head
    if isinstance(s, Literal) or is_vocabulary(s) or head in body:
        return True
    if p == TYPE and (o in UNIVERSAL or (_is_datatype(p, o) and not isinstance(s, Variable))):
        return True
    return p in REFLEXIVE and s == o


def _shape(step: Step) -> object:
    """The same for steps that differ in the names of variables only."""
    names: dict[str, str] = {}
    parts: list[object] = []
    for slot in (slot for pattern in (*step.body, *([step.head] if step.head else [])) for slot in pattern):
        parts.append(names.setdefault(slot.value, f"?{len(names)}") if isinstance(slot, Variable) else slot)
    extras = [(names.get(n), d) for n, d in (*step.typed, *([step.untyped] if step.untyped else []))]
    rule = step.name if step.head is None else ""
    return rule, step.head is None, tuple(parts), tuple(extras), len(step.body)
