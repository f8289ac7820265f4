"""A process of one size: it prepares the ground, or measures the engine there, and tells in JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.ground import ROOT, folder, surroundings


def call(learners: int, what: str) -> list[dict[str, Any]]:
    """Run `what` at this size in a process of its own; return the figures it told."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.at_size", str(learners), what],
        env=surroundings(learners),
        cwd=ROOT,
        check=True,
    )
    told: list[dict[str, Any]] = json.loads((folder(learners) / f"{what}.json").read_text(encoding="utf-8"))
    return told


def main(learners: int, what: str) -> None:
    """Do `what`; the environment points at the folder of this size already."""
    from zachetka.cli.session import database
    from zachetka.postgres.duties import Duty

    with database(Duty.EVERYTHING) as place:
        if what == "prepare":
            from benchmarks import ground

            ground.prepare(place, learners)
            figures = []
        else:
            from benchmarks import engine

            figures = engine.measure(learners)
    path = folder(learners) / f"{what}.json"
    path.write_text(json.dumps([figure.told() for figure in figures], ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zachetka.settings"
    main(int(sys.argv[1]), sys.argv[2])
