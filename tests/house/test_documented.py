"""What the program can do stands in the documentation."""

from __future__ import annotations

import importlib.util

import pytest

import gridgis.errors
from gridgis.errors import GridgisError
from gridgis_api.problems import PROBLEMS
from tests.conftest import ROOT


def test_every_setting_command_and_route_is_documented() -> None:
    page = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    assert page == _written_now("reference"), "run .venv/bin/python script/reference.py"


def test_the_states_of_a_case_are_drawn_as_the_table_has_them() -> None:
    page = (ROOT / "docs/case-states.md").read_text(encoding="utf-8")
    assert page == _written_now("states"), "run .venv/bin/python script/states.py"


def _written_now(page: str) -> str:
    spec = importlib.util.spec_from_file_location(page, ROOT / f"script/{page}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written: str = getattr(module, page)()
    return written


def _all_errors(base: type[GridgisError]) -> list[type[GridgisError]]:
    found = [base]
    for below in base.__subclasses__():
        found += _all_errors(below)
    return found


@pytest.mark.parametrize("error", _all_errors(GridgisError), ids=lambda error: error.__name__)
def test_every_error_is_drawn_and_answers_with_a_problem(error: type[GridgisError]) -> None:
    if error.__module__ == "gridgis.errors":
        assert error.__name__ in (gridgis.errors.__doc__ or "")
    assert any(issubclass(error, known) for known in PROBLEMS)


@pytest.mark.parametrize("script", ["server", "test"])
def test_the_readme_shows_the_two_commands(script: str) -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert any(line.strip().startswith(f"script/{script}") for line in lines)
