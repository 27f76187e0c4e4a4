"""What a result means for a person: what was expected, what was found, how to mend it.

The expectation is read from the shape's own parameters, so it serves compiled and reference reports alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from conflictgraph.validate.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from conflictgraph.validate.report import Result
from conflictgraph.validate.terms import LABEL, SHACL, XSD_BASE, local_name, sh
from conflictgraph.validate.triple_index import Term, TripleIndex

NameOf: TypeAlias = Callable[[Term], str | None]
NO_SHAPES = TripleIndex(())
_TAIL = "ConstraintComponent"

# component (without its tail): what is expected ({} is the parameter's value), how to mend it
_WORDING: dict[str, tuple[str, str]] = {
    "Class": ("an instance of {class}", "give the value that type, or use another value"),
    "Datatype": ("a well-formed {datatype}", "write the value in that datatype"),
    "NodeKind": ("a term of kind {nodeKind}", "replace the value by a term of that kind"),
    "MinCount": ("at least {minCount} value(s)", "add what is missing"),
    "MaxCount": ("at most {maxCount} value(s)", "remove values until that many are left"),
    "MinExclusive": ("a value greater than {minExclusive}", "correct the value"),
    "MinInclusive": ("a value of {minInclusive} or more", "correct the value"),
    "MaxExclusive": ("a value less than {maxExclusive}", "correct the value"),
    "MaxInclusive": ("a value of {maxInclusive} or less", "correct the value"),
    "MinLength": ("at least {minLength} characters", "write the value out"),
    "MaxLength": ("at most {maxLength} characters", "shorten the value"),
    "Pattern": ("text that matches {pattern}", "rewrite the value to match"),
    "LanguageIn": ("text in one of the languages {languageIn}", "tag the value with one of these languages"),
    "UniqueLang": ("no more than one value for each language", "keep one value for that language"),
    "Equals": ("the same values as {equals}", "make the two sets of values the same"),
    "Disjoint": ("no value in common with {disjoint}", "remove the value from one of the two"),
    "LessThan": ("a value less than each of {lessThan}", "correct one of the two values"),
    "LessThanOrEquals": ("no value greater than one of {lessThanOrEquals}", "correct one of the two values"),
    "Not": ("a value that does not conform to {not}", "change the value so that it no longer conforms"),
    "And": ("a value that conforms to each of {and}", "see the shapes listed there"),
    "Or": ("a value that conforms to one of {or}", "make it conform to one of them"),
    "Xone": ("a value that conforms to exactly one of {xone}", "make it conform to one, and one only"),
    "Node": ("a value that conforms to {node}", "see the details"),
    "QualifiedMinCount": (
        "at least {qualifiedMinCount} value(s) that conform to {qualifiedValueShape}",
        "add such values",
    ),
    "QualifiedMaxCount": (
        "at most {qualifiedMaxCount} value(s) that conform to {qualifiedValueShape}",
        "remove such values",
    ),
    "Closed": (
        "no property but those that the shape lists",
        "remove the statement, or use a listed property",
    ),
    "HasValue": ("the value {hasValue} among the values", "add it"),
    "In": ("one of {in}", "use one of these"),
    "SPARQL": ("no solution of the constraint's query", "see the message"),
}


def expectation(result: Result, shapes: TripleIndex = NO_SHAPES) -> str:
    """Say what the shape wanted, with the values of its parameters where the shapes graph is at hand."""
    template = _WORDING.get(_component(result), ("what its component {} demands", ""))[0]
    for name in _slots(template):
        values = shapes.objects(result.source_shape, sh(name))
        shown = ", ".join(_parameter(shapes, value) for value in values) or f"its sh:{name}"
        template = template.replace("{" + name + "}", shown)
    return template.replace("{}", local_name(result.component.value))


def remedy(result: Result) -> str:
    """Say how to mend it, in general."""
    return _WORDING.get(_component(result), ("", "see the definition of the component"))[1]


def found(result: Result, name_of: NameOf | None = None) -> str:
    """Say what stands there instead."""
    if result.value is not None:
        return term_words(result.value, name_of)
    return {"MinCount": "fewer", "MaxCount": "more", "HasValue": "it is missing"}.get(
        _component(result), "not so"
    )


def term_words(term: Term, name_of: NameOf | None = None) -> str:
    """Return a term as a person would say it: a label where there is one, the text of a literal, else the
    IRI."""
    if isinstance(term, Literal):
        tail = f"@{term.language}" if term.language else ""
        typed = term.datatype.value.removeprefix(XSD_BASE)
        return f'"{term.value}"{tail}' + ("" if tail or typed == "string" else f" ({local_name(typed)})")
    name = name_of(term) if name_of else None
    shown = f"<{term.value}>" if isinstance(term, NamedNode) else f"_:{term.value}"
    return f"{name} {shown}" if name else shown


def path_words(path: Path) -> str:
    """Return a path in SPARQL's notation with short names."""
    match path:
        case Predicate(iri):
            return local_name(iri.value)
        case Inverse(inner):
            return f"^{path_words(inner)}"
        case Sequence(steps):
            return "(" + "/".join(path_words(step) for step in steps) + ")"
        case Alternative(choices):
            return "(" + "|".join(path_words(choice) for choice in choices) + ")"
        case Repeat(inner, mark):
            return f"{path_words(inner)}{mark}"


def names_from(labels: TripleIndex) -> NameOf:
    """Return a look-up of English (else untagged, else any) rdfs:label among the triples given."""

    def name_of(term: Term) -> str | None:
        found_labels = [o for o in labels.objects(term, LABEL) if isinstance(o, Literal)]
        rank = {"en": 0, None: 1}
        best = min(found_labels, key=lambda label: (rank.get(label.language, 2), label.value), default=None)
        return None if best is None else best.value

    return name_of


def _component(result: Result) -> str:
    return result.component.value.removeprefix(SHACL).removesuffix(_TAIL)


def _slots(template: str) -> list[str]:
    return [part.split("}")[0] for part in template.split("{")[1:] if not part.startswith("}")]


def _parameter(shapes: TripleIndex, value: Term) -> str:
    if isinstance(value, BlankNode):
        members = shapes.members(value)
        return "a shape given there" if members is None else ", ".join(_parameter(shapes, m) for m in members)
    return local_name(value.value) if isinstance(value, NamedNode) else value.value
