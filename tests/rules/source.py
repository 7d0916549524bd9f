"""The tree that the rules look at, and the few readings of a source file that they share."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property

TEXT_ENDINGS = (
    ".cpp",
    ".h",
    ".qml",
    ".py",
    ".sh",
    ".cmake",
    ".txt",
    ".json",
    ".md",
    ".sql",
    ".toml",
    ".xml",
    ".desktop",
    ".svg",
    ".js",
    ".supp",
    ".in",
    ".qrc",
    ".yml",
    ".script",
)
TEXT_NAMES = ("dev", "run", "check", "tidy-one", ".clang-tidy", ".clang-format", ".gitignore")


@dataclass
class Violation:
    path: str
    line: int  # from 1; 0: the whole file
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


@dataclass
class Source:
    path: str  # from the root of the tree, with '/'
    text: str

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def ending(self):
        return "." + self.name.rsplit(".", 1)[-1] if "." in self.name else ""

    @property
    def is_cpp(self):
        return self.ending in (".cpp", ".h")

    @property
    def is_qml(self):
        return self.ending == ".qml"

    def under(self, *folders):
        return any(self.path.startswith(folder + "/") for folder in folders)

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def bare(self):
        """The text without comments (blanked, lines kept); strings are there."""
        return blank(self.text, strings=False)

    @cached_property
    def code(self):
        """The text without comments and without what is in strings; lines kept."""
        return blank(self.text, strings=True)

    def find(self, pattern, text=None, flags=0):
        """Every match of a pattern as (line, match)."""
        text = self.bare if text is None else text
        for match in re.finditer(pattern, text, flags | re.MULTILINE):
            yield text.count("\n", 0, match.start()) + 1, match

    def violations(self, pattern, message, text=None, flags=0):
        """One violation for each match; {0} in the message is what matched."""
        for line, match in self.find(pattern, text, flags):
            yield Violation(self.path, line, message.format(match.group(0).strip()))


SKIPPED = re.compile(
    r'(?P<raw>R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)")'
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\")"
    r"|(?P<letter>(?<![0-9A-Za-z_])(?:u8|u|U|L)?'(?:\\.|[^'\\\n])+')"
    r"|(?P<line>//[^\n]*)"
    r"|(?P<block>/\*.*?\*/)",
    re.DOTALL,
)


def blank(text, strings):
    def keep_lines(match):
        whole = match.group(0)
        if match.group("line") or match.group("block"):
            return re.sub(r"[^\n]", " ", whole)
        if not strings:
            return whole
        return whole[0] + re.sub(r"[^\n]", " ", whole[1:-1]) + whole[-1]

    return SKIPPED.sub(keep_lines, text)


@dataclass
class Tree:
    sources: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)  # path → bytes, of every file

    def cpp(self, *folders):
        return [s for s in self.sources if s.is_cpp and (not folders or s.under(*folders))]

    def qml(self, *folders):
        return [s for s in self.sources if s.is_qml and (not folders or s.under(*folders))]

    def get(self, path):
        return next((s for s in self.sources if s.path == path), None)

    @staticmethod
    def of(texts):
        """A tree of given texts, for the self-tests: {path: text}."""
        return Tree(
            [Source(path, text) for path, text in texts.items()], {path: len(text) for path, text in texts.items()}
        )

    @staticmethod
    def read(root):
        tree = Tree()
        for path in list_files(root):
            full = os.path.join(root, path)
            if not os.path.isfile(full) or os.path.islink(full):
                continue
            tree.sizes[path] = os.path.getsize(full)
            name = path.rsplit("/", 1)[-1]
            if name.endswith(TEXT_ENDINGS) or name in TEXT_NAMES:
                with open(full, encoding="utf-8") as file:
                    tree.sources.append(Source(path, file.read()))
        return tree


def list_files(root):
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        return sorted(set(filter(None, listing.stdout.decode().split("\0"))))
    found = []  # a tree without git: an unpacked archive
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in ("build", ".git", "__pycache__")]
        found += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted(found)
