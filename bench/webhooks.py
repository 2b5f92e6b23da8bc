#!/usr/bin/env python3
"""Webhooks at a running kedge. First how long a commit takes from the delivery that tells of it to the written change, over --commits of them, one
after the other, on a unit of --registrations. Then a burst of --posts deliveries (valid, forged, malformed, oversized, and slow ones that hold
their connection) while the API is asked: how long its answers take, and what the burst does to memory. Each kind of caller is a process of its
own. Ends with 1 where a goal is missed: p50 300 ms, p99 1 s; API p99 50 ms, memory within 10 MiB of what it was."""
import argparse
import http.client
import json
import multiprocessing
import random
import shutil
import socket
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import Sandbox
from daemon import Daemon, Repository, UnixConnection, edition, quantile, scratch
from many_units import seed

OVERSIZED = 2 << 20


class Written:
    """Waits for a write at the sandbox, asked at its admin port on one connection."""

    def __init__(self, sandbox):
        self.connection = http.client.HTTPConnection(sandbox.admin.removeprefix("http://"), timeout=30)

    def count(self):
        self.connection.request("GET", "/counters")
        return json.loads(self.connection.getresponse().read())["writes"]

    def wait(self, more_than, seconds=60):
        deadline = time.monotonic() + seconds
        while self.count() <= more_than:
            if time.monotonic() > deadline:
                sys.exit("the change was not written")
            time.sleep(0.002)


