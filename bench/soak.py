#!/usr/bin/env python3
"""A daemon for --minutes in a world that is never at rest: faults of the control plane (answers with 4xx and 5xx, 429, slow ones, connections that
end before, in and after an answer, half of a JSON), edits and deletions by hand, commits, webhooks good and forged, questions, pauses, reloads. At
the end the faults go, and everything must agree with git. Prints what was done and the slope of its memory (least squares over what was measured
after the first fifth). Ends with 1 where it died, did not converge, or where the slope is surely over --most-slope."""
import argparse
import http.client
import json
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import Sandbox
from daemon import Daemon, Repository, edition, scratch

FAULTS = ["PUT ** 500", "PUT ** 503", "* ** 502", "PUT ** 500 after=true", "PUT ** 429 seconds=1", "* ** 429-date seconds=1", "* ** 429-reset seconds=1",
          "* ** slow ms=400", "GET ** slow ms=2000", "* ** reset-before", "PUT ** reset-after", "GET ** truncate", "PUT ** truncate", "* ** cut-json",
          "* ** empty", "GET ** 500 count=30", "* ** reset-before count=30", "GET ** 401"]


class World:
    def __init__(self, options, folder):
        self.random = random.Random(options.seed)
        self.numbers = list(range(options.registrations))
        self.next_number = options.registrations
        self.which = 1
        self.git = {number: 0 for number in self.numbers}  # number -> edition
        self.deleted = Counter()  # by number and edition: kedge creates the same thing three times a day at most
        self.done = Counter()
        self.repository = Repository(folder / "repository.git", self.numbers)
        self.sandbox = Sandbox(options.build / "sandbox" / "kedge-sandbox", folder)
        self.admin = http.client.HTTPConnection(self.sandbox.admin.removeprefix("http://"), timeout=60)
        self.daemon = Daemon(options.build, folder, self.repository.path, self.sandbox, "interval: 5s", ", limits: {webhooks_per_minute: 100000}")

    def console(self, method, path, body=None, wanted=(200,)):
        try:
            self.admin.request(method, path, None if body is None else json.dumps(body))
            answer = self.admin.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):  # it rested too long
            self.admin.close()
            self.admin.request(method, path, None if body is None else json.dumps(body))
            answer = self.admin.getresponse()
        text = answer.read()
        if answer.status not in wanted:
            raise RuntimeError(f"sandbox: {method} {path}: {answer.status} {text[:200]!r}")
        return json.loads(text) if text else None

    def fault(self):
        text = self.random.choice(FAULTS)
        if "count=" not in text:
            text += f" count={self.random.randint(1, 4)}"
        # One at a time: a pass that fails asks little, so that they would pile up and nothing else would be seen.
        self.console("DELETE", "/faults")
        self.console("POST", "/faults", text)

    def commit(self):
        texts = {}
        self.which += 1
        for number in self.random.sample(sorted(self.git), min(len(self.git), self.random.randint(1, 5))):
            texts[number] = edition(number, self.which)
            self.git[number] = self.which
        if self.random.random() < 0.2:
            texts[self.next_number] = edition(self.next_number, self.which)
            self.git[self.next_number] = self.which
            self.next_number += 1
        if self.random.random() < 0.2 and len(self.git) > len(self.numbers) // 2:
            gone = self.random.choice(sorted(self.git))
            del self.git[gone]
            texts[gone] = None
        self.repository.commit(texts)
        if self.random.random() < 0.8:
            self.webhook()

    def post(self, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=30)
        connection.request("POST", "/hooks/generic", body, headers)
        status = connection.getresponse().status
        connection.close()
        self.done[f"webhook answered {status}"] += 1

    def webhook(self):
        self.post(*self.daemon.delivery(self.random.randint(1, 3000)))

    def forged(self):
        headers, body = self.daemon.delivery(self.random.randint(1, 3000))
        self.post({**headers, "X-Kedge-Signature": "sha256=" + "0" * 64}, body)

    def edit(self):
        number = self.random.choice(sorted(self.git))
        self.console("PATCH", f"/servers/bench-{number:06d}", {"description": f"by hand {self.random.random()}"}, (200, 404))

    def delete(self):
        # Three that are missing at once and more than a tenth of all are held as lost, and rightly so.
        if self.console("GET", "/servers?limit=1")["total"] < len(self.git) - 1:
            return
        number = self.random.choice(sorted(self.git))
        self.deleted[number, self.git[number]] += 1
        if self.deleted[number, self.git[number]] == 1:
            self.console("DELETE", f"/servers/bench-{number:06d}", None, (200, 404))

    def ask(self):
        self.daemon.ask(self.random.choice(["/api/v1/units", "/api/v1/units/bench/resources", "/api/v1/passes?most=50", "/api/v1/holds", "/api/v1/events",
                                            "/api/v1/openapi.json"]))

    def pause(self):
        self.daemon.ask("/api/v1/units/bench/pause", "POST", {"because": "soak"})
        time.sleep(self.random.random())
        self.daemon.ask("/api/v1/units/bench/resume", "POST", {})

    def reload(self):
        self.daemon.reload()

    def step(self):
        deeds = {"fault": 4, "commit": 20, "edit": 20, "delete": 3, "webhook": 10, "forged": 5, "ask": 20, "pause": 1, "reload": 1}
        name = self.random.choices(list(deeds), list(deeds.values()))[0]
        self.done[name] += 1
        getattr(self, name)()

    def differences(self):
        """What is live beside what git says, as somebody who knows nothing of kedge would look."""
        live = {}
        while True:
            page = self.console("GET", f"/servers?limit=500&offset={len(live)}")
            for row in page["servers"]:
                document = row.get("manifest", row)
                live[document["name"]] = document["description"]
            if len(live) >= page["total"] or not page["servers"]:
                break
        wanted = {f"bench-{number:06d}": f"edition {which}," for number, which in self.git.items()}
        wrong = [name for name in wanted if wanted[name] not in live.get(name, "")]
        return wrong + [name for name in live if name not in wanted]


