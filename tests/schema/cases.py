"""Writes the cases as files: OUT/KIND/NUMBER.json beside NUMBER.yaml, and one line a case on standard output:
KIND, expected verdict ("accept", "refuse", or "same": only that all judges agree), file without ending, name.

usage: cases.py CASES MANIFESTS OUT"""

import copy
import json
import pathlib
import sys

from ruamel.yaml import YAML

REPLACEMENTS = [None, 12, True, "text", "", [], {}, ["text"], {"type": "text"}]


def documents(path):
    for text in path.read_text().split("\n---\n"):
        yield text.split("\n", 1)[0].removeprefix("# "), text + "\n", YAML(typ="safe", pure=True).load(text)


def pointers(value, at=()):
    if at:
        yield at
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from pointers(member, at + (key,))


def mutations(value):
    """Every place of a good document left out, and put to every kind of value."""
    for at in pointers(value):
        for replacement in ["left out", *REPLACEMENTS]:
            changed = copy.deepcopy(value)
            inside = changed
            for key in at[:-1]:
                inside = inside[key]
            if replacement == "left out":
                del inside[at[-1]]
            else:
                inside[at[-1]] = replacement
            yield f"{'.'.join(map(str, at))} = {json.dumps(replacement)}", changed


class Writer:
    def __init__(self, out):
        self.out = out
        self.number = 0

    def write(self, kind, verdict, name, text, value):
        self.number += 1
        base = self.out / kind / f"{self.number:05}"
        base.parent.mkdir(parents=True, exist_ok=True)
        base.with_suffix(".yaml").write_text(text)
        base.with_suffix(".json").write_text(json.dumps(value))
        print(kind, verdict, base, name, sep="\t")


def main(cases, manifests, out):
    writer = Writer(pathlib.Path(out))
    for path in sorted(pathlib.Path(cases).glob("*valid/*.yaml")):
        good = path.parent.name == "valid"
        kind = "settings" if path.stem == "settings" else "manifest"
        for name, text, value in documents(path):
            label = f"{path.parent.name}/{path.stem}: {name}"
            writer.write(kind, "accept" if good else "refuse", label, text, value)
            for change, changed in mutations(value) if good else ():
                writer.write(kind, "same", f"{label}: {change}", json.dumps(changed, indent=1) + "\n", changed)
    for path in sorted(pathlib.Path(manifests).rglob("*.yaml")):
        for _, text, value in documents(path):
            if str(value.get("type", "")).startswith("mcp-server/"):
                writer.write("manifest", "accept", f"manifests/{path.name}", text, value)


main(*sys.argv[1:])
