"""What must be settled before Django reads its settings; pytest loads this first (`-p` in pyproject.toml).

Tests never touch the data of `make run`, nor a server of somebody's: their data folder is `test` inside it, another
for a second run at the same time, and no other setting comes from the surroundings.
"""

import fcntl
import hashlib
import os
import shutil
from itertools import count
from pathlib import Path

from hypothesis import settings as hypothesis_settings

_KEPT = {"ZACHETKA_DATA_DIR", "ZACHETKA_CHROMIUM", "ZACHETKA_CORPUS", "ZACHETKA_GUIDE"}
_ROOT = Path(__file__).resolve().parent.parent
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
_ROOM = 6 * 2**30
"""Bytes that have to be free in memory; three workers take two or three thousand million."""


def _home() -> Path:
    """Return where the data of test runs lie: in memory where there is room for them, otherwise under `var` on the disk.

    A run copies a database of a thousand files some four hundred times; only what speaks of durability needs a disk, and
    that has servers of its own. A data folder that was named is taken as it is; the campaign leaves its account on the disk.
    """
    if named := os.environ.get("ZACHETKA_DATA_DIR"):
        return Path(named).resolve()
    if os.environ.get("ZACHETKA_CORPUS") == "whole" or not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return _ROOT / "var"
    for kept in _MEMORY.glob(f"zachetka-tests-{os.geteuid()}-*/tree"):
        if not Path(kept.read_text(encoding="utf-8")).exists():  # the tests of a tree that is gone
            shutil.rmtree(kept.parent, ignore_errors=True)
    home = _MEMORY / f"zachetka-tests-{os.geteuid()}-{hashlib.sha256(os.fsencode(_ROOT)).hexdigest()[:12]}"
    if not home.exists() and shutil.disk_usage(_MEMORY).free < _ROOM:
        return _ROOT / "var"
    home.mkdir(mode=0o755, exist_ok=True)
    if home.lstat().st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to somebody else")
    (home / "tree").write_text(str(_ROOT), encoding="utf-8")
    return home


def _folder_of_this_run(data_dir: Path) -> Path:
    """Return a folder that no other run uses, and keep it until this process ends.

    Two runs on one server would meet: the sealer waits for every transaction of its server, a role is everybody's there.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        folder = data_dir / ("test" if number == 1 else f"test-{number}")
        held = os.open(f"{folder}.run", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            return folder
    raise AssertionError


if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker inherits what its parent has settled
    for _name in [name for name in os.environ if name.startswith("ZACHETKA_") and name not in _KEPT]:
        del os.environ[_name]
    os.environ["ZACHETKA_DATA_DIR"] = str(_folder_of_this_run(_home()))
    os.environ["ZACHETKA_ACADEMY_FILE"] = str(_ROOT / "zachetka" / "demo" / "academy.toml")
    os.environ["ZACHETKA_DUTY"] = "everything"  # tests play every part
    os.environ["ZACHETKA_SECRET_KEY"] = "the tests have no secrets"
    os.environ["ZACHETKA_FACTORS_KEY"] = "nor have their second factors"
    os.environ["ZACHETKA_MFA_REQUIRED"] = "0"  # as in the demo; tests of the second factor require it themselves
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # workers, and the commands that tests start, compile once
elif not os.environ["ZACHETKA_DATA_DIR"].endswith(os.environ["PYTEST_XDIST_WORKER"]):
    # A server for each worker: the sealer waits for every transaction of its server, also those of other tests.
    os.environ["ZACHETKA_DATA_DIR"] += "-" + os.environ["PYTEST_XDIST_WORKER"]

hypothesis_settings.register_profile("zachetka", deadline=None, print_blob=True)
hypothesis_settings.load_profile("zachetka")
