"""`make test` on a machine without a browser: Chromium is installed where it can be, otherwise what is missing is said (п. 2.4)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.clause("2.4")

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "browser"
BRINGS = (
    'if [ "$2" = install ]; then printf "#!/bin/sh\\n" > "${0%/*}/chromium"; "${0%/*}/chmod" +x "${0%/*}/chromium"; fi'
)


class Machine:
    """A PATH of its own, with nothing but what is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bash", "chmod"):
            found = shutil.which(name)
            assert found
            (folder / name).symlink_to(found)

    def has(self, name: str, does: str = "exit 0") -> None:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        program.chmod(0o755)

    def looks(self, **named: str) -> tuple[int, str]:
        """Return the exit code and what was said of errors."""
        surroundings = {"PATH": str(self.folder), "LC_ALL": "C.UTF-8"} | named
        ended = subprocess.run([SCRIPT], env=surroundings, capture_output=True, text=True, timeout=30, check=False)
        return ended.returncode, ended.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of root's."""
    machine = Machine(tmp_path)
    machine.has("id", "echo 0")
    return machine


@pytest.mark.parametrize(
    ("apt_get", "missing"),
    [
        ("exit 0", "the package chromium of this system brings none"),
        ("exit 100", "apt-get update failed"),
        ('[ "$2" = update ]', "apt-get install chromium failed"),
    ],
)
def test_an_installation_that_brings_no_chromium_says_what_is_missing(
    machine: Machine, apt_get: str, missing: str
) -> None:
    machine.has("apt-get", apt_get)
    code, told = machine.looks()
    assert code == 1
    assert missing in told
    assert "put it on PATH, or name it in ZACHETKA_CHROMIUM" in told
    machine.has("apt-get", BRINGS)  # the control: one that brings it
    assert machine.looks() == (0, "")


def test_without_apt_or_without_root_it_is_said_what_is_missing(machine: Machine) -> None:
    code, told = machine.looks()
    assert code == 1
    assert "there is no apt-get" in told
    machine.has("apt-get", BRINGS)
    machine.has("id", "echo 1000")
    code, told = machine.looks()
    assert code == 1
    assert "needs root (once: apt-get install chromium)" in told
    machine.has("sudo", 'shift; if [ "$1" != true ]; then "$@"; fi')
    assert machine.looks() == (0, "")


def test_a_chromium_that_is_there_is_taken_and_nothing_is_installed(machine: Machine) -> None:
    machine.has("apt-get", "exit 100")
    machine.has("of-ours")
    assert machine.looks(ZACHETKA_CHROMIUM=str(machine.folder / "of-ours")) == (0, "")
    assert machine.looks(ZACHETKA_CHROMIUM="of-nobody")[0] == 1
    machine.has("google-chrome")
    assert machine.looks(ZACHETKA_CHROMIUM="of-nobody") == (0, "")
