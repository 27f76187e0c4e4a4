"""Other engines for the same work. Each is an optional dependency (group `bench`), imported when it is asked
for; `ModuleNotFoundError` says that it is not there.

Must not know how runs are repeated.
"""

import subprocess

from conflictgraph.bench.job import Clock, Job, Task
from conflictgraph.bench.servers import program


def pyshacl(job: Job, clock: Clock) -> None:
    """pySHACL on rdflib's graph in memory, without inference, without a copy of the data."""
    import pyshacl
    from rdflib import Graph

    with clock.timed("load"):
        data = Graph().parse(str(job.data), format="nt")
    shapes = Graph().parse(str(job.shapes_file), format="turtle")
    with clock.working():
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", inplace=True)
    assert isinstance(report, Graph)
    result = "SELECT (COUNT(*) AS ?n) WHERE { ?report <http://www.w3.org/ns/shacl#result> ?r }"
    clock.found["results"] = int(str(next(iter(report.query(result)))[0]))  # type: ignore[index]


def pyrudof(job: Job, clock: Clock) -> None:
    """rudof's own SHACL engine, by its Python package."""
    import pyrudof

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    with clock.timed("load"):
        rudof.read_data(str(job.data), format=pyrudof.RDFFormat.NTriples)
    rudof.read_shacl(str(job.shapes_file), format=pyrudof.ShaclFormat.Turtle)
    with clock.working():
        report = rudof.validate_shacl(mode=pyrudof.ShaclValidationMode.Native)
        clock.found["results"] = len(report)


def owlrl(job: Job, clock: Clock) -> None:
    """owlrl's closure of rdflib's graph in memory. Counts everything there is afterwards, trivia too."""
    import owlrl  # type: ignore[import-untyped]
    from rdflib import Graph

    graph = Graph()
    with clock.timed("load"):
        graph.parse(str(job.data), format="nt")
    with clock.working():
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    clock.found["triples in all"] = len(graph)


def reasonable(job: Job, clock: Clock) -> None:
    """reasonable's closure, as the list of triples that its Python package gives."""
    import reasonable

    turtle = job.directory / "data.ttl"
    turtle.symlink_to(job.data.resolve())
    reasoner = reasonable.PyReasoner()
    with clock.timed("load"):
        reasoner.load_file(str(turtle))
    with clock.working():
        clock.found["triples in all"] = len(reasoner.reason())


def oxigraph_load(job: Job, clock: Clock) -> None:
    """`oxigraph load` of the same file into an empty store on disk."""
    command = [
        program("oxigraph"),
        "load",
        "--location",
        str(job.directory / "oxigraph"),
        "--file",
        str(job.data),
    ]
    with clock.working():
        subprocess.run(command, check=True, capture_output=True)


TASKS: dict[str, Task] = {
    "pySHACL": pyshacl,
    "pyrudof": pyrudof,
    "owlrl": owlrl,
    "reasonable": reasonable,
    "oxigraph load": oxigraph_load,
}
