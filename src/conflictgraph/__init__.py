"""A knowledge graph of armed conflict as it is reported: attribute, never adjudicate."""

__version__ = "0.1.0"
