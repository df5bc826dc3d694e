"""Owners of every path on standard input, by the Python package `codeowners`, which has no command of its own."""

import sys

from codeowners import CodeOwners

with open(".github/CODEOWNERS", encoding="utf-8") as file:
    owners = CodeOwners(file.read())
for line in sys.stdin:
    path = line.rstrip("\n")
    print(path, " ".join(name for _, name in owners.of(path)), sep="\t")
