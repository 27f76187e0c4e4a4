"""The constraint components of SHACL Core, in the order of the specification: what each takes and what
each asks.

To read the table: a component's mandatory parameters, what each may be, and one of
  `value`   a condition on a single value node (value_tests),
  `focus`   queries about all values of a focus node (focus_tests); `holds` is the same as a condition, for
            nodes of nested shapes (node_tests),
  `logic`   a condition made of the conditions of other shapes, and a rule on how many of them hold;
besides, `told`, what can be known without asking about nodes one by one (signature_tests).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import NamedNode

from conflictgraph.validate import focus_tests as focus
from conflictgraph.validate import node_tests as node
from conflictgraph.validate import signature_tests as told
from conflictgraph.validate import value_tests as value
from conflictgraph.validate.focus import Ground, Query
from conflictgraph.validate.knowledge import Judge
from conflictgraph.validate.node_tests import Values
from conflictgraph.validate.shapes import Constraint
from conflictgraph.validate.terms import sh

ValueTest: TypeAlias = Callable[[Constraint, str], str]
FocusTest: TypeAlias = Callable[[Constraint, Ground], tuple[Query, ...]]
NodeTest: TypeAlias = Callable[[Constraint, Values], str | None]
Logic: TypeAlias = Callable[[tuple[str, ...]], str]
Rule: TypeAlias = Callable[[tuple[bool, ...]], bool]
"""From which of the shapes a value conforms to, say whether the value is right."""


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    clause: str
    parameters: tuple[tuple[str, str], ...]
    optional: tuple[tuple[str, str], ...] = ()
    many: bool = False
    by_value: bool = False
    only_property_shapes: bool = False
    value: ValueTest | None = None
    focus: FocusTest | None = None
    holds: NodeTest | None = None
    told: Judge | None = None
    logic: Logic | None = None
    rule: Rule | None = None

    @property
    def iri(self) -> NamedNode:
        return sh(self.name + "ConstraintComponent")


def conforms_to_none(conforms: tuple[bool, ...]) -> bool:
    return not any(conforms)


def conforms_to_one(conforms: tuple[bool, ...]) -> bool:
    return sum(conforms) == 1


_C = Component
CORE: tuple[Component, ...] = (
    _C(
        "Class",
        "4.1.1",
        (("class", "IRI"),),
        many=True,
        value=value.has_class,
        focus=focus.no_instances,
        told=told.has_class,
    ),
    _C("Datatype", "4.1.2", (("datatype", "IRI"),), value=value.has_datatype),
    _C("NodeKind", "4.1.3", (("nodeKind", "node kind"),), value=value.has_node_kind),
    _C(
        "MinCount",
        "4.2.1",
        (("minCount", "integer"),),
        only_property_shapes=True,
        focus=focus.too_few,
        holds=node.has_enough,
        told=told.has_enough,
    ),
    _C(
        "MaxCount",
        "4.2.2",
        (("maxCount", "integer"),),
        only_property_shapes=True,
        focus=focus.too_many,
        holds=node.has_no_more,
        told=told.has_no_more,
    ),
    _C("MinExclusive", "4.3.1", (("minExclusive", "literal"),), by_value=True, value=value.above),
    _C("MinInclusive", "4.3.2", (("minInclusive", "literal"),), by_value=True, value=value.at_least),
    _C("MaxExclusive", "4.3.3", (("maxExclusive", "literal"),), by_value=True, value=value.below),
    _C("MaxInclusive", "4.3.4", (("maxInclusive", "literal"),), by_value=True, value=value.at_most),
    _C("MinLength", "4.4.1", (("minLength", "integer"),), value=value.is_long_enough),
    _C("MaxLength", "4.4.2", (("maxLength", "integer"),), value=value.is_short_enough),
    _C(
        "Pattern",
        "4.4.3",
        (("pattern", "string"),),
        (("flags", "string"),),
        many=True,
        value=value.has_pattern,
    ),
    _C("LanguageIn", "4.4.4", (("languageIn", "list of strings"),), value=value.has_language),
    _C(
        "UniqueLang",
        "4.4.5",
        (("uniqueLang", "true"),),
        only_property_shapes=True,
        focus=focus.repeated_language,
        holds=node.has_each_language_once,
    ),
    _C(
        "Equals",
        "4.5.1",
        (("equals", "IRI"),),
        many=True,
        focus=focus.not_equal,
        holds=node.has_equals,
        told=told.has_equals,
    ),
    _C(
        "Disjoint",
        "4.5.2",
        (("disjoint", "IRI"),),
        many=True,
        focus=focus.in_common,
        holds=node.has_none_in_common,
    ),
    _C(
        "LessThan",
        "4.5.3",
        (("lessThan", "IRI"),),
        many=True,
        only_property_shapes=True,
        focus=focus.not_less,
        holds=node.has_less,
    ),
    _C(
        "LessThanOrEquals",
        "4.5.4",
        (("lessThanOrEquals", "IRI"),),
        many=True,
        only_property_shapes=True,
        focus=focus.not_less_or_equal,
        holds=node.has_less_or_equal,
    ),
    _C(
        "Not",
        "4.6.1",
        (("not", "shape"),),
        many=True,
        logic=value.is_not,
        rule=conforms_to_none,
        told=told.follows(conforms_to_none),
    ),
    _C(
        "And",
        "4.6.2",
        (("and", "list of shapes"),),
        many=True,
        logic=value.is_all,
        rule=all,
        told=told.follows(all),
    ),
    _C(
        "Or",
        "4.6.3",
        (("or", "list of shapes"),),
        many=True,
        logic=value.is_any,
        rule=any,
        told=told.follows(any),
    ),
    _C(
        "Xone",
        "4.6.4",
        (("xone", "list of shapes"),),
        many=True,
        logic=value.is_exactly_one,
        rule=conforms_to_one,
        told=told.follows(conforms_to_one),
    ),
    _C(
        "Node",
        "4.7.1",
        (("node", "node shape"),),
        many=True,
        logic=value.is_all,
        rule=all,
        told=told.follows(all),
    ),
    _C("Property", "4.7.2", (("property", "property shape"),), many=True, told=told.follows(all)),
    _C(
        "QualifiedMinCount",
        "4.7.3",
        (("qualifiedValueShape", "shape"), ("qualifiedMinCount", "integer")),
        (("qualifiedValueShapesDisjoint", "boolean"),),
        only_property_shapes=True,
        told=told.has_conforming_enough,
    ),
    _C(
        "QualifiedMaxCount",
        "4.7.3",
        (("qualifiedValueShape", "shape"), ("qualifiedMaxCount", "integer")),
        (("qualifiedValueShapesDisjoint", "boolean"),),
        only_property_shapes=True,
        told=told.has_conforming_no_more,
    ),
    _C(
        "Closed",
        "4.8.1",
        (("closed", "true"),),
        (("ignoredProperties", "list of IRIs"),),
        focus=focus.unlisted_properties,
        holds=node.has_only_listed,
    ),
    _C(
        "HasValue",
        "4.8.2",
        (("hasValue", "term"),),
        many=True,
        focus=focus.lacking,
        holds=node.has,
        told=told.has,
    ),
    _C("In", "4.8.3", (("in", "list"),), value=value.is_member, told=told.is_member),
)
BY_IRI = {component.iri: component for component in CORE}
SPARQL_COMPONENT = sh("SPARQLConstraintComponent")
