"""The OWL 2 RL/RDF rules, one entry each, as in section 4.3 of the W3C recommendation OWL 2 Profiles.

Read from top to bottom beside its Tables 4 to 9. Longer than a module should be because it is one table. Must
not know how the rules are run.

`schema` is matched against the ontology when rules are compiled, `data` against the store when they run.
`over="?l ?c#"` repeats `each` for every member `?c1 … ?cn` of the list `?l`; there `?u#` and `?u+` are a link
of a chain, from `?u1` to `?un`. `then` is the conclusion; `false` instead says in words what is wrong. `note`
tells why an entry adds nothing.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the profile; its name and table are its clause."""

    name: str
    table: int
    schema: str = ""
    data: str = ""
    over: str = ""
    each: str = ""
    then: str = ""
    false: str = ""
    note: str = ""


_EVERYWHERE = "holds of every term or of the built-in vocabulary: left out as trivial"
_STORE = "the store compares typed values; the checks of dt-not-type and dt-diff compare by value"

EQUALITY: Final = (
    Rule("eq-ref", 4, note=_EVERYWHERE),
    Rule("eq-sym", 4, data="?x owl:sameAs ?y", then="?y owl:sameAs ?x"),
    Rule("eq-trans", 4, data="?x owl:sameAs ?y . ?y owl:sameAs ?z", then="?x owl:sameAs ?z"),
    Rule("eq-rep-s", 4, data="?s owl:sameAs ?t . ?s ?p ?o", then="?t ?p ?o"),
    Rule("eq-rep-p", 4, data="?p owl:sameAs ?q . ?s ?p ?o", then="?s ?q ?o"),
    Rule("eq-rep-o", 4, data="?o owl:sameAs ?t . ?s ?p ?o", then="?s ?p ?t"),
    Rule(
        "eq-diff1",
        4,
        data="?x owl:sameAs ?y . ?x owl:differentFrom ?y",
        false="{x} is both the same as and different from {y}",
    ),
    Rule(
        "eq-diff2",
        4,
        schema="?a a owl:AllDifferent . ?a owl:members ?l . ?l list:cell ?m . ?m rdf:first ?x"
        " . ?m list:later ?y",
        data="?x owl:sameAs ?y",
        false="{x} is the same as {y}, but both are members of an owl:AllDifferent",
    ),
    Rule(
        "eq-diff3",
        4,
        schema="?a a owl:AllDifferent . ?a owl:distinctMembers ?l . ?l list:cell ?m . ?m rdf:first ?x"
        " . ?m list:later ?y",
        data="?x owl:sameAs ?y",
        false="{x} is the same as {y}, but both are members of an owl:AllDifferent",
    ),
)