def slope(samples):
    """MiB per hour by least squares, and the standard error of that, of (seconds, MiB)."""
    count = len(samples)
    if count < 3:
        return 0.0, 0.0
    middle, level = sum(t for t, _ in samples) / count, sum(m for _, m in samples) / count
    spread = sum((t - middle) ** 2 for t, _ in samples)
    rise = sum((t - middle) * (m - level) for t, m in samples) / spread
    rest = sum((m - level - rise * (t - middle)) ** 2 for t, m in samples) / (count - 2)
    return 3600 * rise, 3600 * (rest / spread) ** 0.5


def converged(world, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and world.daemon.alive():
        world.daemon.pass_once()
        if world.daemon.unit()["state"] == "in-sync" and not world.differences():
            return True
        time.sleep(1)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--registrations", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-slope", type=float, default=8, help="MiB per hour, within two standard errors; means little in a run of a few minutes, while tables fill")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the log and the store")
    options = parser.parse_args()
    folder = scratch()
    world = World(options, folder)
    daemon = world.daemon
    daemon.wait_for_log("pass ended", 0, 300)
    began = time.monotonic()
    end, next_sample, samples = began + 60 * options.minutes, began, []
    try:
        while time.monotonic() < end and daemon.alive():
            world.step()
            now = time.monotonic()
            if now >= next_sample:
                samples.append((now - began, daemon.memory()))
                next_sample = now + max(1, options.minutes / 12)
            time.sleep(world.random.uniform(0.02, 0.4))
        died = not daemon.alive()
        agreed = False
        if not died:
            world.console("DELETE", "/faults")
            agreed = converged(world, 180)
            died = not daemon.alive()
        settled = [sample for sample in samples if sample[0] >= 60 * options.minutes / 5]
        rise, error = slope(settled)
        metrics = {} if died else daemon.metrics()
        passes = {name.split('result="')[1].split('"')[0]: int(value) for name, value in metrics.items() if name.startswith("kedge_passes_total")}
        print(", ".join(f"{name} {number}" for name, number in sorted(world.done.items())))
        print("passes: " + ", ".join(f"{result} {number}" for result, number in sorted(passes.items())))
        print(f"memory: {settled[0][1]:.1f} MiB after the first fifth, {settled[-1][1]:.1f} at the end, slope {rise:+.1f} MiB per hour "
              f"(standard error {error:.1f}, {len(settled)} values)")
        if metrics:
            print(f"longest block of the loop: {1000 * metrics['kedge_loop_longest_block_seconds']:.1f} ms")
        problems = [text for text, so in ((f"the daemon died with {daemon.process.returncode}", died), ("it did not converge", not died and not agreed),
                                          (f"memory rises by more than {options.most_slope} MiB per hour", rise - 2 * error > options.most_slope)) if so]
        if problems:
            print(daemon.log_path.read_text(errors="replace")[-3000:], file=sys.stderr)
            if not died and not agreed:
                print("differ:", ", ".join(world.differences()[:10]), file=sys.stderr)
                print(json.dumps(daemon.unit())[:2000], file=sys.stderr)
                print(json.dumps(daemon.ask("/api/v1/holds"))[:4000], file=sys.stderr)
        for problem in problems:
            print("FAILED", problem)
    finally:
        code = daemon.stop()
        world.sandbox.stop()
        if not options.keep:
            shutil.rmtree(folder)
    if code != 0 and not problems:
        problems.append("stop")
        print(f"FAILED it ended with {code} when it was told to stop")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
