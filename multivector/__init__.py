"""Helpers of the book: tables, findings, claims, figures, and the Sphinx extension that joins them."""

__version__ = "1.0.0"
