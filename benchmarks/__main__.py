"""`make bench`: measure, print beside the peers' figures, write `var/bench.json`; exit 1 when a promise is not kept."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys

from benchmarks import ground

UNITS = {"ms": "мс", "/s": "/с", "s": "с", "queries": "", "KB": "КБ"}


def main() -> int:
    """Run everything once."""
    parser = argparse.ArgumentParser(description="Figures of Zachetka beside its peers'.")
    parser.add_argument("--learners", type=int, default=1200, help="size of the academy that is built if there is none")
    given = parser.parse_args()
    ground.settle()
    from zachetka.cli.session import database
    from zachetka.postgres.duties import Duty

    with database(Duty.EVERYTHING):
        ground.prepare(given.learners)
        from benchmarks import engine, pages

        with ground.web_server() as port:
            figures = [*pages.measure(port), pages.views_a_second(port), *engine.measure()]
    print(f"\n{'':2}{'Что':58}{'Измерено':>14}  {'Обещано':14}Moodle 4.5.6")
    for figure in figures:
        sign = "✓" if figure.is_kept else "✗"
        value = f"{figure.value:,.1f}".replace(",", " ").replace(".", ",")
        print(f"{sign} {figure.name:58}{value:>10} {UNITS[figure.unit]:3}  {figure.goal:14}{figure.peer}")
    told = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "learners": given.learners,
        "figures": [figure.told() for figure in figures],
    }
    path = ground.ROOT / "var" / "bench.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
    print(f"\n{path.relative_to(ground.ROOT)}; нагрузка машины {os.getloadavg()[0]:.1f} на {os.cpu_count()} ядра")
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
