#!/usr/bin/env python3
"""Pull requests at a running kedge, with a forge on loopback that speaks like Gitea and answers at once. First how long a push of --files files
takes from the webhook that tells of it to the comment that shows its plan, over --pushes of them, in a repository of --registrations manifests,
less the time that the forge takes itself. Then --pulls open pull requests, a commit on their base, and how long it takes until every one of them
has been planned anew: each once. Ends with 1 where a goal is missed: p50 of the comment 1 s; one plan for each pull request."""
import argparse
import hashlib
import hmac
import http.client
import json
import shutil
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import Sandbox
from daemon import SECRET, Daemon, Repository, edition, quantile, scratch
from many_units import seed

NAME = "acme/platform"


class Forge:
    """Pull requests by number, our comment and the statuses of each, and when they came. `own`: seconds that it took itself."""

    def __init__(self):
        self.heads, self.comments, self.came, self.statuses = {}, {}, {}, {}
        self.requests, self.own = 0, 0.0
        self.lock = threading.Lock()
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                began = time.monotonic()
                length = int(self.headers.get("Content-Length") or 0)
                asked = json.loads(self.rfile.read(length)) if length else None
                with forge.lock:
                    forge.requests += 1
                    status, answer = forge.answer(self.command, self.path.split("?")[0].removeprefix(f"/api/v1/repos/{NAME}"), asked)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with forge.lock:
                    forge.own += time.monotonic() - began

            do_GET = do_POST = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            disable_nagle_algorithm = True

        Handler.wbufsize = -1  # an answer is one packet
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pull(self, number):
        here = {"full_name": NAME}
        return {"number": number, "title": f"Change {number}", "state": "open", "merged": False, "user": {"login": "ann"},
                "html_url": f"{self.url}/{NAME}/pulls/{number}", "updated_at": "2026-01-01T00:00:00Z",
                "base": {"ref": "main", "sha": "", "repo": here}, "head": {"ref": f"change-{number}", "sha": self.heads[number], "repo": here}}

    def comment(self, number):
        return {"id": 1000 + number, "body": self.comments[number], "user": {"login": "kedge"}, "created_at": "2026-01-01T00:00:00Z"}

    def answer(self, method, path, asked):
        parts = path.strip("/").split("/")
        if path == "/api/v1/user":
            return 200, {"login": "kedge"}
        if path == "/pulls":
            return 200, [self.pull(number) for number in sorted(self.heads)]
        if parts[0] == "pulls":
            return 200, self.pull(int(parts[1]))
        if parts[0] == "statuses":
            self.statuses[parts[1]] = asked["state"]
            return 201, {}
        number = int(parts[2]) - 1000 if parts[1] == "comments" else int(parts[1])
        if method == "GET":
            return 200, [self.comment(number)] if number in self.comments else []
        self.comments[number] = asked["body"]
        self.came[number] = time.monotonic()
        return 201 if method == "POST" else 200, self.comment(number)

    def wait(self, numbers, since, seconds=120):
        """Until each of them has been commented after `since`; gives when the last one was."""
        deadline = time.monotonic() + seconds
        while True:
            with self.lock:
                late = [number for number in numbers if self.came.get(number, 0) <= since]
                if not late:
                    return max(self.came[number] for number in numbers)
            if time.monotonic() > deadline:
                sys.exit(f"no comment on {len(late)} pull requests")
            time.sleep(0.001)


