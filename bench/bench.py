#!/usr/bin/env python3
"""Measures kedge on the sandbox control plane: first apply, nothing to do, a 10-file commit, the daemon, a restart. Prints one table for
each size; every row is one whole process (wall and CPU seconds, peak memory) beside the requests that the sandbox counted. The sandbox, the
client and this script share the machine: compare rows of one run, not runs."""
import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

TOKEN = "tfy_bench"


def manifest(number, edition=0):
    team = f"team-{number % 40:02d}"
    text = "".join(
        f"  - name: tool-{i}\n    description: Tool {i} of server {number}, kept short on purpose\n" for i in range(8))
    return (f"type: mcp-server/remote\nname: bench-{number:06d}\n"
            f"description: Server {number} of the benchmark, edition {edition}, with a description of usual length for a catalogue\n"
            f"url: https://server-{number:06d}.example.com/mcp\n"
            f"collaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n  - subject: team:{team}\n    role_id: mcp-server-manager\n"
            f"auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer tfy-secret://acme:{team}:token-{number}\n"
            f"tool_metadata:\n{text}"
            f"tags:\n  team: {team}\n  tier: \"{number % 3}\"\n  owner: platform@example.com\n")


def body(number):
    return json.dumps({"manifest": {
        "type": "mcp-server/remote", "name": f"bench-{number:06d}",
        "description": f"Server {number} of the benchmark, edition 0, with a description of usual length for a catalogue",
        "url": f"https://server-{number:06d}.example.com/mcp",
        "collaborators": [{"subject": "team:everyone", "role_id": "mcp-server-user"},
                          {"subject": f"team:team-{number % 40:02d}", "role_id": "mcp-server-manager"}],
        "auth_data": {"type": "header", "auth_level": "global",
                      "headers": {"Authorization": f"Bearer tfy-secret://acme:team-{number % 40:02d}:token-{number}"}},
        "tool_metadata": [{"name": f"tool-{i}", "description": f"Tool {i} of server {number}, kept short on purpose"} for i in range(8)],
        "tags": {"team": f"team-{number % 40:02d}", "tier": str(number % 3), "owner": "platform@example.com"}},
        "dryRun": False, "forceDelete": False})


