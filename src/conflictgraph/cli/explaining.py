"""The command that tells why a triple is in the graph: the rule, its premises, what is asserted and where.

Must not know how the explanation is found.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pyoxigraph import NamedNode, Triple

from conflictgraph import queries, solutions, terms, vocabulary
from conflictgraph.cli import options
from conflictgraph.cli.graph import opened
from conflictgraph.errors import NotFound
from conflictgraph.reason.drafts import explanation
from conflictgraph.reason.explain import ASSERTED, Explanation
from conflictgraph.reason.rules import RULES, Rule
from conflictgraph.solutions import Term
from conflictgraph.store.port import Queryable

Labels = dict[NamedNode, str]

_EXAMPLE = "Example: conflictgraph explain person:nikol-pashinyan a cg:Voice"
_RULES = {rule.name: rule for rule in RULES}


@click.command(epilog=_EXAMPLE)
@click.argument("subject")
@click.argument("predicate")
@click.argument("object", metavar="OBJECT")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.home
def explain(subject: str, predicate: str, object: str, form: str, home: Path | None) -> None:
    """Tell why a triple is in the graph: the rule and its premises, down to what is asserted, and where.

    Terms are CURIEs (cg:Event), IRIs in angle brackets, or literals as in Turtle.
    """
    triple = terms.triple(subject, predicate, object)
    with opened(options.settings(home=home)) as store:
        found = explanation(store, triple)
        if found is None:
            raise NotFound(
                f"Neither asserted nor inferred: {_words(triple)}. Mend a term, or state it in a source."
            )
        labels = _labels(store, found)
    if form == "json":
        click.echo(json.dumps(_as_json(found, labels), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found, labels)))


def _steps(found: Explanation) -> Iterator[Explanation]:
    yield found
    for premise in found.premises:
        yield from _steps(premise)


def _terms(triple: Triple) -> tuple[Term, ...]:
    return (triple.subject, triple.predicate, triple.object)


def _labels(graph: Queryable, found: Explanation) -> Labels:
    """The English labels of everything that the explanation mentions."""
    things = {t for step in _steps(found) for t in _terms(step.triple) if isinstance(t, NamedNode)}
    asked = queries.bound(queries.named("service/labels"), thing=sorted(things, key=str))
    rows = solutions.rows(graph, asked)
    return {t: solutions.text(row, "label") for row in rows if isinstance(t := row["thing"], NamedNode)}


def _lines(found: Explanation, labels: Labels, depth: int = 0) -> Iterator[str]:
    """The tree, a triple and its reason on two lines each, premises two columns further in."""
    margin = "    " * depth
    yield f"{margin}{_words(found.triple)}"
    named = [
        f"{_plain(t)} “{labels[t]}”" for t in _terms(found.triple) if isinstance(t, NamedNode) and t in labels
    ]
    if named:
        yield f"{margin}  {', '.join(named)}"
    if found.rule == ASSERTED:
        graphs = ", ".join(f"<{graph.value}>" for graph in found.graphs)
        yield f"{margin}  asserted in {graphs or 'a graph of the merged view'}"
        return
    yield f"{margin}  follows by {_rule(found.rule)} from"
    for premise in found.premises:
        yield from _lines(premise, labels, depth + 1)


def _rule(name: str) -> str:
    rule = _RULES.get(name)
    return f"{name} (OWL 2 Profiles, Table {rule.table}: {_reading(rule)})" if rule else name


def _reading(rule: Rule) -> str:
    premises = " . ".join(part for part in (rule.schema, rule.data, rule.each) if part)
    return f"{premises} → {rule.then}"


def _words(triple: Triple) -> str:
    return " ".join(_plain(term) for term in _terms(triple))


def _plain(term: Term) -> str:
    if not isinstance(term, NamedNode):
        return str(term)
    short = vocabulary.shortened(term.value)
    return f"<{short}>" if short == term.value else short


def _as_json(found: Explanation, labels: Labels) -> dict[str, Any]:
    reason: dict[str, Any] = {
        "triple": {
            place: {"term": str(term), **_label(term, labels)}
            for place, term in zip(terms.PLACES, _terms(found.triple), strict=True)
        },
        "rule": found.rule,
    }
    if found.rule == ASSERTED:
        return {**reason, "graphs": [graph.value for graph in found.graphs]}
    return {**reason, "premises": [_as_json(premise, labels) for premise in found.premises]}


def _label(term: Term, labels: Labels) -> dict[str, str]:
    return {"label": labels[term]} if isinstance(term, NamedNode) and term in labels else {}
