"""What kedge says. usage: judge_kedge.py KEDGE manifest|settings < lines of file names (X.json, judged is X.yaml beside it).
Prints for each "accept", "refuse", "left" (a document of no type of ours is not judged), or "beyond": refused, but only for what no
schema can say, such as a reference to nothing, or how two values must fit each other."""

import json
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

program, kind = sys.argv[1:]
BEYOND = re.compile("there is no source named|there is no target named|the control plane must be https"
                    "|a repository on this machine is not allowed|an ssh URL needs|there is no file"
                    '|an empty pattern fits nothing|"proxy" is no proxy'
                    '|anybody who reaches this address|tokens would travel to this address'
                    r'|"\w+" goes with an \w+ URL only|"\w+" goes with "listen"')
UNIT = "is not on this unit's list of secrets"  # said of a unit's settings, not of the manifest
environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TOKEN": "one", "GIT": "two"}


def run(arguments, folder):
    done = subprocess.run([program, "validate", *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{arguments}: ended with {done.returncode}: {done.stderr}")
    return done.stdout, done.stderr


def judge_manifest(path):
    printed, said = run([path.with_suffix(".yaml").name, "--output", "json"], path.parent)
    findings = [f for f in json.loads(printed)["findings"] if f["severity"] == "error" and UNIT not in f["message"]]
    value = json.loads(path.read_text())
    ours = isinstance(value.get("type"), str) and value["type"].startswith("mcp-server/")
    return "refuse" if findings else "accept" if ours else "left", [f["message"] for f in findings]


def judge_settings(path):
    """Settings that are read may still name a repository that is not there: only what is said of the file itself counts."""
    folder = path.with_suffix("")
    (folder / "manifests").mkdir(parents=True)
    for named in ("id", "hosts", "ca.pem", "token"):
        (folder / named).touch()
    (folder / "kedge.yaml").write_text(path.with_suffix(".yaml").read_text())
    printed = "".join(run([], folder))
    errors = re.findall(r"kedge\.yaml:\d+:\d+: error: (.*)", printed)
    if errors and all(map(BEYOND.match, errors)):
        return "beyond", errors
    return "refuse" if errors else "accept", errors


with ThreadPoolExecutor(2) as pool:
    judge = {"manifest": judge_manifest, "settings": judge_settings}[kind]
    paths = [pathlib.Path(line.strip()) for line in sys.stdin]
    for path, (verdict, reasons) in zip(paths, pool.map(judge, paths)):
        print(verdict)
        for reason in reasons[:3]:
            print(f"kedge: {path}: {reason}", file=sys.stderr)
