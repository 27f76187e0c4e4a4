"""What the first who writes would wait for can be done before."""

from pathlib import Path

from guarded import copied_home

from conflictgraph import compose, graphs
from conflictgraph.gate import checking
from conflictgraph.gate.publishing import prepare
from conflictgraph.reason import change, compiled
from conflictgraph.settings import Settings


def test_the_first_change_after_it_compiles_nothing(tmp_path: Path) -> None:
    settings = Settings(home=copied_home(tmp_path))
    store = compose.store(settings)
    try:
        compiled._compiled.cache_clear()
        change._rules.cache_clear()
        checking.prepare(store)
        before = compiled._compiled.cache_info().misses
        assert before > 0
        with store.draft() as draft:
            source = graphs.source("prepared").value
            draft.update(f"INSERT DATA {{ GRAPH <{source}> {{ <http://e/a> a <http://e/B> }} }}")
            checking.reason(draft, draft.changes(graphs.INFERRED))
        assert compiled._compiled.cache_info().misses == before
    finally:
        store.close()


def test_what_cannot_be_prepared_is_left_to_the_first_who_writes(tmp_path: Path) -> None:
    """Nothing is published; or the ontology has more rows than a query may give."""
    for settings in (
        Settings(home=tmp_path / "empty"),
        Settings(home=copied_home(tmp_path), result_max_rows=10),
    ):
        store = compose.store(settings)
        try:
            change._rules.cache_clear()
            prepare(compose.gate(store, settings))
            assert change._rules.cache_info().currsize == 0
        finally:
            store.close()
