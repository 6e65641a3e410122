"""A set while it runs."""