def deliver(daemon, forge, number):
    body = json.dumps({"action": "synchronized", "number": number, "pull_request": {"number": number, "head": {"sha": forge.heads[number]}},
                       "repository": {"full_name": NAME, "clone_url": f"{forge.url}/{NAME}.git"}}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    connection.request("POST", "/hooks/gitea", body, {"X-Gitea-Event": "pull_request_sync", "Content-Type": "application/json",
                                                      "X-Gitea-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 202:
        sys.exit(f"a delivery was answered {answer.status}")


def push(repository, forge, number, texts):
    head = repository.commit(texts, f"refs/pull/{number}/head")
    with forge.lock:
        forge.heads[number] = head


def latency(options, daemon, repository, forge):
    taken, own = [], []
    for turn in range(options.pushes):
        first = (turn * options.files) % options.registrations
        push(repository, forge, 1, {(first + i) % options.registrations: edition((first + i) % options.registrations, 100 + turn) for i in range(options.files)})
        before, began = forge.own, time.monotonic()
        deliver(daemon, forge, 1)
        came = forge.wait([1], began)
        taken.append(came - began)
        own.append(forge.own - before)
        time.sleep(0.05)  # what follows the comment
    less = [all_of_it - theirs for all_of_it, theirs in zip(taken[1:], own[1:])]  # the first one reads everything once
    print(f"webhook to comment, {options.files} files in {options.registrations}: p50 {1000 * quantile(taken[1:], .5):.0f} ms, p99 "
          f"{1000 * quantile(taken[1:], .99):.0f} ms, {len(less)} pushes; less the forge's own time p50 {1000 * quantile(less, .5):.0f} ms; "
          f"the first one {1000 * taken[0]:.0f} ms")
    return quantile(less, .5) <= 1


def crowd(options, daemon, repository, forge):
    numbers = list(range(1, options.pulls + 1))
    for number in numbers:
        push(repository, forge, number, {number: edition(number, 500)})
    began = time.monotonic()
    for number in numbers:
        deliver(daemon, forge, number)
    took = forge.wait(numbers, began) - began
    print(f"{options.pulls} pull requests pushed at once: all commented after {took:.1f} s ({1000 * took / options.pulls:.0f} ms each)")
    time.sleep(1)

    def planned():
        return sum(value for name, value in daemon.metrics().items() if name.startswith("kedge_previews_total"))

    before, asked, memory, cpu = planned(), forge.requests, daemon.memory(), daemon.cpu()
    repository.commit({options.registrations - 1: edition(options.registrations - 1, 900)})
    began = time.monotonic()
    headers, body = daemon.delivery()
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    connection.request("POST", "/hooks/generic", body, headers)
    connection.getresponse().read()
    took = forge.wait(numbers, began) - began
    time.sleep(2)  # a second plan would come now
    plans = planned() - before
    print(f"a commit on their base: all planned and commented anew after {took:.1f} s, {plans:.0f} plans, {forge.requests - asked} requests to the forge, "
          f"{daemon.cpu() - cpu:.1f} s of processor time; memory {memory:.0f} MiB before, {daemon.memory():.0f} after, {daemon.memory('VmHWM'):.0f} at most")
    return plans == options.pulls


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--registrations", type=int, default=10000)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--pushes", type=int, default=30)
    parser.add_argument("--pulls", type=int, default=100)
    options = parser.parse_args()
    folder = scratch()
    numbers = range(options.registrations)
    repository = Repository(folder / "repository.git", numbers)
    sandbox = Sandbox(options.build / "sandbox" / "kedge-sandbox", folder)
    seed(sandbox.url, numbers)
    forge = Forge()
    (folder / "forge.token").write_text("0123456789abcdef\n")
    daemon = Daemon(options.build, folder, repository.path, sandbox,
                    server=", limits: {webhooks_per_minute: 1000000}", hooks=f', {{kind: gitea, secret: "${{file:{folder}/hook}}"}}',
                    blocks=f"""previews:
  page: https://kedge.example.com
  forges:
    tea: {{kind: gitea, url: "{forge.url}", token: "${{file:{folder}/forge.token}}", repositories: [{{repository: {NAME}, source: bench}}]}}
""")
    daemon.wait_for_log("pass ended")
    daemon.pass_once()
    good = True
    try:
        if options.pushes:
            good = latency(options, daemon, repository, forge) and good
        if options.pulls:
            good = crowd(options, daemon, repository, forge) and good
    finally:
        daemon.stop()
        sandbox.stop()
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
