"""`make bench`: measure, print beside the peers' figures, write `var/bench.json`; exit 1 when a promise is not kept."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys

from benchmarks import at_size, pages, sites
from benchmarks.figures import UNITS, Figure, joined
from benchmarks.ground import ROOT, SMALL


def main() -> int:
    """Run everything once, at each size."""
    parser = argparse.ArgumentParser(description="Figures of Zachetka beside its peers'.")
    parser.add_argument("--learners", default=str(SMALL), help="sizes of the academy, as 1000,100000")
    given = parser.parse_args()
    sizes = [int(size) for size in given.learners.split(",")]
    for size in sizes:
        at_size.call(size, "prepare")
    with sites.opened(sizes) as places:
        figures = pages.measure(places)
    figures += joined({size: at_size.call(size, "engine") for size in sizes})
    _print(figures, sizes)
    told = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "learners": sizes,
        "figures": [figure.told() for figure in figures],
    }
    path = ROOT / "var" / "bench.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
    print(f"\n{path.relative_to(ROOT)}; нагрузка машины {os.getloadavg()[0]:.1f} на {os.cpu_count()} ядра")
    return 0 if all(figure.is_kept for figure in figures) else 1


def _print(figures: list[Figure], sizes: list[int]) -> None:
    heads = "".join(f"{size:>13,}".replace(",", " ") for size in sizes)
    print(f"\n{'':2}{'Что':66}{heads}     {'Обещано':14}Moodle 4.5.6")
    for figure in figures:
        values = "".join(f"{_written(figure.values.get(size)):>13}" for size in sizes)
        sign = "✓" if figure.is_kept else "✗"
        print(f"{sign} {figure.name:66}{values} {UNITS[figure.unit]:3} {figure.goal:14}{figure.peer}")


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}".replace(",", " ").replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
