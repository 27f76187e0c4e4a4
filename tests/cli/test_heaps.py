"""The heaps that the C library keeps for the threads of a process."""

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys, threading
from conflictgraph.cli import heaps

libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = (ctypes.c_int, ctypes.c_void_p), (ctypes.c_void_p,)
if sys.argv[1] == "shared":
    heaps.share()
together = threading.Barrier(8)

def take():
    together.wait()
    libc.malloc(100_000)
    together.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
told = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, told)
libc.fclose(told)
"""


def heaps_of_eight_threads(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, check=True, timeout=60)
    return done.stdout.count(b"<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps a heap for each thread")
def test_threads_share_heaps_where_that_is_asked_for() -> None:
    assert heaps_of_eight_threads("shared") <= 2 < heaps_of_eight_threads("as it is")
