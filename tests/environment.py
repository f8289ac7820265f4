"""What must be settled before Django reads its settings; pytest loads this first (`-p` in pyproject.toml).

Tests never touch the data of `make run`, nor a server of somebody's: their data folder is `test` inside it, and
no other setting comes from the surroundings.
"""

import os
from pathlib import Path

from hypothesis import settings as hypothesis_settings

_KEPT = {"ZACHETKA_DATA_DIR", "ZACHETKA_CHROMIUM", "ZACHETKA_CORPUS", "ZACHETKA_GUIDE"}
_ROOT = Path(__file__).resolve().parent.parent

if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker inherits what its parent has settled
    for _name in [name for name in os.environ if name.startswith("ZACHETKA_") and name not in _KEPT]:
        del os.environ[_name]
    _data_dir = Path(os.environ.get("ZACHETKA_DATA_DIR") or _ROOT / "var").resolve()
    os.environ["ZACHETKA_DATA_DIR"] = str(_data_dir / "test")
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
