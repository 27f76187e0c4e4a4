"""`python -m conflictgraph`: the command line."""

from conflictgraph.cli import main

if __name__ == "__main__":
    main()
