"""Which steps of a plan need not be asked: the signatures of the data tell that all focus nodes are right.

A step that is not cleared is asked as if there were no screen, so that a report never depends on one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock

from conflictgraph.validate.components import BY_IRI
from conflictgraph.validate.focus import Focus
from conflictgraph.validate.knowledge import Knowledge, Told, Verdict
from conflictgraph.validate.plan import PropertyStep, ShapePlan, SparqlStep, Step, step_constraints
from conflictgraph.validate.questions import Questions
from conflictgraph.validate.shapes import Constraint, Shape
from conflictgraph.validate.signatures import MANY, Signature, can_be_told, signature_query, signatures
from conflictgraph.validate.triple_index import Node

PURPOSE = "signatures: what nodes have"
WORTH = 20
"""How many questions have to be in the balance: to read the signatures costs more than to ask a few."""


class Screen:
    """The signatures of one state of the data, read when first needed, for what these plans ask of many
    nodes."""

    def __init__(
        self, roots: Iterable[ShapePlan], shapes: Mapping[Node, Shape], questions: Questions
    ) -> None:
        self._roots, self._shapes, self._questions = tuple(roots), shapes, questions
        self._foci: dict[Focus, list[Signature] | None] = {}
        self._screened: set[ShapePlan] = set()
        """Those whose atoms were read."""
        self._saved = 0
        self._read: Knowledge | None = None
        self._is_read = False
        self._reading = Lock()

    def clears(self, plan: ShapePlan, step: Step) -> bool:
        """Say whether the step would find nothing."""
        knowledge = self._knowledge
        if knowledge is None or plan not in self._screened or not self._is_open(step):
            return False
        told = [
            Told(knowledge, signature, plan.shape.path, (plan.shape.node,))
            for focus in plan.focus
            for signature in self._selected(knowledge, focus) or ()
        ]
        if any(self._selected(knowledge, focus) is None for focus in plan.focus):
            return False
        return all(judged(c, one) is True for c in step_constraints(step) for one in told)

    @property
    def _knowledge(self) -> Knowledge | None:
        """What is known of the data; None if nothing is worth knowing, or there is too much to know.

        Who helps another thread waits until that has read it. Not a `cached_property`: before Python 3.12
        that is computed for one screen at a time.
        """
        with self._reading:
            if not self._is_read:
                self._read, self._is_read = self._known(), True
        return self._read

    def _known(self) -> Knowledge | None:
        asked = Knowledge(self._shapes, self._questions.subclasses, judged, condition)
        for plan in self._roots:
            self._collect(plan, asked)
        if self._saved < WORTH or not asked.wanted or not can_be_told(asked.wanted):
            return None
        cells = self._questions.cells(PURPOSE, signature_query(asked.wanted))
        if len(cells) > MANY:
            return None
        found = signatures(asked.wanted, cells)
        return Knowledge(self._shapes, self._questions.subclasses, judged, condition, found)

    def _collect(self, plan: ShapePlan, asked: Knowledge) -> None:
        """Note which atoms the steps need that look at many nodes."""
        steps = [step for each in in_place(plan) for step in each.steps if self._is_open(step)]
        if not steps or not all(self._is_worth_it(focus) for focus in plan.focus):
            return
        if any(asked.is_focus({}, focus.target) is None for focus in plan.focus):
            return
        self._saved += len(steps)
        for each in in_place(plan):
            self._screened.add(each)
            told = Told(asked, {}, each.shape.path, (each.shape.node,))
            for step in filter(self._is_open, each.steps):
                for constraint in step_constraints(step):
                    judged(constraint, told)

    def _is_worth_it(self, focus: Focus) -> bool:
        return not focus.steps and self._questions.are_many(focus.counted)

    def _is_open(self, step: Step) -> bool:
        if isinstance(step, SparqlStep | PropertyStep):
            return False
        return all(can_be_judged(c, self._shapes) for c in step_constraints(step))

    def _selected(self, knowledge: Knowledge, focus: Focus) -> list[Signature] | None:
        """Return the signatures of focus nodes; None if it is not known of some."""
        if focus not in self._foci:
            known = [(each, knowledge.is_focus(each, focus.target)) for each in knowledge.signatures]
            selected = [each for each, verdict in known if verdict]
            self._foci[focus] = None if any(verdict is None for _, verdict in known) else selected
        return self._foci[focus]


def judged(constraint: Constraint, told: Told) -> Verdict:
    """Say what signatures tell of a constraint on some values."""
    component = BY_IRI.get(constraint.component)
    return None if component is None or component.told is None else component.told(constraint, told)


def can_be_judged(
    constraint: Constraint, shapes: Mapping[Node, Shape], above: frozenset[Node] = frozenset()
) -> bool:
    """Say whether signatures may tell something of a constraint, and of all that it refers to."""
    component = BY_IRI.get(constraint.component)
    if component is None or component.told is None:
        return False
    nested = [shapes[node] for node in constraint.shapes]
    if component.name.startswith("Qualified") and condition(nested[0]):
        return True
    return not above.intersection(constraint.shapes) and all(
        can_be_judged(each, shapes, above | {shape.node}) for shape in nested for each in shape.constraints
    )


def condition(shape: Shape) -> str:
    """Return a node shape as a condition on ?value that looks at nothing else; empty if it is none."""
    said = []
    for constraint in shape.constraints:
        component = BY_IRI.get(constraint.component)
        if component is None or component.value is None or component.focus is not None:
            return ""
        said.append(component.value(constraint, "?value"))
    return "" if shape.path is not None else " && ".join(said)


def in_place(plan: ShapePlan) -> Iterator[ShapePlan]:
    """Yield the plan and those that look at the same focus nodes."""
    yield plan
    for step in plan.steps:
        if isinstance(step, PropertyStep) and plan.shape.path is None:
            yield from in_place(step.nested)