def deliver(daemon, connection):
    headers, body = daemon.delivery(random.randrange(1, 2000))
    connection.request("POST", "/hooks/generic", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def latency(options, daemon, repository, sandbox):
    written, connection = Written(sandbox), http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    taken, answered = [], []
    for turn in range(options.commits):
        before = written.count()
        repository.commit({turn % options.registrations: edition(turn % options.registrations, 100 + turn)})
        began = time.monotonic()
        status = deliver(daemon, connection)
        answered.append(time.monotonic() - began)
        if status != 202:
            sys.exit(f"a delivery was answered {status}")
        written.wait(before)
        taken.append(time.monotonic() - began)
        while daemon.unit()["busy"]:  # the next one finds it at rest, as most do
            time.sleep(0.005)
    print(f"delivery to answer: p50 {1000 * quantile(answered, .5):.1f} ms, p99 {1000 * quantile(answered, .99):.1f} ms")
    print(f"delivery to written change: p50 {1000 * quantile(taken, .5):.0f} ms, p99 {1000 * quantile(taken, .99):.0f} ms, "
          f"longest {1000 * max(taken):.0f} ms, {len(taken)} commits")
    return quantile(taken, .5) <= 0.3 and quantile(taken, .99) <= 1


def post_many(daemon, count, kind, results):
    statuses, connection = Counter(), None
    for _ in range(count):
        connection = connection or http.client.HTTPConnection("127.0.0.1", daemon["port"], timeout=30)
        headers, body = Daemon.delivery(daemon["as"], random.randrange(1, 4000), 1 if kind == "malformed" else 0)
        if kind == "forged":
            headers["X-Kedge-Signature"] = "sha256=" + "0" * 64
        if kind == "oversized":
            headers["Content-Length"] = str(OVERSIZED)
        try:
            connection.request("POST", "/hooks/generic", body, headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        except (OSError, http.client.HTTPException) as problem:
            statuses[type(problem).__name__] += 1
            connection.close()
            connection = None
            continue
        if kind == "oversized" or answer.will_close:
            connection.close()
            connection = None
    results.put((kind, statuses))


def post_slowly(daemon, count, results):
    """`count` connections, fifty at a time, each with a request that never gets whole."""
    statuses = Counter()
    for first in range(0, count, 50):
        held = []
        for _ in range(min(50, count - first)):
            one = socket.create_connection(("127.0.0.1", daemon["port"]), timeout=30)
            one.sendall(b"POST /hooks/generic HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n")
            held.append(one)
        for byte in b"X-Slow: yes":
            for one in held:
                try:
                    one.sendall(bytes([byte]))
                except OSError:
                    pass
            time.sleep(0.05)
        for one in held:
            one.close()
        statuses["given up"] += len(held)
    results.put(("slow", statuses))


def ask_api(daemon, stop, results):
    """Unix socket and TCP in turn, at fifty a second, as a person's dashboard and a few commands would."""
    taken = {"unix": [], "tcp": []}
    connections = {"unix": UnixConnection(daemon["socket"]), "tcp": http.client.HTTPConnection("127.0.0.1", daemon["port"], timeout=30)}
    paths = ["/api/v1/units", "/api/v1/units/bench", "/api/v1/version", "/api/v1/stoppages"]
    while not stop.is_set():
        for way, connection in connections.items():
            began = time.monotonic()
            connection.request("GET", random.choice(paths), headers={"Host": "localhost"})
            answer = connection.getresponse()
            answer.read()
            taken[way].append(time.monotonic() - began)
            if answer.status != 200:
                sys.exit(f"the API answered {answer.status}")
        time.sleep(0.02)
    results.put(("api", taken))


def burst(options, daemon):
    spoken = {"port": daemon.port, "socket": str(daemon.folder / "kedge.sock"), "as": argparse.Namespace(repository=daemon.repository)}
    results, stop = multiprocessing.Queue(), multiprocessing.Event()
    asker = multiprocessing.Process(target=ask_api, args=(spoken, stop, results))
    before, cpu = daemon.memory(), daemon.cpu()
    asker.start()
    time.sleep(1)
    began = time.monotonic()
    each = {"valid": 0.4, "forged": 0.3, "malformed": 0.2, "oversized": 0.07}
    senders = [multiprocessing.Process(target=post_many, args=(spoken, int(options.posts * share), kind, results)) for kind, share in each.items()]
    senders.append(multiprocessing.Process(target=post_slowly, args=(spoken, options.posts - sum(int(options.posts * share) for share in each.values()), results)))
    for sender in senders:
        sender.start()
    highest, answers = before, {}
    while len(answers) < len(senders):
        try:
            kind, statuses = results.get(timeout=0.2)
            answers[kind] = statuses
        except Exception:  # an empty queue
            if not daemon.alive():
                sys.exit("the daemon died in the burst")
        highest = max(highest, daemon.memory())
    took = time.monotonic() - began
    stop.set()
    _, taken = results.get(timeout=60)
    for process in [asker, *senders]:
        process.join(30)
    daemon.pass_once()
    after = daemon.memory()
    for kind, statuses in sorted(answers.items()):
        print(f"  {kind}: " + ", ".join(f"{status} {number}" for status, number in sorted(statuses.items(), key=str)))
    print(f"burst: {options.posts} deliveries in {took:.1f} s, {daemon.cpu() - cpu:.1f} s of processor time")
    for way, values in taken.items():
        print(f"API over {way}: p50 {1000 * quantile(values, .5):.1f} ms, p99 {1000 * quantile(values, .99):.1f} ms, longest {1000 * max(values):.1f} ms, "
              f"{len(values)} questions")
    print(f"memory: {before:.0f} MiB before, {highest:.0f} at most, {after:.0f} after")
    return all(quantile(values, .99) <= 0.05 for values in taken.values()) and highest <= before + 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--registrations", type=int, default=100)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--posts", type=int, default=10000)
    options = parser.parse_args()
    folder = scratch()
    numbers = range(options.registrations)
    repository = Repository(folder / "repository.git", numbers)
    sandbox = Sandbox(options.build / "sandbox" / "kedge-sandbox", folder)
    seed(sandbox.url, numbers)
    daemon = Daemon(options.build, folder, repository.path, sandbox, server=", limits: {webhooks_per_minute: 1000000}")
    daemon.wait_for_log("pass ended")
    daemon.pass_once()
    good = True
    try:
        if options.commits:
            good = latency(options, daemon, repository, sandbox) and good
        if options.posts:
            good = burst(options, daemon) and good
    finally:
        daemon.stop()
        sandbox.stop()
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
