"""Thin programs that wire the rest together."""
