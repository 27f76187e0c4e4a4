"""The shapes mean the same in a store as in a file."""

from shipped import shapes

from conflictgraph.validate.kept_literals import compared_terms, normalised
from conflictgraph.validate.shape_reader import read_shapes


def test_no_shape_names_a_literal_that_a_store_would_change() -> None:
    assert normalised(compared_terms(read_shapes(shapes()).values())) == {}
