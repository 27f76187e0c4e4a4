"""Every command, setting, route and graph is documented."""

import re
from pathlib import Path

import pytest

from conflictgraph import cli, compose, errors, graphs, settings
from conflictgraph.settings import Settings
from conflictgraph.web.errors import status_of
from conflictgraph.web.openapi.document import document
from conftest import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(cli.commands.commands))
def test_every_command_is_documented(name: str) -> None:
    assert f"`conflictgraph {name}" in read("README.md")
    assert f"## {name}" in read("docs/cli.md")
    options = [word for p in cli.commands.commands[name].params for word in (*p.opts, *p.secondary_opts)]
    text = read("docs/cli.md").split(f"## {name}\n")[1].split("\n## ")[0]
    for option in options:
        if option.startswith("--"):
            assert f"`{option}" in text, option


@pytest.mark.parametrize("entry", settings.table(), ids=lambda entry: entry.variable)
def test_every_setting_is_documented_with_its_default(entry: settings.Entry) -> None:
    (row,) = [line for line in read("docs/settings.md").splitlines() if f"`{entry.variable}`" in line]
    assert entry.doc in row
    assert entry.name == "workers" or not entry.default or f"`{entry.default}`" in row


def test_every_route_is_documented(tmp_path: Path) -> None:
    app = compose.web_application(Settings(home=tmp_path / "store"))
    text = read("docs/http.md")
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "…", rule.rule)
        assert f"`{path}`" in text, path


def test_the_description_of_the_interface_has_every_route_and_method_and_no_other(tmp_path: Path) -> None:
    app = compose.web_application(Settings(home=tmp_path / "store"))
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    paths = document("0")["paths"]
    assert {(path, method) for path, methods in paths.items() for method in methods} == routes


def test_every_kind_of_error_is_described_under_its_status() -> None:
    """Those who add a kind of error say in `web/openapi/kinds.py` where it may come up."""
    told: dict[str, set[int]] = {}
    for name, response in document("0")["components"]["responses"].items():
        schema = response.get("content", {}).get("application/problem+json", {}).get("schema", {})
        for part in schema.get("allOf", []):
            for kind in part.get("properties", {}).get("kind", {}).get("enum", []):
                told.setdefault(kind, set()).add(int(name.partition("-")[0]))
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    never = {"AskerError", "EngineError", "ConfigurationError", "PortTaken"}
    assert told == {kind: {status_of(getattr(errors, kind)).value} for kind in drawn if kind not in never}


def test_every_fixed_graph_is_documented() -> None:
    for graph in graphs.FIXED:
        assert f"`{graph.value.removeprefix(graphs.BASE)}`" in read("docs/architecture.md")


def test_the_pages_of_the_documentation_exist() -> None:
    for page in re.findall(r"\]\(((?:docs|data|queries)[^)#]*)\)", read("README.md")):
        assert (ROOT / page).exists(), page


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[^`]*)`", read("docs/security.md")))))
def test_every_test_that_the_threat_model_names_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file()
    assert not function or re.search(rf"^def {function}\(", read(path), re.MULTILINE)


def test_every_threat_has_a_test() -> None:
    rows = [line for line in read("docs/security.md").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if "shown by" not in row]
    assert len(promises) > 20
    assert all("`tests/" in row and "::test_" in row for row in promises)


@pytest.mark.parametrize("name", ["runtime", "build", "dev", "bench"])
def test_every_package_is_locked_with_a_checksum(name: str) -> None:
    lines = read(f"requirements/{name}.txt").replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert packages
    assert all(re.match(r"[\w.-]+(\[\w+\])?==\S+", line) and "--hash=sha256:" in line for line in packages)
    assert "pip install --quiet --require-hashes -r requirements/runtime.txt" in read("Makefile")
