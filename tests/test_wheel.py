"""The wheel alone, in an empty environment, serves the shipped graph."""

import subprocess
import sys
import time
import venv
from pathlib import Path

from conftest import ROOT, serving


def test_the_wheel_alone_serves_the_shipped_graph(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    environment = tmp_path / "empty"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = str(ROOT / "requirements/runtime.txt")
    subprocess.run([*pip, "--require-hashes", "-r", locked], check=True, capture_output=True, timeout=300)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, capture_output=True, timeout=120)
    command = [str(environment / "bin/conflictgraph")]
    begun = time.monotonic()
    with serving(tmp_path / "store", command) as server:
        reply = server.query("ASK { <https://w3id.org/conflictgraph/id/person/nikol-pashinyan> ?p ?o }")
        assert reply.json["boolean"] is True
        assert server.request("/", Accept="text/html").status == 200
    print(f"first start, build included: {time.monotonic() - begun:.1f} s")
