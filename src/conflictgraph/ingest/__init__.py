"""Documents into named graphs of a draft."""
