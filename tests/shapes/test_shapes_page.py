"""docs/shapes.md names every shape that has a target, and no shape that there is not."""

import re
from pathlib import Path

from shape_examples import examples

PAGE = Path(__file__).parents[2] / "docs" / "shapes.md"


def test_the_page_names_every_shape() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert {example.name for example in examples()} <= named
    assert {name for name in named if name.endswith("Shape")} <= {example.name for example in examples()}
