"""What the extension takes from others that they do not promise to keep: each point of ARCHITECTURE.md still there."""

from __future__ import annotations

import inspect
from pathlib import Path

import pydata_sphinx_theme
import sphinx.extension
import sphinx_book_theme
from myst_nb import sphinx_ext
from myst_nb.core.config import NbParserConfig
from myst_nb.core.execute import base, cache
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import application, builders
from sphinx.builders import epub3
from sphinx.util import parallel

from multivector.book import ebook, faults, freshness, pages, portions


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_a_cached_notebook_can_be_given_its_outputs():
    freshness.keep_outputs_in_place()
    plain = inspect.getclosurevars(cache.NotebookClientCache.start_client).nonlocals["plain"]
    source = inspect.getsource(plain)
    assert parameters(plain) == ["self"]
    assert "self._notebook = " in source, "the notebook is no longer replaced there: the patch may go"


def test_kernels_can_be_given_settings():
    freshness.encrypt_kernels()
    plain = inspect.getclosurevars(cache.single_nb_execution).nonlocals["plain"]
    given = inspect.signature(plain).parameters
    assert "config" in given or any(each.kind is each.VAR_KEYWORD for each in given.values())
    assert "single_nb_execution(" in inspect.getsource(cache.NotebookClientCache)


def test_a_page_can_choose_its_cache():
    assert "execution_cache_path" in {field.name for field in NbParserConfig.get_fields()}


def test_the_style_sheet_can_be_put_in_place_early():
    assert parameters(sphinx_ext.add_global_html_resources) == ["app", "exception"]


def test_failures_of_cells_are_recorded():
    assert {"succeeded", "traceback"} <= set(base.ExecutionResult.__annotations__)
    assert "exec_data" in inspect.getsource(sphinx_ext) + inspect.getsource(inspect.getmodule(HideCodeCellNode))
    assert "jupyter_execute" in inspect.getsource(sphinx_ext) + inspect.getsource(inspect.getmodule(HideCodeCellNode))


def test_code_of_an_e_book_can_be_found():
    assert ebook.HideCodeCellNode is HideCodeCellNode


def test_reading_goes_through_one_method_and_in_parallel():
    assert parameters(builders.Builder.read_doc)[:2] == ["self", "docname"]
    assert "self.read_doc(" in inspect.getsource(builders.Builder._read_parallel)
    assert "parallel" in parameters(application.Sphinx)
    assert "parallel_read_safe" in inspect.getsource(sphinx.extension.Extension)
    assert callable(faults.guard_reading)


def test_work_can_be_shared_out():
    assert portions.ParallelTasks is parallel.ParallelTasks
    assert parameters(parallel.ParallelTasks.add_task) == ["self", "task_func", "arg", "result_func"]
    assert parallel.make_chunks([1, 2, 3], 1) == [[1, 2, 3]]


def test_records_of_pages_have_their_names():
    assert application.ENV_PICKLE_FILENAME == "environment.pickle"
    assert ".doctree" in inspect.getsource(builders.Builder.write_doctree)


def test_an_e_book_can_be_told_its_language():
    assert "<html " in epub3.Epub3Builder.html_tag


def test_the_theme_has_its_buttons_and_its_footer():
    theme = Path(sphinx_book_theme.__file__).parent
    buttons = "".join(file.read_text("utf-8") for file in (theme / "header_buttons").glob("*.py"))
    assert 'context["header_buttons"]' in buttons
    assert '"launch-buttons"' in buttons
    assert "theme_extra_footer" in "".join(file.read_text("utf-8") for file in theme.rglob("*.html"))


def test_icons_are_found_in_the_theme_s_library():
    assert Path(pydata_sphinx_theme.__file__).exists()
    assert pages.icon("magnifying-glass").count('d="M') == 1


def test_folds_are_written_in_the_words_that_are_mended():
    own = inspect.getsource(inspect.getmodule(HideCodeCellNode))
    for words in ("Toggle hidden content", "collapsed admonition-title", "expanded admonition-title"):
        assert words in own, words
    assert "code_prompt_show" in {field.name for field in NbParserConfig.get_fields()}
