"""Work that is the same for many parts of the book, shared out among as many processes as read its pages."""

from __future__ import annotations

from collections.abc import Callable

from sphinx.util.parallel import ParallelTasks, SerialTasks, make_chunks, parallel_available


def results(app, function: Callable, items: list) -> dict:
    """``function`` of each item by item; where processes cannot be forked, or there is one core, one by one."""
    made: dict = {}
    tasks = ParallelTasks(app.parallel) if parallel_available and app.parallel > 1 else SerialTasks()

    def of_portion(portion: list) -> dict:
        return {item: function(item) for item in portion}

    for portion in make_chunks(items, app.parallel) if items else ():
        tasks.add_task(of_portion, portion, lambda *told: made.update(told[-1]))  # serial tasks tell the result alone
    tasks.join()
    return made
