"""What the first who writes would wait for can be done before."""

from pathlib import Path

from guarded import copied_home

from conflictgraph import compose, graphs
from conflictgraph.gate import checking
from conflictgraph.reason import compiled
from conflictgraph.settings import Settings


def test_the_first_change_after_it_compiles_nothing(tmp_path: Path) -> None:
    settings = Settings(home=copied_home(tmp_path))
    store = compose.store(settings)
    try:
        compiled._compiled.cache_clear()
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
