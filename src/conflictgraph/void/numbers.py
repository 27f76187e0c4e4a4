"""How much is in the merged view: counted from nothing, or from what is known before a change.

Must not know RDF vocabularies or who asks. What the graph `void` says of the rest is not counted.
"""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

from pyoxigraph import Literal, NamedNode, Triple

from conflictgraph import queries, solutions, vocabulary
from conflictgraph.solutions import Row, Term
from conflictgraph.store.port import Changes, Queryable

Numbers = Counter[tuple[str, ...]]
"""How many of what. `("triples",)`, `("subjects",)`, `("objects",)`: of the merged view, the last two
distinct; the same with a property: of its triples. `("entities", class)`: its instances;
`("triples", class, property)`: the triples with that property of these. Classes are IRIs."""

Pair = tuple[NamedNode, NamedNode | Literal]

_OF_TRIPLES = ("triples", "subjects", "objects")


def counted(state: Queryable, at_once: int = 1) -> Numbers:
    """Count everything, in four queries. The graph `void` must not be there.

    `at_once` is how many threads ask: more than one only if `state` lets them.
    """
    numbers = Numbers()
    with ThreadPoolExecutor(at_once) as threads:
        for part in threads.map(lambda count: count(state), (_of_all, _of_classes)):
            numbers.update(part)
    return numbers


def _of_all(state: Queryable) -> Numbers:
    numbers = Numbers()
    for row in _rows(state, "void-totals"):
        numbers.update({(word,): _number(row, word) for word in _OF_TRIPLES})
    for row in _rows(state, "void-properties"):
        numbers.update({(word, _text(row, "property")): _number(row, word) for word in _OF_TRIPLES})
    return numbers


def _of_classes(state: Queryable) -> Numbers:
    numbers, classes = Numbers(), list[str]()
    for row in _rows(state, "void-classes"):
        classes.append(_text(row, "class"))
        numbers["entities", classes[-1]] = _number(row, "entities")
    coded = [(NamedNode(kind), Literal(str(code))) for code, kind in enumerate(classes)]
    for row in solutions.rows(state, queries.tabled(_query("void-properties-of-classes"), coded)):
        name, number = _text(row, "property"), _number(row, "triples")
        for code in _text(row, "codes").split():
            numbers["triples", classes[int(code)], name] += number
    return numbers


def moved(numbers: Numbers, changes: Changes, after: Queryable) -> Numbers:
    """The numbers after a change, from those before it: only what is said of the things that it touches is
    looked at.

    `changes` are without those of the graph `void`, and name no blank node.
    """
    touched = (*changes.added, *changes.removed)
    things = sorted({t.subject for t in touched if isinstance(t.subject, NamedNode)}, key=str)
    if not things:
        return numbers.copy()
    said = set(solutions.triples(after, queries.bound(_query("triples-of-subjects"), thing=things)))
    was = (said - set(changes.added)) | set(changes.removed)
    pairs = {(t.predicate, t.object) for t in touched if isinstance(t.object, NamedNode | Literal)}
    elsewhere = _elsewhere(after, things, sorted(pairs, key=str))
    result = numbers.copy()
    result.update(_share(said, elsewhere))
    result.subtract(_share(was, elsewhere))
    return +result


def _elsewhere(state: Queryable, things: list[NamedNode], pairs: list[Pair]) -> set[tuple[Term, ...]]:
    """Those of the pairs of a property and a value that something else than the things has, and those of the
    values, each in a tuple of its own, that something else has for any property.
    """
    values = sorted({value for _, value in pairs}, key=str)
    of_pairs = queries.tabled(_query("void-pairs-elsewhere"), pairs, thing=things)
    of_values = queries.bound(_query("void-values-elsewhere"), thing=things, value=values)
    found = {(row["property"], row["value"]) for row in solutions.rows(state, of_pairs)}
    return found | {(row["value"],) for row in solutions.rows(state, of_values)}


def _share(triples: set[Triple], elsewhere: set[tuple[Term, ...]]) -> Numbers:
    """What the triples of some subjects have in the numbers."""
    share, classes = Numbers(), defaultdict[Term, list[str]](list)
    for triple in triples:
        if triple.predicate == vocabulary.A and isinstance(triple.object, NamedNode):
            classes[triple.subject].append(triple.object.value)
            share["entities", triple.object.value] += 1
    for triple in triples:
        name = triple.predicate.value
        share.update([("triples",), ("triples", name)])
        share.update(("triples", kind, name) for kind in classes[triple.subject])
    share.update(("subjects", name.value) for _, name in {(t.subject, t.predicate) for t in triples})
    share["subjects",] = len({t.subject for t in triples})
    pairs = {(t.predicate, t.object) for t in triples}
    share.update(("objects", name.value) for name, value in pairs if (name, value) not in elsewhere)
    share["objects",] = len({value for _, value in pairs if (value,) not in elsewhere})
    return share


def _rows(state: Queryable, name: str) -> list[Row]:
    return solutions.rows(state, _query(name).text)


def _query(name: str) -> queries.Query:
    return queries.named(f"service/{name}")


def _text(row: Row, name: str) -> str:
    return solutions.text(row, name)


def _number(row: Row, name: str) -> int:
    return int(solutions.text(row, name))
