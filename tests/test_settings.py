"""Settings come from the environment, and a bad one is told apart from a good one."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from conflictgraph import settings
from conflictgraph.errors import SettingError
from conflictgraph.settings import Settings, from_environment


def test_an_empty_environment_gives_the_defaults() -> None:
    given = from_environment({"PATH": "/bin"})
    assert given == Settings()
    assert (given.home, given.host, given.port) == (Path(".conflictgraph"), "127.0.0.1", 8000)


def test_variables_replace_defaults() -> None:
    given = from_environment(
        {
            "CONFLICTGRAPH_HOME": "/srv/graph",
            "CONFLICTGRAPH_PORT": "0",
            "CONFLICTGRAPH_BASE_IRI": "http://localhost/",
            "CONFLICTGRAPH_QUERY_TIMEOUT": "2.5",
            "CONFLICTGRAPH_TOKEN_FILE": "/run/token",
            "CONFLICTGRAPH_WORKERS": "",
        }
    )
    assert (given.home, given.port, given.query_timeout) == (Path("/srv/graph"), 0, 2.5)
    assert given.token_file == Path("/run/token")
    assert given.workers == Settings().workers


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("QUERY_TIMEOUT", "0"),
        ("QUERY_TIMEOUT", "nan"),
        ("QUERY_TIMEOUT", "inf"),
        ("QUERY_TIMEOUT", "soon"),
        ("WORKERS", "0"),
        ("WORKERS", "1.5"),
        ("BASE_IRI", "w3id.org/x/"),
        ("BASE_IRI", "https://w3id.org/x"),
        ("HOST", " "),
    ],
)
def test_a_bad_value_is_an_error_with_variable_expectation_and_finding(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        from_environment({f"CONFLICTGRAPH_{variable}": value})
    assert (caught.value.variable, caught.value.found) == (f"CONFLICTGRAPH_{variable}", value)
    assert caught.value.expected


def test_a_misspelt_setting_is_an_error_and_not_silence() -> None:
    with pytest.raises(SettingError, match="CONFLICTGRAPH_PORT"):
        from_environment({"CONFLICTGRAPH_PROT": "8000"})


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_the_table_has_every_setting_with_its_documentation() -> None:
    table = settings.table()
    assert [entry.name for entry in table] == [field.name for field in fields(Settings)]
    assert all(entry.doc and entry.type and entry.variable.startswith("CONFLICTGRAPH_") for entry in table)
    units = {entry.name: entry.unit for entry in table}
    assert (units["query_timeout"], units["result_max_bytes"], units["worker_memory_mb"]) == (
        "seconds",
        "bytes",
        "megabytes",
    )


def test_every_default_in_the_table_reads_back_as_itself() -> None:
    given = {entry.variable: entry.default for entry in settings.table()}
    assert from_environment(given) == Settings()
