"""Make a worker process unable to open connections, whatever its engine is told to evaluate.

A filter of system calls (seccomp) makes `socket` fail. It exists on Linux on the two architectures below;
elsewhere `guard` alone refuses what would fetch. Must not know queries.
"""

import ctypes
import errno
import os
import struct
import sys

_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""For each machine: how the kernel names its calling convention, and the number of `socket`."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.EACCES
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE = 0, 4


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def go_offline() -> bool:
    """Forbid this thread, and all it starts from now on, to open sockets; False where that cannot be done."""
    call = _SOCKET_CALL.get(os.uname().machine)
    if not sys.platform.startswith("linux") or call is None:
        return False
    architecture, number = call
    steps = (
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_EQUAL, 0, 3, architecture),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _FAIL),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, None, 0, 0) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0) == 0)
