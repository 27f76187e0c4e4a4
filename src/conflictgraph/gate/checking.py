"""Reason over a draft and validate it: by what changed alone, where what the draft began as is known to be
closed under the same rules, and has a report by the same shapes.

Must not know what the change is, or what becomes of the draft.
"""

from functools import cache

from conflictgraph import graphs, patch
from conflictgraph.gate.changes import Change
from conflictgraph.ingest.documents import joined
from conflictgraph.ingest.seed import shape_triples
from conflictgraph.reason import change
from conflictgraph.reason.ahead import Ahead
from conflictgraph.reason.drafts import extend, infer, retract
from conflictgraph.reason.findings import Finding
from conflictgraph.store.port import MOST_CHANGES, Changes, Draft, Queryable
from conflictgraph.validate.asking import ask_port
from conflictgraph.validate.report import Report
from conflictgraph.validate.shares import processors
from conflictgraph.validate.validation import Validation, Validator

_REPORT_BASE = graphs.REPORT.value + "#"


def prepare(source: Queryable) -> None:
    """Compile the shapes, and the ontology that is published, before the first change comes."""
    _validator().prepare()
    change.prepare(source)


def ahead(draft: Draft, change: Change) -> Ahead | None:
    """Begin to reason over a change before it is applied; None unless it adds documents only, and many."""
    merged = change.touches is not None and all(map(graphs.is_merged, change.touches))
    if not merged or not change.only_adds:
        return None
    if sum(each.statements for each in change.documents) <= MOST_CHANGES:  # which the draft may tell
        return None
    return Ahead(draft, lambda: joined(change.documents).pieces)


def reason(draft: Draft, changes: Changes | None, ahead: Ahead | None = None) -> tuple[Finding, ...]:
    """Bring the inferred graph up to date; returns the inconsistencies.

    `changes` are those of a closed graph, without what is inferred; None closes everything anew. `ahead` is
    what was begun before the draft was changed.
    """
    if changes is None:
        return infer(draft, ahead).findings
    taken = retract(draft, changes.removed)
    return taken.findings if taken.rebuilt else extend(draft, changes.added).findings


def forget(draft: Draft) -> tuple[Finding, ...]:
    """Have nothing inferred."""
    draft.drop_graph(graphs.INFERRED)
    return ()


def reported(draft: Draft) -> Validation | None:
    """What the report graph of a draft tells that nothing was done to yet."""
    return _validator().recalled(patch.triples(draft, graphs.REPORT), _REPORT_BASE)


def validate(draft: Draft, before: Validation | None) -> Report:
    """Validate the draft, and put the report into its graph.

    `before` is the validation of what the draft began as; None validates everything anew, by all processors.
    """
    changes = draft.changes()
    validator = _validator()
    if before is None or changes is None:
        with draft.shared(processors()) as state:
            report = validator.validate(ask_port(state), at_once=processors()).report
    else:
        report = validator.revalidate(before, ask_port(draft), (*changes.added, *changes.removed)).report
    if before is None or report != before.report:
        draft.replace_graph(graphs.REPORT, validator.record(report, _REPORT_BASE))
    return report


@cache
def _validator() -> Validator:
    return Validator(shape_triples())
