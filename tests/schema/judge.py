"""What PyPI's jsonschema says. usage: judge.py SCHEMA < lines of file names; prints "accept" or "refuse" for each."""

import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1].split("#")[0]).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
if "#" in sys.argv[1]:
    schema = {"$defs": schema["$defs"], "$ref": "#" + sys.argv[1].split("#")[1]}
validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
for line in sys.stdin:
    errors = list(validator.iter_errors(json.loads(pathlib.Path(line.strip()).read_text())))
    print("refuse" if errors else "accept")
    for error in errors[:3]:
        print(f"jsonschema: {line.strip()}: {error.json_path}: {error.message[:200]}", file=sys.stderr)
