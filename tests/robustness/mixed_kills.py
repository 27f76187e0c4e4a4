"""Who kills in the mixed load: query workers, and the process of a draft while it is written.

Must not know what they are at.
"""

import os
import random
import signal
import time
from contextlib import suppress

from scene import Scene

from processes import workers, writers


def kill_a_worker(scene: Scene, chance: random.Random) -> None:
    """Any query worker of the server, idle or not."""
    _kill(scene, "worker", sorted(workers(scene.server.pid)), chance)


def kill_a_draft(scene: Scene, chance: random.Random) -> None:
    """The process of the draft that the server has open, some time after it was seen."""
    patient_until = time.monotonic() + 2
    while not (found := writers(scene.server.pid)) and time.monotonic() < patient_until:
        if scene.over.wait(0.02):
            return
    time.sleep(chance.uniform(0, 0.5))
    _kill(scene, "draft", sorted(found & writers(scene.server.pid)), chance)


def _kill(scene: Scene, what: str, pids: list[int], chance: random.Random) -> None:
    if not pids:
        return
    with suppress(ProcessLookupError):
        before = time.monotonic()
        os.kill(chance.choice(pids), signal.SIGKILL)
        scene.tally.strike(what, before)
        with scene.tally.lock:
            scene.tally.endings["kill"][what] += 1


KILLERS = [(kill_a_worker, 2.0), (kill_a_draft, 5.0)]
