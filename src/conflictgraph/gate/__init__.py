"""The one way to write: a change goes into a draft, is reasoned over, validated, and published or refused."""
