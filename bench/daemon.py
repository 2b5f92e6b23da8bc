"""What the measurements of a running kedge share: settings for one unit beside a sandbox, the daemon itself, its doors (API at a Unix socket,
webhooks, metrics), commits that take a moment, and signed deliveries. Everything is on loopback and in one folder."""
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench import TOKEN, manifest
from many_units import cpu_seconds, make_repository, memory_mib

SECRET = "the secret of the forge"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=30):
        super().__init__("kedge", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Repository:
    """A bare repository of one unit, below `unit-0/`."""

    def __init__(self, path, numbers):
        self.path = path
        make_repository(path, {"unit-0": numbers})

    def commit(self, texts, ref="refs/heads/main"):
        """`texts`: number -> manifest, or None where it goes. By fast-import: a commit of a few files costs milliseconds. On another `ref`: of one
        commit, on what the branch is at."""
        stream = [f"commit {ref}\ncommitter bench <bench@example.com> now\ndata 6\nchange\nfrom refs/heads/main^0\n"]
        for number, text in texts.items():
            file = f"unit-0/server-{number:06d}.yaml"
            stream.append(f"D {file}\n" if text is None else f"M 100644 inline {file}\ndata {len(text.encode())}\n{text}\n")
        subprocess.run(["git", "--git-dir", str(self.path), "fast-import", "--quiet", "--force", "--date-format=now"], input="".join(stream).encode(),
                       check=True)
        return subprocess.run(["git", "--git-dir", str(self.path), "rev-parse", ref], check=True, capture_output=True, text=True).stdout.strip()


class Daemon:
    """`kedge run` in `folder`, with one unit; more keys of the unit in `unit`, of the server and the target in `server` and `target`, more webhooks
    and more blocks of the settings in `hooks` and `blocks`."""

    def __init__(self, build, folder, repository, sandbox, unit="interval: 10h", server="", target="", hooks="", blocks=""):
        self.folder, self.build = folder, Path(build).resolve()  # the daemon begins in a folder of its own
        (folder / "hook").write_text(SECRET + "\n")
        self.repository = str(repository)
        self.log_path = folder / "log"
        (folder / "kedge.yaml").write_text(f"""version: 1
installation: bench
store: store
networks: {{allow_insecure: true}}
sources:
  bench: {{git: "{repository}", branch: main}}
targets:
  sandbox: {{provider: truefoundry, url: "{sandbox.url}", token: "${{env:BENCH_TOKEN}}"{target}}}
units:
  - {{name: bench, source: bench, path: unit-0, target: sandbox, changes: apply, drift: heal, prune_delay: 0s,
     limits: {{updates: unlimited, deletes: unlimited, auth_changes: unlimited}}, {unit}}}
server: {{listen: "127.0.0.1:0", unix_socket: kedge.sock, health: {{listen: "127.0.0.1:0"}}, webhooks: [{{kind: generic, secret: "${{file:{folder}/hook}}"}}{hooks}]{server}}}
{blocks}""")
        self.start()

    def start(self):
        self.log = open(self.log_path, "ab")
        begins = self.log.tell()
        self.process = subprocess.Popen([str(self.build / "src" / "kedge"), "run", "-c", str(self.folder / "kedge.yaml"), "--log-format", "json"],
                                        cwd=self.folder, stdout=self.log, stderr=self.log, env={**os.environ, "BENCH_TOKEN": TOKEN})
        self.pid = self.process.pid
        found = self.wait_for_log(r'"listening".*', begins, 30)
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", found).group(1))
        self.health = int(re.search(r"health at 127\.0\.0\.1:(\d+)", found).group(1))

    def wait_for_log(self, pattern, begins=0, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            with open(self.log_path, "rb") as log:
                log.seek(begins)
                found = re.search(pattern, log.read().decode(errors="replace"))
            if found:
                return found.group(0)
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit(f"the daemon did not get so far as {pattern}:\n" + self.log_path.read_text()[-2000:])
            time.sleep(0.02)

    def alive(self):
        return self.process.poll() is None

    def memory(self, key="VmRSS"):
        return memory_mib(self.pid, key)

    def cpu(self):
        return cpu_seconds(self.pid)

    def ask(self, path, method="GET", body=None):
        connection = UnixConnection(str(self.folder / "kedge.sock"), 120)
        connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json", "Host": "localhost"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def unit(self):
        return self.ask("/api/v1/units/bench")["unit"]

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.health, timeout=30)
        connection.request("GET", "/metrics")
        rows = {}
        for line in connection.getresponse().read().decode().splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                rows[name] = float(value)
        connection.close()
        return rows

    def passes(self):
        return sum(value for name, value in self.metrics().items() if name.startswith("kedge_passes_total"))

    def pass_once(self, seconds=300):
        """Asks for a look and waits for the end of a pass that began after that."""
        before = self.passes()
        self.ask("/api/v1/units/bench/sync", "POST", {})
        deadline = time.monotonic() + seconds
        while self.passes() <= before:
            if time.monotonic() > deadline or not self.alive():
                sys.exit("no pass ended:\n" + self.log_path.read_text()[-2000:])
            time.sleep(0.02)
        while self.unit()["busy"]:
            time.sleep(0.02)

    def delivery(self, padding=0, cut=0):
        """Headers and body of a push of its repository, signed as of now; the body without its last `cut` bytes."""
        body = json.dumps({"url": self.repository, "ref": "refs/heads/main", **({"padding": "x" * padding} if padding else {})}).encode()
        body = body[:len(body) - cut]
        at = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {"X-Kedge-Timestamp": at, "X-Kedge-Signature": "sha256=" + signature, "Content-Type": "application/json"}, body

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.log.close()
        return self.process.returncode


def edition(number, which):
    return manifest(number, which)


def scratch():
    import tempfile
    return Path(tempfile.mkdtemp(prefix="kedge-bench-"))