PROPERTIES: Final = (
    Rule("prp-ap", 5, note=_EVERYWHERE),
    Rule("prp-dom", 5, schema="?p rdfs:domain ?c", data="?x ?p ?y", then="?x a ?c"),
    Rule("prp-rng", 5, schema="?p rdfs:range ?c", data="?x ?p ?y", then="?y a ?c"),
    Rule(
        "prp-fp", 5, schema="?p a owl:FunctionalProperty", data="?x ?p ?y . ?x ?p ?z", then="?y owl:sameAs ?z"
    ),
    Rule(
        "prp-ifp",
        5,
        schema="?p a owl:InverseFunctionalProperty",
        data="?x ?p ?z . ?y ?p ?z",
        then="?x owl:sameAs ?y",
    ),
    Rule(
        "prp-irp",
        5,
        schema="?p a owl:IrreflexiveProperty",
        data="?x ?p ?x",
        false="{x} is related to itself by the irreflexive {p}",
    ),
    Rule("prp-symp", 5, schema="?p a owl:SymmetricProperty", data="?x ?p ?y", then="?y ?p ?x"),
    Rule(
        "prp-asyp",
        5,
        schema="?p a owl:AsymmetricProperty",
        data="?x ?p ?y . ?y ?p ?x",
        false="{x} and {y} are related both ways by the asymmetric {p}",
    ),
    Rule("prp-trp", 5, schema="?p a owl:TransitiveProperty", data="?x ?p ?y . ?y ?p ?z", then="?x ?p ?z"),
    Rule("prp-spo1", 5, schema="?p rdfs:subPropertyOf ?q", data="?x ?p ?y", then="?x ?q ?y"),
    Rule(
        "prp-spo2",
        5,
        schema="?p owl:propertyChainAxiom ?l",
        over="?l ?p#",
        each="?u# ?p# ?u+",
        then="?u1 ?p ?un",
    ),
    Rule("prp-eqp1", 5, schema="?p owl:equivalentProperty ?q", data="?x ?p ?y", then="?x ?q ?y"),
    Rule("prp-eqp2", 5, schema="?p owl:equivalentProperty ?q", data="?x ?q ?y", then="?x ?p ?y"),
    Rule(
        "prp-pdw",
        5,
        schema="?p owl:propertyDisjointWith ?q",
        data="?x ?p ?y . ?x ?q ?y",
        false="{x} is related to {y} by the disjoint properties {p} and {q}",
    ),
    Rule(
        "prp-adp",
        5,
        schema="?a a owl:AllDisjointProperties . ?a owl:members ?l . ?l list:cell ?m . ?m rdf:first ?p"
        " . ?m list:later ?q",
        data="?x ?p ?y . ?x ?q ?y",
        false="{x} is related to {y} by the disjoint properties {p} and {q}",
    ),
    Rule("prp-inv1", 5, schema="?p owl:inverseOf ?q", data="?x ?p ?y", then="?y ?q ?x"),
    Rule("prp-inv2", 5, schema="?p owl:inverseOf ?q", data="?x ?q ?y", then="?y ?p ?x"),
    Rule(
        "prp-key",
        5,
        schema="?c owl:hasKey ?l",
        over="?l ?p#",
        data="?x a ?c",
        each="?x ?p# ?z# . ?y ?p# ?z# . ?y a ?c",
        then="?x owl:sameAs ?y",
    ),
    Rule(
        "prp-npa1",
        5,
        schema="?a owl:sourceIndividual ?x . ?a owl:assertionProperty ?p . ?a owl:targetIndividual ?y",
        data="?x ?p ?y",
        false="{x} is related to {y} by {p}, which a negative assertion denies",
    ),
    Rule(
        "prp-npa2",
        5,
        schema="?a owl:sourceIndividual ?x . ?a owl:assertionProperty ?p . ?a owl:targetValue ?y",
        data="?x ?p ?y",
        false="{x} has the value {y} for {p}, which a negative assertion denies",
    ),
)

