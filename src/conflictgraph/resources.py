"""Where the shipped ontology, data, shapes and queries are.

An installed wheel carries them below the package, in `bundle/`; a checkout has them at its top level. Must
not know what the files say.
"""

from pathlib import Path

from conflictgraph.errors import MissingFile

KINDS = ("ontology", "data", "shapes", "queries")

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def directory(kind: str) -> Path:
    """The directory of one of `KINDS`; `MissingFile` if neither a wheel's nor a checkout's is there."""
    places = (_PACKAGE / "bundle" / kind, _CHECKOUT / kind)
    for place in places:
        if kind in KINDS and place.is_dir():
            return place
    raise MissingFile(
        f"The shipped {kind!r} directory is missing; looked in {places[0]} and {places[1]}. "
        "Install the package again."
    )


def ontology_files() -> tuple[Path, ...]:
    """The modules of the ontology, Turtle."""
    return _files("ontology", "**/*.ttl")


def data_files() -> tuple[Path, ...]:
    """The seed data, Turtle and CSV."""
    return tuple(sorted((*_files("data", "**/*.ttl"), *_files("data", "**/*.csv"))))


def shape_files() -> tuple[Path, ...]:
    """The shapes, Turtle."""
    return _files("shapes", "**/*.ttl")


def query_files(folder: str = "") -> tuple[Path, ...]:
    """The queries below `queries/`, or below one folder of it."""
    return _files("queries", f"{folder}/**/*.rq" if folder else "**/*.rq")


def file(kind: str, name: str) -> Path:
    """One shipped file by its name below the directory of its kind; `MissingFile` if it is not there."""
    path = directory(kind) / name
    if not path.is_file():
        raise MissingFile(f"The shipped file {kind}/{name} is missing; looked for {path}.")
    return path


def _files(kind: str, pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(path for path in directory(kind).glob(pattern) if path.is_file()))
