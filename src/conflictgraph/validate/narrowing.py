"""A SPARQL constraint asked for some values of ?value only, whatever its focus nodes are.

It writes text; which values are worth asking about is for `affected` to say.
"""

from __future__ import annotations

from conflictgraph.validate.prebinding import can_be_asked_of
from conflictgraph.validate.sparql_tokens import Group, Token, groups, tokens


def asked_of_values(text: str, values: str) -> str | None:
    """Return the query with a pattern added that binds ?value; None where that would mean something else.

    The pattern goes where ?value is first bound: into the sub-selects, if the query is made of such. One that
    only says which $this and ?value there are has to find one match for each, not all.
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
    solid = [token for token in found[select.end + 1 :] if token.kind not in ("space", "comment")]
    is_branch = bool(solid) and solid[0].is_word("UNION")
    return select.leader == "" and not is_branch and any(select.parent == body.start for body in bodies)


def _is_distinct(found: tuple[Token, ...], body: Group) -> bool:
    """Say whether the body is that of a SELECT DISTINCT of nothing but $this and ?value."""
    assert body.parent is not None
    head = [t for t in found[body.parent + 1 : body.start] if t.kind not in ("space", "comment")]
    names = {token.variable for token in head if token.variable}
    words = [token.text.upper() for token in head if not token.variable]
    ending = [t for t in found[body.end + 1 :] if t.kind not in ("space", "comment")]
    is_plain = words in (["SELECT", "DISTINCT", "WHERE"], ["SELECT", "DISTINCT"])
    return is_plain and names <= {"this", "value"} and bool(ending) and ending[0].text == "}"
