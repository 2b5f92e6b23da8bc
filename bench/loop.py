#!/usr/bin/env python3
"""How long one piece of work keeps everything else of a daemon waiting, by kedge_loop_longest_block_seconds (processor time of its thread: other
processes of the machine do not raise it): a first look at 10,000 registrations, looks with nothing to do, commits, edits by hand, a reload, the
big answers of the API; and a first apply of all of them. Prints the longest so far after each; ends with 1 where it is longer than --most."""
import argparse
import http.client
import json
import shutil
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import Sandbox
from daemon import Daemon, Repository, edition, scratch
from many_units import seed

METRIC = "kedge_loop_longest_block_seconds"


def edit_by_hand(sandbox, numbers):
    connection = http.client.HTTPConnection(sandbox.admin.removeprefix("http://"))
    for number in numbers:
        connection.request("PATCH", f"/servers/bench-{number:06d}", json.dumps({"description": "by hand"}))
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            sys.exit(f"the sandbox does not take an edit: {answer.status}")


class Run:
    def __init__(self, options, name, seeded):
        self.options, self.name, self.longest = options, name, 0.0
        self.folder = scratch()
        self.numbers = range(options.registrations)
        self.repository = Repository(self.folder / "repository.git", self.numbers)
        self.sandbox = Sandbox(options.build / "sandbox" / "kedge-sandbox", self.folder)
        if seeded:
            parts = [threading.Thread(target=seed, args=(self.sandbox.url, self.numbers[i::4])) for i in range(4)]
            for part in parts:
                part.start()
            for part in parts:
                part.join()
        self.daemon = Daemon(options.build, self.folder, self.repository.path, self.sandbox,
                             target="" if options.rehearse else ", rehearse: never")

    def note(self, what):
        now = self.daemon.metrics()[METRIC]
        print(f"{self.name}: {what}: {1000 * now:.1f} ms{' (longer than before)' if now > self.longest else ''}", flush=True)
        self.longest = now

    def until_in_sync(self):
        while self.daemon.unit()["state"] != "in-sync":
            self.daemon.pass_once()

    def end(self):
        self.daemon.stop()
        self.sandbox.stop()
        shutil.rmtree(self.folder)
        return self.longest


def steady(options):
    run = Run(options, "daemon", True)
    daemon = run.daemon
    daemon.wait_for_log("pass ended", 0, 300)
    run.note("first look")
    run.until_in_sync()
    for _ in range(3):
        daemon.pass_once()
    run.note("nothing to do")
    for which, count in enumerate((10, 300, 2000), 2):
        run.repository.commit({number: edition(number, which) for number in range(count)})
        daemon.pass_once()
        run.until_in_sync()
        run.note(f"a commit of {count} files")
    edit_by_hand(run.sandbox, range(1000))
    daemon.pass_once()
    run.until_in_sync()
    run.note("1,000 edits by hand")
    run.repository.commit({number: None for number in range(100)})
    daemon.pass_once()
    run.note("100 files go")
    for path in ("/api/v1/units", "/api/v1/units/bench/resources", "/api/v1/units/bench/plan", "/api/v1/units/bench/report", "/api/v1/passes",
                 "/api/v1/holds", "/api/v1/events"):
        daemon.ask(path)
        run.note(path)
    daemon.reload()
    daemon.wait_for_log("settings taken up", 0, 60)
    daemon.pass_once()
    run.note("a reload")
    return run.end()


def first_apply(options):
    run = Run(options, "first apply", False)
    run.daemon.wait_for_log("pass ended", 0, 600)
    run.until_in_sync()
    run.note("all created")
    return run.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--registrations", type=int, default=10000)
    parser.add_argument("--most", type=float, default=20, help="milliseconds")
    parser.add_argument("--rehearse", action="store_true", help="let the control plane check each change before it is made")
    parser.add_argument("--only", choices=("daemon", "first-apply"))
    options = parser.parse_args()
    longest = 0.0
    if options.only != "first-apply":
        longest = max(longest, steady(options))
    if options.only != "daemon":
        longest = max(longest, first_apply(options))
    print(f"longest: {1000 * longest:.1f} ms of processor time")
    sys.exit(1 if 1000 * longest > options.most else 0)


if __name__ == "__main__":
    main()
