#!/usr/bin/env python3
"""Measures one daemon with many units in its steady state: by default 500 units of 20 repositories, 100 registrations each, on 5 targets, looking
every minute with nothing to do. Prints memory (now and at most), processor time in per cent of one core (git's children included), and what the
control planes were asked for. Everything is on this machine: the sandbox's own work is not counted."""
import argparse
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import TOKEN, Sandbox, body, manifest


def make_repository(path, folders):
    """`folders`: name -> numbers of its manifests. One commit, by a stream, which takes a moment rather than a minute."""
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(path)], check=True)
    stream = ["commit refs/heads/main\ncommitter bench <bench@example.com> 1700000000 +0000\ndata 5\nfirst\n"]
    for folder, numbers in folders.items():
        for number in numbers:
            text = manifest(number)
            stream.append(f"M 100644 inline {folder}/server-{number:06d}.yaml\ndata {len(text.encode())}\n{text}\n")
    subprocess.run(["git", "--git-dir", str(path), "fast-import", "--quiet"], input="".join(stream).encode(), check=True)


def seed(url, numbers):
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    for number in numbers:
        connection.request("PUT", "/api/svc/v1/mcp", body(number),
                           {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            sys.exit(f"the sandbox does not take {number}: {answer.status}")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid, key):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--targets", type=int, default=5)
    parser.add_argument("--each", type=int, default=100, help="registrations of a unit")
    parser.add_argument("--interval", type=int, default=60, help="seconds")
    parser.add_argument("--settle", type=int, default=120, help="seconds before measuring")
    parser.add_argument("--measure", type=int, default=120, help="seconds")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kedge-many-"))
    numbers = {unit: range(unit * options.each, (unit + 1) * options.each) for unit in range(options.units)}
    for repository in range(options.repositories):
        make_repository(folder / f"repository-{repository}.git",
                        {f"unit-{unit}": numbers[unit] for unit in numbers if unit % options.repositories == repository})
    sandboxes = []
    for target in range(options.targets):
        place = folder / f"sandbox-{target}"
        place.mkdir()
        sandboxes.append(Sandbox(options.build / "sandbox" / "kedge-sandbox", place))
    seeders = [threading.Thread(target=seed, args=(sandbox.url, [n for unit in numbers if unit % options.targets == target for n in numbers[unit]]))
               for target, sandbox in enumerate(sandboxes)]
    for seeder in seeders:
        seeder.start()
    for seeder in seeders:
        seeder.join()
    text = "version: 1\ninstallation: bench\nstore: store\nnetworks: {allow_insecure: true}\nsources:\n"
    for repository in range(options.repositories):
        text += f"  repository-{repository}: {{git: \"{folder}/repository-{repository}.git\", branch: main}}\n"
    text += "targets:\n"
    for target, sandbox in enumerate(sandboxes):
        text += f"  target-{target}: {{provider: truefoundry, url: \"{sandbox.url}\", token: \"${{env:BENCH_TOKEN}}\"}}\n"
    text += "units:\n"
    for unit in numbers:
        text += (f"  - {{name: unit-{unit}, source: repository-{unit % options.repositories}, path: unit-{unit}, target: target-{unit % options.targets}, "
                 f"changes: apply, drift: heal, interval: {options.interval}s}}\n")
    (folder / "kedge.yaml").write_text(text)
    log = open(folder / "log", "w")
    daemon = subprocess.Popen([str(options.build / "src" / "kedge"), "run", "-c", str(folder / "kedge.yaml")], stdout=log, stderr=log,
                              env={**os.environ, "BENCH_TOKEN": TOKEN})
    started = time.monotonic()
    time.sleep(options.settle)
    if daemon.poll() is not None:
        sys.exit((folder / "log").read_text()[-2000:])
    before, asked = cpu_seconds(daemon.pid), [sandbox.counters() for sandbox in sandboxes]
    begun = time.monotonic()
    time.sleep(options.measure)
    took = time.monotonic() - begun
    cpu = cpu_seconds(daemon.pid) - before
    after = [sandbox.counters() for sandbox in sandboxes]
    print(f"units {options.units}, repositories {options.repositories}, targets {options.targets}, registrations {options.units * options.each}")
    print(f"memory {memory_mib(daemon.pid, 'VmRSS'):.0f} MiB, at most {memory_mib(daemon.pid, 'VmHWM'):.0f} MiB")
    print(f"processor {100 * cpu / took:.1f} % of one core, {cpu:.1f} s in {took:.0f} s, since the start {cpu_seconds(daemon.pid):.1f} s in "
          f"{time.monotonic() - started:.0f} s")
    for key in sorted(set().union(*after)):
        if isinstance(after[0].get(key), (int, float)):
            print(f"  {key}: {sum(a.get(key, 0) - b.get(key, 0) for a, b in zip(after, asked))}")
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(30)
    print((folder / "log").read_text().count("pass failed"), "passes failed")
    for sandbox in sandboxes:
        sandbox.stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
