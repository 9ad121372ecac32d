"""What the extension takes from others that they do not promise to keep: each point of ARCHITECTURE.md still there."""

import inspect

import sphinx.extension
from myst_nb import sphinx_
from myst_nb.core import render
from myst_nb.core.config import NbParserConfig
from myst_nb.core.execute import base, cache
from sphinx import application, builders

from multivector.book import faults, freshness, pages


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_kernels_can_be_given_settings():
    freshness.encrypt_kernels()
    plain = inspect.getclosurevars(cache.single_nb_execution).nonlocals["plain"]
    given = inspect.signature(plain).parameters
    assert "config" in given or any(each.kind is each.VAR_KEYWORD for each in given.values())
    assert "single_nb_execution(" in inspect.getsource(cache.NotebookClientCache)


def test_a_page_can_choose_its_cache():
    assert "execution_cache_path" in {field.name for field in NbParserConfig.get_fields()}


def test_a_run_is_told_and_left_as_a_notebook():
    assert parameters(sphinx_.NbMetadataCollector.get_exec_data) == ["env", "docname"]
    assert {"succeeded", "traceback"} <= base.ExecutionResult.__annotations__.keys()
    assert "output_folder" in {field.name for field in NbParserConfig.get_fields()}
    assert "nb_renderer.write_file(ipynb_path, content" in inspect.getsource(sphinx_.Parser.parse)


def test_reading_goes_through_one_method_and_in_parallel():
    assert parameters(builders.Builder.read_doc)[:2] == ["self", "docname"]
    assert "self.read_doc(" in inspect.getsource(builders.Builder._read_parallel)
    assert f"len(docnames) > {freshness._FEW}" in inspect.getsource(builders.Builder.read)
    assert "nproc=self.app.parallel - 1" in inspect.getsource(builders.Builder.write)
    assert "parallel" in parameters(application.Sphinx)
    assert "parallel_read_safe" in inspect.getsource(sphinx.extension.Extension)
    assert callable(faults.guard_reading)


def test_warnings_are_counted_once_all_is_read_and_before_it_is_recorded():
    assert "self._warncount and self.keep_going" in inspect.getsource(application.Sphinx.build)
    build = inspect.getsource(builders.Builder.build)
    order = [build.index(words) for words in ("pending_warnings():", "check_dependents(", "pickle.dump(")]
    assert order == sorted(order)


def test_code_of_a_cell_has_its_class():
    own = inspect.getsource(render)
    assert '"cell_input"' in own
    assert pages.FoldedCode.default_priority < sphinx_.HideInputCells.default_priority
