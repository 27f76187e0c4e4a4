"""SHACL validation: is this graph fit to publish? Nothing in here writes."""
