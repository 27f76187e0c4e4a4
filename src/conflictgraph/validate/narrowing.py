"""A SPARQL constraint asked for some values of ?value only, whatever its focus nodes are.

It writes text; which values are worth asking about is for `affected` to say.
"""

from __future__ import annotations

from conflictgraph.validate.prebinding import can_be_asked_of
from conflictgraph.validate.sparql_tokens import Group, Token, groups, tokens


def asked_of_values(text: str, values: str) -> str | None:
    """Return the query with a pattern added that binds ?value; None where that would mean something else.

    The pattern goes where ?value is first bound: into the sub-selects, if the query is made of such. One that
    only says which $this and ?value there are, each once, has to find one match for each, not all.
    """
    if not can_be_asked_of(text, "value"):
        return None
    found = tokens(text)
    every = groups(found)
    selects = [group for group in every if group.is_subselect]
    bodies = [every[0], *(g for g in every if any(g.parent == select.start for select in selects))]
    joined = all(_is_joined(select, bodies, found) for select in selects)
    before, after = {}, {}
    for body in bodies:
        if joined and any(select.parent == body.start for select in selects):
            continue
        before[body.start] = f" {values} "
        if body is not every[0] and _is_distinct(found, body):
            before[body.start] += "FILTER EXISTS {"
            after[body.end] = "}"
    return "".join(after.get(at, "") + token.text + before.get(at, "") for at, token in enumerate(found))


def _is_joined(select: Group, bodies: list[Group], found: tuple[Token, ...]) -> bool:
    """Say whether a sub-select's rows are joined with what is around it, in any case."""
    solid = _solid(found[select.end + 1 :])
    is_branch = bool(solid) and solid[0].is_word("UNION")
    return select.leader == "" and not is_branch and any(select.parent == body.start for body in bodies)


def _is_distinct(found: tuple[Token, ...], body: Group) -> bool:
    """Say whether the body is that of a SELECT of nothing but $this and ?value, each once: DISTINCT, or
    grouped by them."""
    assert body.parent is not None
    head = _solid(found[body.parent + 1 : body.start])
    names = {token.variable for token in head if token.variable}
    words = [token.text.upper() for token in head if not token.variable]
    ending = _solid(found[body.end + 1 :])
    if not names <= {"this", "value"} or not ending:
        return False
    if ending[0].text == "}":
        return words in (["SELECT", "DISTINCT", "WHERE"], ["SELECT", "DISTINCT"])
    grouped = ending[2 : 2 + len(names)]
    is_grouped = [token.text.upper() for token in ending[:2]] == ["GROUP", "BY"]
    rest = ending[2 + len(names) :]
    is_whole = {token.variable for token in grouped} == names and bool(rest) and rest[0].text == "}"
    return words in (["SELECT", "WHERE"], ["SELECT"]) and is_grouped and is_whole


def _solid(found: tuple[Token, ...]) -> list[Token]:
    return [token for token in found if token.kind not in ("space", "comment")]
