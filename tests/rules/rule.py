"""A rule: a name, a check over the tree, and the examples that prove the check."""

from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Rule:
    name: str
    check: Callable  # (Tree) → violations
    bad: list = field(default_factory=list)  # {path: text}: each has to be caught
    good: list = field(default_factory=list)  # {path: text}: none may be caught
