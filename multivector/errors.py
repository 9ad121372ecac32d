"""Errors meant for people: one line that says where, what, and what to do."""


class BookError(Exception):
    """A fault in the book's inputs. Its message is one readable line; callers print it without a traceback."""


class NoData(LookupError):
    """A finding has no data for this state or date. Its message says which data are missing."""
