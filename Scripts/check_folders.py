#!/usr/bin/env python3
"""check_folders.py: checks that the folders inside each target do not use each other.

A folder here is a directory that holds Swift files. It uses another folder of its target if its code names a top-level
type or function that is declared there. Prints each pair of folders that use each other, with a name for each
direction, and fails.
"""
import collections
import pathlib
import re
import sys

DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))? )*(?:(?:public|package|internal|final|indirect|nonisolated) )*"
    r"(?:struct|class|enum|protocol|actor|typealias|func) (\w+)",
    re.M,
)


def code(text):
    """The text without comments and string literals; interpolations stay."""
    text = re.sub(r"/\*.*?\*/", "", re.sub(r"//.*", "", text), flags=re.S)
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', lambda match: " ".join(re.findall(r"\\\(([^)]*)\)", match.group())), text)


def check(target):
    """The pairs of folders of a target that use each other."""
    sources = collections.defaultdict(str)
    for path in sorted(target.rglob("*.swift")):
        sources[path.parent] += code(path.read_text()) + "\n"
    declared = collections.defaultdict(set)
    for folder, text in sources.items():
        for name in DECLARATION.findall(text):
            declared[name].add(folder)
    uses = {}
    for folder, text in sources.items():
        for name in sorted(set(re.findall(r"\b\w+\b", text))):
            owners = declared.get(name, set())
            if len(owners) == 1 and folder not in owners:
                uses.setdefault((folder, next(iter(owners))), name)
    pairs = [pair for pair in uses if pair[0] < pair[1] and pair[::-1] in uses]
    return [(pair, uses[pair], uses[pair[::-1]]) for pair in sorted(pairs)]


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    failed = False
    for target in sorted((root / "Sources").iterdir()):
        for (first, second), forward, backward in check(target):
            failed = True
            print(f"{first.relative_to(root)} uses {forward} of {second.relative_to(root)}, which uses its {backward}")
    if not failed:
        print("folders: no two folders of a target use each other")
    sys.exit(failed)


main()
