"""The token is compared in a time that does not tell how much of it was right."""

import ast
import inspect

from conflictgraph.web import authority


def test_the_token_is_compared_in_constant_time_and_in_no_other_way() -> None:
    """What is compared by `==`, `in` or a method of strings is the scheme, or whether there is a token."""
    tree = ast.parse(inspect.getsource(authority.require_token))
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.startswith("hmac.compare_digest(") and "expected" in call]
    compared = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    assert sorted(compared) == ["expected is None", "scheme.lower() != 'bearer'"]
