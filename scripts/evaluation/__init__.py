"""Evaluation of the product against labelled recordings."""
