"""What is installed is whole: a wheel carries every file that the rooms read while they run (п. 2.4, 3.3)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from zachetka.postgres import laws

pytestmark = pytest.mark.clause("2.4", "3.3")

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
READ = """
import os, django; django.setup()
from pathlib import Path
from django.template.loader import get_template
from zachetka.postgres import guards, laws
from zachetka.rendering.forms import TEMPLATES
assert laws.fault() == "", laws.fault()
assert Path(laws.__file__).is_relative_to(os.environ["PYTHONPATH"]), laws.__file__
get_template("learning/record_book.html")
print(len(guards.declared().triggers), len(list(TEMPLATES.glob("*/template.typ"))))
"""


def read_while_running() -> set[str]:
    """Return every file of the package that is no code and no byte code, tests aside."""
    files = (path for path in (ROOT / "zachetka").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"})
    return {path.relative_to(ROOT).as_posix() for path in files if "tests" not in path.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built of a copy, so that nothing is left in the tree."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "zachetka", source / "zachetka", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.in"):
        shutil.copyfile(ROOT / name, source / name)
    subprocess.run([sys.executable, "-c", BUILD, made], cwd=source, check=True, capture_output=True)
    (found,) = made.glob("*.whl")
    return found


def test_a_wheel_carries_whatever_the_rooms_read_and_no_tests(wheel: Path):
    with ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("zachetka/")}
    assert read_while_running() - carried == set(), "name it in `tool.setuptools.package-data`"
    assert {path.relative_to(ROOT).as_posix() for path in laws.paths()} <= carried
    assert [name for name in carried if "/tests/" in name] == []
    assert any(name.endswith(".sql") for name in carried), "the control: there is something to carry"


def test_an_installed_program_reads_its_laws_pages_and_forms(wheel: Path, tmp_path: Path):
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    given = os.environ | {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "zachetka.settings"}
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=tmp_path, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    triggers, forms = map(int, done.stdout.split())
    assert triggers > 100
    assert forms > 5
