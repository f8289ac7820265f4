"""Pages of `docs` that are drawn from the code: `make docs` writes them, a test holds them equal."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import zachetka
from zachetka.access.policy import ANEW, MATRIX, SEPARATED, UNASKED, FieldClass, Grant, Permission, Role, Scope
from zachetka.lifecycle.steps import Step

DOCS: Final = Path(zachetka.__file__).parent.parent / "docs"
_SCOPES: Final = {Scope.OWN: "own", Scope.TAUGHT: "taught", Scope.UNIT: "unit", Scope.ALL: "all"}
_NOTE: Final = "Drawn from the code by `make docs`; a test holds this page equal to it. Do not edit.\n"


def permissions() -> str:
    """Return `permissions.md`: the page of rights, permission by permission and role by role (п. 3.8)."""
    order = list(Role)
    pairs = sorted(sorted(pair, key=order.index) for pair in SEPARATED)
    return "\n".join(
        [
            "# Who may do what (п. 3.8)\n",
            _NOTE,
            "From `zachetka/access/policy.py`. Scope: **own** about oneself, **taught** what one teaches, **unit** the unit",
            "named in the order, **all** the whole academy. P opens personal fields, D personal documents too; both stay",
            "masked until revealed, and each reveal is recorded.\n",
            "| permission | what it lets one do | role: scope | rests on |",
            "|---|---|---|---|",
            *(
                f"| `{permission}` | {permission.sentence} | {'<br>'.join(_held(role, grant) for role, grant in held)} "
                f"| {'<br>'.join(dict.fromkeys(grant.basis for _, grant in held))} |"
                for permission in Permission
                if (held := [(role, MATRIX[permission][role]) for role in order if role in MATRIX[permission]])
            ),
            "\n## Asked anew\n",
            "What cannot be taken back: whoever does it has proved within five minutes that it is they (`ANEW`).\n",
            *(f"- `{permission}`: {reason}" for permission, reason in ANEW.items()),
            "\n## Not asked anew\n",
            "Every other permission, and why (`UNASKED`).\n",
            *(f"- `{permission}`: {UNASKED[permission]}" for permission in Permission if permission in UNASKED),
            "\n## Roles\n",
            "| role | name in the job description | permissions |",
            "|---|---|---|",
            *(
                f"| `{role}` | {role.label} | {', '.join(f'`{one}`' for one in Permission if role in MATRIX[one])} |"
                for role in Role
            ),
            "\n## Never held together by one person\n",
            *(f"- {first.label} × {second.label}" for first, second in pairs),
            "",
        ]
    )


def _held(role: Role, grant: Grant) -> str:
    marks = {FieldClass.PERSONAL: "P", FieldClass.PERSONAL_DOCUMENTS: "D"}
    opened = "".join(mark for kind, mark in marks.items() if kind in grant.fields)
    return f"{role}: {_SCOPES[grant.scope]}{f' ({opened})' if opened else ''}"


def lifecycles() -> str:
    """Return `lifecycles.md`: a diagram for each kind of record that has states, from its table of steps (п. 2.1)."""
    return "\n".join(
        [
            "# Lives of records (п. 2.1)\n",
            _NOTE,
            "Each arrow is a `Step`: the permission that takes it, the event that the ledger keeps.",
            *(line for name, table in tables() for line in _diagram(name, table)),
            "",
        ]
    )


def tables() -> Iterator[tuple[str, dict[str, Step]]]:
    """Yield each table of steps, «learning.ORDER_STEPS», in the order of the rooms' names."""
    for module in sorted(pkgutil.walk_packages(zachetka.__path__, "zachetka."), key=lambda found: found.name):
        if not module.name.endswith(".lifecycle") or module.name == "zachetka.lifecycle":
            continue
        for name, table in vars(importlib.import_module(module.name)).items():
            if name.endswith("_STEPS"):
                yield f"{module.name.split('.')[1]}.{name}", table


def _diagram(name: str, table: dict[str, Step]) -> Iterator[str]:
    sources = {source for step in table.values() for source in step.sources}
    targets = {step.target for step in table.values()}
    first = next(source for step in table.values() for source in step.sources)
    yield f"\n## {name}\n\n```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {first}"
    for verb, step in table.items():
        for source in step.sources:
            yield f"    {source} --> {step.target}: {verb}"
    yield from (f"    {state} --> [*]" for state in sorted(targets - sources))
    yield "```\n\n| step | from → to | permission | event | clause | otherwise |\n|---|---|---|---|---|---|"
    for verb, step in table.items():
        yield (
            f"| {verb} | {', '.join(step.sources)} → {step.target} | `{step.permission}` | `{step.event}` "
            f"| {step.clause} | {step.refusal} |"
        )


PAGES: Final = {"permissions.md": permissions, "lifecycles.md": lifecycles}


def write() -> None:
    """Write every page that is drawn from the code."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
