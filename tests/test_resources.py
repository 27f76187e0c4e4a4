"""The shipped files are found, in a checkout and in a wheel."""

from pathlib import Path

import pytest

from conflictgraph import resources
from conflictgraph.errors import MissingFile


@pytest.mark.parametrize("kind", resources.KINDS)
def test_every_kind_has_its_directory(kind: str) -> None:
    assert resources.directory(kind).name == kind


@pytest.mark.parametrize("files", [resources.ontology_files, resources.data_files, resources.shape_files])
def test_files_come_sorted_and_exist(files: object) -> None:
    assert callable(files)
    found: tuple[Path, ...] = files()
    assert list(found) == sorted(found)
    assert all(path.is_file() for path in found)


def test_queries_come_from_one_folder_or_from_all() -> None:
    assert set(resources.query_files("competency")) <= set(resources.query_files())
    assert all(path.suffix == ".rq" for path in resources.query_files())


def test_what_is_not_shipped_is_missing_and_the_places_are_told() -> None:
    with pytest.raises(MissingFile, match="looked in"):
        resources.directory("secrets")
    with pytest.raises(MissingFile, match=r"ontology/nothing\.ttl"):
        resources.file("ontology", "nothing.ttl")


def test_a_bundle_within_the_package_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "bundle" / "shapes"
    bundle.mkdir(parents=True)
    (bundle / "b.ttl").write_text("")
    (bundle / "a.ttl").write_text("")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.shape_files() == (bundle / "a.ttl", bundle / "b.ttl")
    assert resources.file("shapes", "a.ttl") == bundle / "a.ttl"
