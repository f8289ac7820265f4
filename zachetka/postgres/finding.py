"""One violation that the self-check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation: `check` names the rule, `sentence` tells the administrator what is wrong and what to do."""

    check: str
    sentence: str
