"""Acts of destruction with their lines, and holds."""

from zachetka.destruction.models.act import Act, ActLine
from zachetka.destruction.models.hold import Hold

__all__ = ["Act", "ActLine", "Hold"]