CLASSES: Final = (
    Rule("cls-thing", 6, note=_EVERYWHERE),
    Rule("cls-nothing1", 6, note=_EVERYWHERE),
    Rule("cls-nothing2", 6, data="?x a owl:Nothing", false="{x} is a member of owl:Nothing"),
    Rule("cls-int1", 6, schema="?c owl:intersectionOf ?l", over="?l ?c#", each="?y a ?c#", then="?y a ?c"),
    Rule(
        "cls-int2",
        6,
        schema="?c owl:intersectionOf ?l . ?l list:member ?d",
        data="?y a ?c",
        then="?y a ?d",
    ),
    Rule("cls-uni", 6, schema="?c owl:unionOf ?l . ?l list:member ?d", data="?y a ?d", then="?y a ?c"),
    Rule(
        "cls-com",
        6,
        schema="?c owl:complementOf ?d",
        data="?x a ?c . ?x a ?d",
        false="{x} is a member of {c} and of its complement {d}",
    ),
    Rule(
        "cls-svf1",
        6,
        schema="?c owl:someValuesFrom ?d . ?c owl:onProperty ?p",
        data="?u ?p ?v . ?v a ?d",
        then="?u a ?c",
    ),
    Rule(
        "cls-svf2",
        6,
        schema="?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p",
        data="?u ?p ?v",
        then="?u a ?c",
    ),
    Rule(
        "cls-avf",
        6,
        schema="?c owl:allValuesFrom ?d . ?c owl:onProperty ?p",
        data="?u a ?c . ?u ?p ?v",
        then="?v a ?d",
    ),
    Rule(
        "cls-hv1",
        6,
        schema="?c owl:hasValue ?v . ?c owl:onProperty ?p",
        data="?u a ?c",
        then="?u ?p ?v",
    ),
    Rule(
        "cls-hv2",
        6,
        schema="?c owl:hasValue ?v . ?c owl:onProperty ?p",
        data="?u ?p ?v",
        then="?u a ?c",
    ),
    Rule(
        "cls-maxc1",
        6,
        schema="?c owl:maxCardinality 0 . ?c owl:onProperty ?p",
        data="?u a ?c . ?u ?p ?y",
        false="{u} has the value {y} for {p}, of which {c} allows none",
    ),
    Rule(
        "cls-maxc2",
        6,
        schema="?c owl:maxCardinality 1 . ?c owl:onProperty ?p",
        data="?u a ?c . ?u ?p ?y . ?u ?p ?z",
        then="?y owl:sameAs ?z",
    ),
    Rule(
        "cls-maxqc1",
        6,
        schema="?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
        data="?u a ?c . ?u ?p ?y . ?y a ?d",
        false="{u} has the value {y} in {d} for {p}, of which {c} allows none",
    ),
    Rule(
        "cls-maxqc2",
        6,
        schema="?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing",
        data="?u a ?c . ?u ?p ?y",
        false="{u} has the value {y} for {p}, of which {c} allows none",
    ),
    Rule(
        "cls-maxqc3",
        6,
        schema="?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
        data="?u a ?c . ?u ?p ?y . ?y a ?d . ?u ?p ?z . ?z a ?d",
        then="?y owl:sameAs ?z",
    ),
    Rule(
        "cls-maxqc4",
        6,
        schema="?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing",
        data="?u a ?c . ?u ?p ?y . ?u ?p ?z",
        then="?y owl:sameAs ?z",
    ),
    Rule("cls-oo", 6, schema="?c owl:oneOf ?l . ?l list:member ?y", then="?y a ?c"),
)

CLASS_AXIOMS: Final = (
    Rule("cax-sco", 7, schema="?c rdfs:subClassOf ?d", data="?x a ?c", then="?x a ?d"),
    Rule("cax-eqc1", 7, schema="?c owl:equivalentClass ?d", data="?x a ?c", then="?x a ?d"),
    Rule("cax-eqc2", 7, schema="?c owl:equivalentClass ?d", data="?x a ?d", then="?x a ?c"),
    Rule(
        "cax-dw",
        7,
        schema="?c owl:disjointWith ?d",
        data="?x a ?c . ?x a ?d",
        false="{x} is a member of the disjoint classes {c} and {d}",
    ),
    Rule(
        "cax-adc",
        7,
        schema="?a a owl:AllDisjointClasses . ?a owl:members ?l . ?l list:cell ?m . ?m rdf:first ?c"
        " . ?m list:later ?d",
        data="?x a ?c . ?x a ?d",
        false="{x} is a member of the disjoint classes {c} and {d}",
    ),
)

DATATYPES: Final = (
    Rule("dt-type1", 8, note=_EVERYWHERE),
    Rule(
        "dt-type2",
        8,
        note="its subject is a literal; cls-svf1 and cls-maxqc read the literal's datatype instead",
    ),
    Rule("dt-eq", 8, note=_STORE),
    Rule("dt-diff", 8, note="checked where a rule concludes that two literals are the same"),
    Rule("dt-not-type", 8, note="checked where a rule concludes that a literal has a datatype"),
)

