"""What a parameter of a constraint component is called in queries. (SHACL 6.2.1)"""

from __future__ import annotations

import re

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NCNAME = re.compile(f"[{_START}][{_START}{_MORE}.-]*")
_VARNAME = re.compile(f"[{_START}0-9][{_START}{_MORE}]*")


def parameter_name(iri: str) -> str:
    """Return the longest NCName at the end of the IRI that does not follow its first colon at once; empty
    if there is none."""
    colon = iri.find(":")
    ends = (iri[at:] for at in range(len(iri)) if at != colon + 1)
    return next((end for end in ends if _NCNAME.fullmatch(end)), "")


def is_variable_name(name: str) -> bool:
    """Say whether SPARQL has a variable of the name (SPARQL 19.8, VARNAME)."""
    return _VARNAME.fullmatch(name) is not None