class Sandbox:
    def __init__(self, binary, folder):
        self.ports = folder / "ports.json"
        self.ports.unlink(missing_ok=True)
        self.process = subprocess.Popen([binary, "--port", "0", "--admin-port", "0", "--print-ports", self.ports, "--token", f"{TOKEN}:admin"],
                                        stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not (self.ports.exists() and self.ports.stat().st_size):
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit("the sandbox did not start")
            time.sleep(0.01)
        ports = json.loads(self.ports.read_text())
        self.url = f"http://127.0.0.1:{ports['api']}"
        self.admin = f"http://127.0.0.1:{ports['admin']}"

    def counters(self):
        with urllib.request.urlopen(self.admin + "/counters", timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def measure(command, environment=None, log=None):
    """One whole process: what the kernel accounts for it when it is reaped."""
    began = time.monotonic()
    with open(log or os.devnull, "w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    return {"wall": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime, "rss": usage.ru_maxrss / 1024,
            "code": os.waitstatus_to_exitcode(status)}


def git(repository, *arguments):
    subprocess.run(["git", "-C", repository, "-c", "user.name=bench", "-c", "user.email=bench@example.com", *arguments], check=True,
                   stdout=subprocess.DEVNULL)


class Bench:
    def __init__(self, options, size):
        self.options, self.size = options, size
        self.folder = Path(tempfile.mkdtemp(prefix="kedge-bench-"))
        self.repository = self.folder / "repository"
        self.environment = {**os.environ, "BENCH_TOKEN": TOKEN, "TFY_API_KEY": TOKEN}
        self.kedge = str(options.build / "src" / "kedge")
        self.rows = []

    def make_repository(self):
        for number in range(self.size):
            path = self.repository / "truefoundry" / f"group-{number // 500:03d}" / f"server-{number:06d}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(manifest(number))
        subprocess.run(["git", "init", "-q", "-b", "main", self.repository], check=True)
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "-m", "bench")
        git(self.repository, "repack", "-adq")  # as a forge keeps it
        (self.folder / "bodies").write_text("\n".join(body(number) for number in range(self.size)) + "\n")

    def settings(self, url, store, interval="1s", log_name="kedge.yaml"):
        path = self.folder / log_name
        path.write_text(f"""version: 1
installation: bench
store: {store}
networks: {{allow_insecure: true}}
sources:
  bench: {{git: "{self.repository}", branch: main}}
targets:
  sandbox: {{provider: truefoundry, url: "{url}", token: "${{env:BENCH_TOKEN}}"}}
units:
  - {{name: bench, source: bench, path: truefoundry, target: sandbox, changes: apply, drift: heal, interval: {interval}}}
""")
        return str(path)

    def record(self, name, sandbox, command, expected=0):
        before = sandbox.counters()
        log = self.folder / "log"
        figures = measure(command, self.environment, log)
        after = sandbox.counters()
        if figures["code"] != expected:
            sys.exit(f"{name}: ended with {figures['code']}\n{log.read_text()[-2000:]}")
        figures["requests"] = after["requests"] - before["requests"]
        self.add(name, figures)

    def add(self, name, figures):
        self.rows.append({"what": name, **figures})
        print(f"| {name} | {figures['wall']:.2f} | {figures['cpu']:.2f} | {figures['rss']:.0f} | {figures.get('requests', '')} |", flush=True)

    def first_applies(self):
        for times, name in ((1, "floor: the PUTs alone"), (2, "floor: twice the PUTs")):
            sandbox = Sandbox(self.options.build / "sandbox" / "kedge-sandbox", self.folder)
            self.record(name, sandbox, [str(self.options.build / "bench" / "kedge-bench-floor"), sandbox.url, str(self.folder / "bodies"), "8", str(times)])
            sandbox.stop()
        for rehearse in ("never", "always"):
            sandbox = Sandbox(self.options.build / "sandbox" / "kedge-sandbox", self.folder)
            settings = self.settings(sandbox.url, self.folder / f"store-{rehearse}")
            self.record(f"first apply, rehearse: {rehearse}", sandbox, [self.kedge, "apply", "-c", settings, "--yes", "--rehearse", rehearse])
            if rehearse == "never":
                sandbox.stop()
        return sandbox, settings

    def small_commit(self):
        for number in range(min(10, self.size)):
            path = self.repository / "truefoundry" / f"group-{number // 500:03d}" / f"server-{number:06d}.yaml"
            path.write_text(manifest(number, edition=1))
        git(self.repository, "commit", "-q", "-a", "-m", "ten files")

    def daemon(self, sandbox, settings):
        log = self.folder / "daemon.log"
        began = time.monotonic()
        with open(log, "w") as out:
            process = subprocess.Popen([self.kedge, "run", "-c", settings], env=self.environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            while "pass ended" not in log.read_text():
                if process.poll() is not None or time.monotonic() - began > 300:
                    sys.exit("the daemon did not finish a pass\n" + log.read_text()[-2000:])
                time.sleep(0.01)
            restart = time.monotonic() - began
            before, cpu_before = sandbox.counters(), self.cpu_of(process.pid)
            lists_before = before["byRoute"].get("GET /mcp", 0)
            time.sleep(self.options.watch)
            after, cpu_after = sandbox.counters(), self.cpu_of(process.pid)
            pages = -(-self.size // 1000)
            passes = (after["byRoute"].get("GET /mcp", 0) - lists_before) / pages
            status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":" in line)
            rss, peak = (int(status[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        self.add("daemon: restart to the end of the first pass", {"wall": restart, "cpu": cpu_before, "rss": peak})
        if passes >= 1:
            self.add("daemon: one pass with nothing to do", {"wall": 0, "cpu": (cpu_after - cpu_before) / passes, "rss": rss,
                                                             "requests": round((after["requests"] - before["requests"]) / passes, 1)})

    @staticmethod
    def cpu_of(pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def start_up(self):
        """From exec to the first connection."""
        listener = socket.create_server(("127.0.0.1", 0))
        source = self.folder / "one"
        source.mkdir(exist_ok=True)
        (source / "one.yaml").write_text(manifest(1))
        times = []
        for _ in range(7):
            environment = {**self.environment, "TFY_HOST": f"http://127.0.0.1:{listener.getsockname()[1]}"}
            began = time.monotonic()
            process = subprocess.Popen([self.kedge, "plan", source, "--allow-insecure"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            listener.settimeout(20)
            connection, _ = listener.accept()
            times.append(time.monotonic() - began)
            process.kill()
            process.wait()
            connection.close()
        listener.close()
        return sorted(times)[len(times) // 2]

    def peers(self):
        venv = Path(os.environ.get("KEDGE_CACHE", Path.home() / ".cache" / "kedge")) / "tfy-0.17.5"
        if not (venv / "bin" / "tfy").exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([venv / "bin" / "pip", "install", "-q", "truefoundry==0.17.5"], check=True)
        for name in ("first apply", "nothing to do"):
            if name == "first apply":
                sandbox = Sandbox(self.options.build / "sandbox" / "kedge-sandbox", self.folder)
            self.environment["TFY_HOST"] = sandbox.url
            self.record(f"tfy apply --dir, {name}", sandbox, [str(venv / "bin" / "tfy"), "apply", "--dir", str(self.repository / "truefoundry")])
        sandbox.stop()

    def run(self):
        print(f"\n{self.size} manifests\n\n| what | wall s | CPU s | peak MiB | requests |\n|---|---|---|---|---|", flush=True)
        self.make_repository()
        sandbox, settings = self.first_applies()
        self.record("nothing to do, cold process", sandbox, [self.kedge, "plan", "-c", settings])
        self.small_commit()
        self.record("a commit of ten files", sandbox, [self.kedge, "apply", "-c", settings, "--yes"])
        self.daemon(sandbox, settings)
        sandbox.stop()
        if self.options.peers and self.size <= 1000:
            self.peers()
        print(f"\nprocess start to first connection: {self.start_up() * 1000:.0f} ms (median of 7)", flush=True)
        self.remove()
        return self.rows

    def remove(self):
        shutil.rmtree(self.folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--sizes", default="100,1000,10000,100000")
    parser.add_argument("--peers", action="store_true", help="beside tfy apply, up to 1,000 manifests")
    parser.add_argument("--watch", type=float, default=15, help="seconds to watch the daemon")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    all_rows = {}
    for size in (int(text) for text in options.sizes.split(",")):
        all_rows[size] = Bench(options, size).run()
    if options.json:
        options.json.write_text(json.dumps(all_rows, indent=1))


if __name__ == "__main__":
    main()