SCHEMA: Final = (
    Rule("scm-cls", 9, schema="?c a owl:Class", then="?c rdfs:subClassOf ?c"),
    Rule("scm-cls", 9, schema="?c a owl:Class", then="?c owl:equivalentClass ?c"),
    Rule("scm-cls", 9, schema="?c a owl:Class", then="?c rdfs:subClassOf owl:Thing"),
    Rule("scm-cls", 9, schema="?c a owl:Class", then="owl:Nothing rdfs:subClassOf ?c"),
    Rule("scm-sco", 9, schema="?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e", then="?c rdfs:subClassOf ?e"),
    Rule("scm-eqc1", 9, schema="?c owl:equivalentClass ?d", then="?c rdfs:subClassOf ?d"),
    Rule("scm-eqc1", 9, schema="?c owl:equivalentClass ?d", then="?d rdfs:subClassOf ?c"),
    Rule(
        "scm-eqc2",
        9,
        schema="?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?c",
        then="?c owl:equivalentClass ?d",
    ),
    Rule("scm-op", 9, schema="?p a owl:ObjectProperty", then="?p rdfs:subPropertyOf ?p"),
    Rule("scm-op", 9, schema="?p a owl:ObjectProperty", then="?p owl:equivalentProperty ?p"),
    Rule("scm-dp", 9, schema="?p a owl:DatatypeProperty", then="?p rdfs:subPropertyOf ?p"),
    Rule("scm-dp", 9, schema="?p a owl:DatatypeProperty", then="?p owl:equivalentProperty ?p"),
    Rule(
        "scm-spo",
        9,
        schema="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r",
        then="?p rdfs:subPropertyOf ?r",
    ),
    Rule("scm-eqp1", 9, schema="?p owl:equivalentProperty ?q", then="?p rdfs:subPropertyOf ?q"),
    Rule("scm-eqp1", 9, schema="?p owl:equivalentProperty ?q", then="?q rdfs:subPropertyOf ?p"),
    Rule(
        "scm-eqp2",
        9,
        schema="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p",
        then="?p owl:equivalentProperty ?q",
    ),
    Rule("scm-dom1", 9, schema="?p rdfs:domain ?c . ?c rdfs:subClassOf ?d", then="?p rdfs:domain ?d"),
    Rule("scm-dom2", 9, schema="?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q", then="?p rdfs:domain ?c"),
    Rule("scm-rng1", 9, schema="?p rdfs:range ?c . ?c rdfs:subClassOf ?d", then="?p rdfs:range ?d"),
    Rule("scm-rng2", 9, schema="?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q", then="?p rdfs:range ?c"),
    Rule(
        "scm-hv",
        9,
        schema="?c owl:hasValue ?i . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q . ?d owl:onProperty ?q"
        " . ?d owl:hasValue ?i",
        then="?c rdfs:subClassOf ?d",
    ),
    Rule(
        "scm-svf1",
        9,
        schema="?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?y rdfs:subClassOf ?z"
        " . ?d owl:someValuesFrom ?z . ?d owl:onProperty ?p",
        then="?c rdfs:subClassOf ?d",
    ),
    Rule(
        "scm-svf2",
        9,
        schema="?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q"
        " . ?d owl:onProperty ?q . ?d owl:someValuesFrom ?y",
        then="?c rdfs:subClassOf ?d",
    ),
    Rule(
        "scm-avf1",
        9,
        schema="?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?y rdfs:subClassOf ?z"
        " . ?d owl:allValuesFrom ?z . ?d owl:onProperty ?p",
        then="?c rdfs:subClassOf ?d",
    ),
    Rule(
        "scm-avf2",
        9,
        schema="?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?p rdfs:subPropertyOf ?q"
        " . ?d owl:onProperty ?q . ?d owl:allValuesFrom ?y",
        then="?d rdfs:subClassOf ?c",
    ),
    Rule("scm-int", 9, schema="?c owl:intersectionOf ?l . ?l list:member ?d", then="?c rdfs:subClassOf ?d"),
    Rule("scm-uni", 9, schema="?c owl:unionOf ?l . ?l list:member ?d", then="?d rdfs:subClassOf ?c"),
)

RULES: Final = EQUALITY + PROPERTIES + CLASSES + CLASS_AXIOMS + DATATYPES + SCHEMA
