"""Directives that are one function from the words of their argument to a node."""

from collections.abc import Callable

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from multivector.book import faults
from multivector.errors import BookError


def add(app, name: str, make: Callable[..., nodes.Node], required: int = 0, optional: int = 0, **options) -> None:
    """Register the directive ``name``, whose node ``make(env, *arguments, **options)`` gives.

    The last argument may hold blanks; ``options`` are functions that read the text of each. A ``BookError`` is
    recorded as a fault of the page.
    """

    class Made(SphinxDirective):
        required_arguments, optional_arguments, final_argument_whitespace = required, optional, True
        option_spec = options

        def run(self) -> list[nodes.Node]:
            try:
                return [make(self.env, *self.arguments, **self.options)]
            except BookError as fault:
                return faults.problem(self, str(fault))

    app.add_directive(name, Made)
