"""Pre-binding: what a SPARQL constraint may hold, and how it is asked for all focus nodes at once. (SHACL
5.2, 5.3, A)

Pre-binding puts a focus node in the place of $this everywhere. Asked for all focus nodes in one query,
$this has to be bound by a pattern wherever a part of the query looks at it without binding it itself;
`for_all` adds that pattern. Where this would not mean the same (LIMIT, an aggregate over all solutions),
`for_one` writes the node into the text instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal

from conflictgraph.validate.shapes import QueryText
from conflictgraph.validate.sparql_tokens import Group, Token, groups, own_positions, tokens
from conflictgraph.validate.triple_index import Term

_FORBIDDEN = {"MINUS": "MINUS", "VALUES": "VALUES", "SERVICE": "a federated query (SERVICE)"}
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_OPTIONAL_IN_SUBQUERIES = frozenset({"currentShape", "shapesGraph"})
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")


def check(text: str, *, is_ask: bool, has_path: bool, parameters: Iterable[str] = ()) -> str:
    """Return what the specification forbids in the text of sh:ask or sh:select (SHACL 5.2, 6.2.3, A), or an
    empty string.

    `parameters` are the names of those of its component, `has_path` says that $PATH stands for something.
    """
    found = tokens(text)
    form, due = _form(found), "ASK" if is_ask else "SELECT"
    if form in _FORMS - {due}:
        return f"must be {due}; found {form}"
    for token in found:
        if token.is_word(*_FORBIDDEN):
            return f"must not contain {_FORBIDDEN[token.text.upper()]} (SHACL, appendix A)"
    if not has_path and any(token.is_path for token in found):
        return "uses $PATH on a node shape, which has no path"
    prebound = {"this", *_OPTIONAL_IN_SUBQUERIES, *parameters, *(("value",) if is_ask else ())}
    for position, token in enumerate(found):
        if token.is_word("AS") and (name := _next_variable(found, position)) in prebound:
            return f"must not assign ${name}, which is pre-bound (SHACL, appendix A)"
    if form == "SELECT" and not _returns_this(found):
        return "does not return $this (SHACL 5.2, 6.2.3.1)"
    return _check_subqueries(found, prebound - _OPTIONAL_IN_SUBQUERIES)


def _form(found: tuple[Token, ...]) -> str:
    words = (token.text.upper() for token in found if token.kind == "word")
    return next((word for word in words if word not in ("PREFIX", "BASE")), "")


def _returns_this(found: tuple[Token, ...]) -> bool:
    returned = _projected(found, -1)
    return "this" in returned or ("*" in returned and any(token.variable == "this" for token in found))


def _check_subqueries(found: tuple[Token, ...], prebound: set[str]) -> str:
    for group in groups(found):
        if group.is_subselect:
            missing = prebound - _projected(found, group.start)
            if missing:
                names = ", ".join(f"${name}" for name in sorted(missing))
                return (
                    f"has a sub-select that does not return {names}, which is pre-bound (SHACL, appendix A)"
                )
    return ""


def _next_variable(found: tuple[Token, ...], position: int) -> str | None:
    return next((t.variable for t in found[position + 1 :] if t.kind not in ("space", "comment")), None)


def _projected(found: tuple[Token, ...], start: int) -> frozenset[str]:
    """Return the plain variables (or *) between the next SELECT and its group."""
    names, depth, selecting = set(), 0, False
    for token in found[start + 1 :]:
        selecting = selecting or token.is_word("SELECT")
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if not selecting or depth:
            continue
        if token.text == "{" or token.is_word("WHERE", "FROM"):
            break
        if token.variable or token.text == "*":
            names.add(token.variable or "*")
    return frozenset(names)


def constants(query: QueryText, path: str | None, shape: Term, shapes_graph: Term | None) -> str | None:
    """Return the text with $PATH, $currentShape, $shapesGraph and the parameters filled in.

    None if one of these that the text uses cannot be written in SPARQL: a blank node, or a shapes graph
    that is not in the dataset (SHACL 5.3.1 lets a processor refuse that).
    """
    found = tokens(query.text)
    values: dict[str, Term | None] = dict(query.parameters)
    values |= {"currentShape": shape, "shapesGraph": shapes_graph}
    used = {token.variable for token in found}
    if any(
        name in used and (value is None or isinstance(value, BlankNode)) for name, value in values.items()
    ):
        return None
    texts = {name: str(value) for name, value in values.items() if value is not None}
    if path is not None:
        found = tuple(Token("iri", path) if token.is_path else token for token in found)
    return _substituted(found, texts, absent=frozenset(query.optional) - texts.keys())


def for_one(text: str, focus: Term) -> str | None:
    """Return the query with one focus node in the place of $this; None for a blank node or a literal
    subject."""
    if isinstance(focus, BlankNode | Literal):
        return None
    return _substituted(tokens(text), {"this": str(focus)})


def can_be_asked_of(text: str, name: str) -> bool:
    """Say whether the query, asked with a variable bound, gives its rows with these values and no others."""
    found = tokens(text)
    every = groups(found)
    if not every or not _can_join(found, every, (name,)):
        return False
    return all(name in _projected(found, group.start) for group in every if group.is_subselect)


def for_all(text: str, focus: str, names: Iterable[str] = ("this",)) -> str | None:
    """Return the query with a pattern added that binds $this; None where that would mean something else."""
    found = tokens(text)
    every = groups(found)
    if not every or not _can_join(found, every, names):
        return None
    places = {group.start for group in every if _needs(group, every, found, frozenset(names))}
    if any(_is_inside_graph(group, every) for group in every if group.start in places):
        return None
    if any(token.is_word(*_AGGREGATES) for token in found):
        focus = f"{{ SELECT DISTINCT ?this WHERE {{ {focus} }} }}"
    return "".join(t.text + (f" {focus} " if at in places else "") for at, t in enumerate(found))


def ask_for_all(text: str, pairs: str) -> str | None:
    """Return the SELECT of the pairs of ?this and ?value for which an ASK is false."""
    found = tokens(text)
    every = groups(found)
    if not every or any(token.is_word("LIMIT", "OFFSET", "GRAPH") for token in found):
        return None
    ask = next((at for at, token in enumerate(found) if token.is_word("ASK")), every[0].start)
    prologue = "".join(token.text for token in found[:ask])
    lines = "\n" * "".join(token.text for token in found[ask : every[0].start]).count("\n")
    body = "".join(token.text for token in found[every[0].start : every[0].end + 1])
    return f"{prologue}SELECT DISTINCT ?this ?value WHERE {{ {pairs} {lines}FILTER NOT EXISTS {body} }}"


def _can_join(found: tuple[Token, ...], every: tuple[Group, ...], names: Iterable[str]) -> bool:
    if any(token.is_word("LIMIT", "OFFSET") for token in found):
        return False
    projected = _projected(found, -1)
    star = any(t.text == "*" for t in found[: every[0].start] if t.kind == "mark")
    if not star and not set(names) <= projected:
        return False
    grouped = [at for at, token in enumerate(found) if token.is_word("GROUP")]
    aggregates = any(token.is_word(*_AGGREGATES) for token in found)
    if star or not all(_groups_by(found, at, names) for at in grouped):
        return False
    return bool(grouped) or not aggregates


def _groups_by(found: tuple[Token, ...], at: int, names: Iterable[str]) -> bool:
    named = set()
    for token in found[at + 1 :]:
        if token.text in "{}" or token.is_word("HAVING", "ORDER"):
            break
        named.add(token.variable)
    return set(names) <= named


def _needs(group: Group, every: tuple[Group, ...], found: tuple[Token, ...], names: frozenset[str]) -> bool:
    """Say whether the group looks at a pre-bound variable without being sure to bind it."""
    if group.is_subselect:
        return False
    holder = next((g for g in every if g.start == group.parent), None)
    if holder is None or holder.is_subselect:
        return True
    inner = found[group.start + 1 : group.end]
    if group.leader == "EXISTS" or not any(token.variable in names for token in inner):
        return False
    own = (found[at] for at in own_positions(group, every))
    return any(token.is_word("FILTER", "BIND", "OPTIONAL") for token in own)


def _is_inside_graph(group: Group, every: tuple[Group, ...]) -> bool:
    return any(g.leader == "GRAPH" and (g is group or g.holds(group.start)) for g in every)


def _substituted(
    found: tuple[Token, ...], values: Mapping[str, str], absent: frozenset[str] = frozenset()
) -> str:
    """Write terms in the place of variables: BOUND becomes its answer (in brackets, as FILTER takes a call
    without, but no literal), a projected variable goes."""
    out: list[str] = []
    clause, depth = "", 0
    skip_until = -1
    for at, token in enumerate(found):
        if at <= skip_until:
            continue
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        clause, depth = _clause(token, clause, depth)
        if token.is_word("BOUND") and (ending := _bound_call(found, at)):
            name, skip_until = ending
            if name in values or name in absent:
                out.append("(true)" if name in values else "(false)")
                continue
            skip_until = -1
        if token.variable not in values:
            out.append(token.text)
        elif clause == "SELECT" and depth == 0:
            out.append(f"(1 AS ?bound_{at})")
        elif clause in ("GROUP", "ORDER") and depth == 0:
            out.append(f"({values[token.variable or '']})")
        else:
            out.append(values[token.variable or ""])
    return "".join(out)


def _clause(token: Token, clause: str, depth: int) -> tuple[str, int]:
    if token.is_word("SELECT", "GROUP", "ORDER", "HAVING", "WHERE"):
        return token.text.upper(), 0
    return ("", 0) if token.text in ("{", "}") and token.kind == "mark" else (clause, depth)


def _bound_call(found: tuple[Token, ...], at: int) -> tuple[str, int] | None:
    """Return the variable of `BOUND(?x)` and where the call ends."""
    solid = [
        (p, t) for p, t in enumerate(found[at + 1 : at + 8], at + 1) if t.kind not in ("space", "comment")
    ]
    if len(solid) >= 3 and solid[0][1].text == "(" and solid[1][1].variable and solid[2][1].text == ")":
        return solid[1][1].variable, solid[2][0]
    return None
