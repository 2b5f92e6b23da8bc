#!/usr/bin/env python3
"""What limits, causes and the journal cost: one first apply on the sandbox under callgrind, and the share of its instructions that is spent in
them. Instructions do not depend on what else the machine does. Time spent waiting for the disk is not in it; the bench's wall times have that."""
import argparse
import re
import subprocess
from pathlib import Path

import bench

# Functions that do not call each other, as the linker names them. One that is not met in the profile is an error: renamed, or no longer called.
SHARES = {
    "holds, limits, groups": [r"kedge::settle\(", r"kedge::hold_by_itself\(", r"kedge::apply_releases\("],
    "causes: whose commit": [r"kedge::Worker::run<kedge::GitSource::causes\("],
    "causes: the last known value of each registration": [r"kedge::\(anonymous namespace\)::known_text\(", r"kedge::LedgerRows::put_known\("],
    "journal and ledger (but for the known values)": [r"kedge::Worker::run<kedge::StoredLedger::(?:commit|load)\(", r"kedge::Journal::close\(kedge::IntentOutcome\)$",
                                                      r"kedge::Journal::commit\(.*clone \.actor"],
}
LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+[^:]*:(.*?)(?: \[[^\]]*\])?$")


def profile(run, sandbox):
    settings = run.settings(sandbox.url, run.folder / "store")
    out = run.folder / "callgrind.out"
    # kedge is linked with an allocator of its own, which valgrind must not replace.
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--soname-synonyms=somalloc=nouserintercepts", run.kedge, "apply",
                    "-c", settings, "--yes", "--rehearse", "always"], env=run.environment, check=True, capture_output=True)
    return subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], check=True, capture_output=True, text=True).stdout


def shares(report):
    total = int(re.search(r"^\s*([\d,]+) .*PROGRAM TOTALS", report, re.M).group(1).replace(",", ""))
    functions = [(match.group(2), int(match.group(1).replace(",", ""))) for match in map(LINE.match, report.splitlines()) if match]
    found = {}
    for name, patterns in SHARES.items():
        found[name] = 0
        for pattern in patterns:
            costs = [cost for function, cost in functions if re.search(r"(?:^|\s|\()" + pattern, function) and "'2" not in function]
            if not costs:
                raise SystemExit(f"no function {pattern} in the profile: has it another name now?")
            found[name] += max(costs)  # a coroutine's frame and its body are listed one in the other
    known = max(cost for function, cost in functions if "kedge::LedgerRows::put_known(" in function)
    found["journal and ledger (but for the known values)"] -= known
    return total, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--size", type=int, default=10000)
    options = parser.parse_args()
    run = bench.Bench(options, options.size)
    run.make_repository()
    sandbox = bench.Sandbox(options.build / "sandbox" / "kedge-sandbox", run.folder)
    try:
        total, found = shares(profile(run, sandbox))
    finally:
        sandbox.stop()
        run.remove()
    print(f"\n{options.size} manifests, first apply, rehearse: always: {total / 1e6:.0f} million instructions\n\n| what | share |\n|---|---|")
    for name, cost in [*found.items(), ("together", sum(found.values()))]:
        print(f"| {name} | {100 * cost / total:.1f} % |")


if __name__ == "__main__":
    main()
