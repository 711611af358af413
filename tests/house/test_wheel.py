"""The built wheel is whole: installed in an empty environment, it serves its pages."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from numba.core.caching import UserProvidedCacheLocator

from gridgis.compiling import compiled_folder, is_whole
from gridgis.store.engine import Store
from tests.cities import draw, staff
from tests.conftest import PROVE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.clock import FixedClock

PACKAGES = {
    "gridgis": ROOT / "gridgis",
    "gridgis_boundaries": ROOT / "boundaries/gridgis_boundaries",
    "gridgis_maps": ROOT / "maps/gridgis_maps",
    "gridgis_api": ROOT / "api/gridgis_api",
}
READY = "gridgis is ready on "


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the work tree."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and what requirements/service.lock names, no more.

    pip installs the wheel. The locked packages are not fetched again: those that this suite runs
    with are linked in, one by one, so that neither the work tree nor what only tests need is seen.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder.parent)
    (site,) = folder.glob("lib/python*/site-packages")
    for name in _locked():
        _link(metadata.distribution(name), site)
    _pip(folder, "install", "--no-index", "--no-deps", "--quiet", str(wheel))
    if not PROVE:
        _bring_compiled(site)
    return folder


@pytest.fixture
def service(elsewhere: Path, database_url: str, clock: FixedClock) -> Iterator[httpx.Client]:
    """The wheel's own program, serving a town of nine grids."""
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        staff(connection, "1", 104.005, 30.005, "gas")
    store.close()
    process = subprocess.Popen(
        [elsewhere / "bin/gridgis", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=elsewhere,
        env=_empty_environment(elsewhere) | {"GRIDGIS_DATABASE_URL": database_url},
    )
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith(READY):
            break
    else:
        pytest.fail("the service ended:\n" + "".join(said))
    with httpx.Client(base_url=said[-1].removeprefix(READY).strip(), trust_env=False) as client:
        yield client
    process.terminate()
    process.communicate()


def test_the_wheel_holds_what_runs_and_nothing_else(wheel: Path) -> None:
    held = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    assert {path.parts[0] for path in held if "dist-info" not in path.parts[0]} == set(PACKAGES)
    for package, folder in PACKAGES.items():
        there = {
            Path(package) / path.relative_to(folder)
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {path for path in held if path.parts[0] == package} == there
    for part in (
        "gridgis/store/sql/locate.sql",
        "gridgis/store/migrations/env.py",
        "gridgis/words/page.json",
        "gridgis/demo/response_plan.yaml",
        "gridgis_maps/assets/leaflet.js",
        "gridgis_api/assets/index.html",
    ):
        assert Path(part) in held


@pytest.mark.slow
def test_installed_in_an_empty_environment_it_serves_its_pages(
    service: httpx.Client, elsewhere: Path
) -> None:
    where = _run(elsewhere / "bin/python", "-c", "import gridgis; print(gridgis)", cwd=elsewhere)
    assert str(elsewhere) in where
    assert service.get("/api/v1/health").json()["status"] == "ok"
    for page in ("/", "/docs"):
        response = service.get(page)
        assert response.status_code == 200
        parts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', response.text)
        assert len(parts) > 1
        for part in parts:
            assert service.get(part).status_code == 200, part
    coverage = service.get("/api/v1/maps/coverage.html")
    assert coverage.status_code == 200
    assert "L.map" in coverage.text


@pytest.mark.slow
def test_its_metadata_names_all_that_it_needs(elsewhere: Path) -> None:
    assert "No broken requirements" in _pip(elsewhere, "check")
    (information,) = elsewhere.glob("lib/python*/site-packages/gridgis-*.dist-info")
    needed = metadata.PathDistribution(information).requires or []
    declared = {_plain(re.split(r"[\[>]", line)[0]) for line in needed}
    assert [line for line in needed if ">=" not in line] == [], "each has a lower bound"
    owners = metadata.packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path, module in _imports()
        if not declared & {_plain(owner) for owner in owners.get(module, [])}
    }
    assert undeclared == set()


def _locked() -> Iterator[str]:
    """The packages of requirements/service.lock that this machine's Python uses."""
    for line in (ROOT / "requirements/service.lock").read_text(encoding="utf-8").splitlines():
        found = re.match(r"([\w.-]+)==(\S+)", line)
        if found and _version(found[1]) == found[2]:
            yield found[1]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _link(distribution: metadata.Distribution, site: Path) -> None:
    for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
        link = site / top
        if not link.is_symlink():
            link.symlink_to(Path(str(distribution.locate_file(top))))


def _bring_compiled(site: Path) -> None:
    """Bring the kernels that the work tree has compiled from the same bytes: a minute less.

    Were they compiled from others, or not found, the service would compile its own.
    """
    for sources in KERNELS:
        packed = sources.removeprefix("maps/")
        here, there = compiled_folder(ROOT / sources), compiled_folder(site / packed)
        assert here.name == there.name, "the wheel's sources are those of the work tree"
        if is_whole(ROOT / sources):
            inner, wanted = (
                UserProvidedCacheLocator.get_suitable_cache_subpath(str(folder / "any.py"))
                for folder in (ROOT / sources, site / packed)
            )
            shutil.copytree(here / inner, there / wanted)


KERNELS = (
    "gridgis/locate",
    "gridgis/places/kernels",
    "gridgis/roads/kernels",
    "gridgis/nearest/kernels",
    "gridgis/reach/kernels",
    "maps/gridgis_maps/numbers/scan/kernels",
    "maps/gridgis_maps/numbers/local/kernels",
)
"""The folders with kernels."""


def _imports() -> Iterator[tuple[Path, str]]:
    """Each file of the packages with the outside modules that it imports."""
    for folder in PACKAGES.values():
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module]
                for name in {name.partition(".")[0] for name in names}:
                    if name not in sys.stdlib_module_names and name not in PACKAGES:
                        yield path, name


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(environment: Path, *arguments: str) -> str:
    interpreter = str(environment / "bin/python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", interpreter]
    return _run(*pip, *arguments, cwd=environment)


def _empty_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
