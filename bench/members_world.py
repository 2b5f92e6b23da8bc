"""What the measurements and trials of several daemons share: one PostgreSQL, control planes, one repository of many units, and members that can be
killed, frozen and cut off from the database. Everything is on loopback and in one folder."""
import hashlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from bench import TOKEN, manifest
from daemon import UnixConnection
from many_units import make_repository

ROOT = Path(__file__).parent.parent


class Postgres:
    """script/postgres.sh, and a forwarder for each member that can be cut."""

    def __init__(self, folder):
        self.folder = folder / "postgres"
        self.folder.mkdir()
        folder.chmod(0o755)
        self.start()

    def start(self):
        self.process = subprocess.Popen([ROOT / "script" / "postgres.sh", "run", self.folder])
        subprocess.run([ROOT / "script" / "postgres.sh", "wait", self.folder], check=True)

    def sql(self, text):
        return subprocess.run(["psql", "-h", self.folder, "-U", "kedge", "-d", "kedge", "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text],
                              check=True, capture_output=True, text=True).stdout

    def keep_history(self):
        self.sql("""CREATE TABLE public.lease_history (at double precision, shard bigint, holder text, term bigint);
            CREATE FUNCTION public.note_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO public.lease_history VALUES (extract(epoch FROM clock_timestamp()), NEW.shard, NEW.holder, NEW.term); RETURN NEW; END $$;
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON kedge_lease.lease FOR EACH ROW EXECUTE FUNCTION public.note_lease();
            INSERT INTO public.lease_history SELECT extract(epoch FROM clock_timestamp()), shard, holder, term FROM kedge_lease.lease;""")
        self.history_from = time.time()

    def history(self):
        rows = defaultdict(list)
        for line in self.sql("SELECT at, shard, holder, term FROM public.lease_history ORDER BY at").splitlines():
            at, shard, holder, term = line.split("\t")
            rows[int(shard)].append((float(at), holder, int(term)))
        return rows

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)


class Forwarder:
    """A folder with a socket that leads to PostgreSQL, as long as it is not cut: then nothing comes through, and nothing is said."""

    def __init__(self, folder, postgres):
        self.folder = folder
        folder.mkdir()
        self.target = str(postgres.folder / ".s.PGSQL.5432")
        self.cut = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.target)
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while data := one.recv(65536):
                while self.cut.is_set():
                    time.sleep(0.02)
                other.sendall(data)
        except OSError:
            pass
        for each in (one, other):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class ControlPlane:
    def __init__(self, binary, folder, members):
        folder.mkdir()
        ports = folder / "ports.json"
        tokens = [part for member in range(members) for part in ("--token", f"{TOKEN}{member}:writer")]
        self.process = subprocess.Popen([binary, "--port", "0", "--admin-port", "0", "--print-ports", ports, *tokens], stdout=subprocess.DEVNULL)
        while not (ports.exists() and ports.stat().st_size):
            time.sleep(0.02)
        found = json.loads(ports.read_text())
        self.url, self.admin = f"http://127.0.0.1:{found['api']}", f"127.0.0.1:{found['admin']}"
        self.seen, self.writes = 0, []

    @property
    def shard(self):
        return hashlib.sha256(self.url.encode()).digest()[0] % 16

    def ask(self, path):
        connection = http.client.HTTPConnection(self.admin, timeout=60)
        connection.request("GET", path)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def take_audit(self):
        """Its ring is short: it is emptied often."""
        found = self.ask(f"/audit?since={self.seen}&limit=1000")
        entries = found if isinstance(found, list) else found.get("entries", found.get("audit"))
        for entry in entries:
            if entry["number"] > self.seen + 1 and self.seen:
                sys.exit(f"the audit has lost entries after {self.seen}")
            self.seen = entry["number"]
            if entry["method"] in ("PUT", "DELETE", "POST") and not entry["dryRun"] and 200 <= entry["status"] < 300 and "/mcp" in entry["path"]:
                at = datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp()
                body = entry.get("body") or {}
                description = body.get("manifest", {}).get("description", "") if isinstance(body, dict) else ""
                self.writes.append((at, entry["slug"], entry["method"], entry["name"], description))

    def live(self):
        rows, all_rows = [], {}
        while True:
            page = self.ask(f"/servers?limit=500&offset={len(all_rows)}")
            rows = page["servers"]
            for row in rows:
                document = row.get("manifest", row)
                all_rows[document["name"]] = document["description"]
            if not rows or len(all_rows) >= page["total"]:
                return all_rows

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Member:
    def __init__(self, world, slot):
        self.world, self.slot = world, slot
        self.folder = world.folder / f"member-{slot}"
        self.folder.mkdir()
        self.forwarder = Forwarder(self.folder / "database", world.postgres)
        (self.folder / "kedge.yaml").write_text(world.settings(self))
        self.log_path = self.folder / "log"
        self.ids, self.process, self.log = [], None, None

    def start(self):
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen([str(self.world.options.build / "src" / "kedge"), "run", "-c", "kedge.yaml", "--log-format", "json"], cwd=self.folder,
                                        stdout=self.log, stderr=self.log, env={**os.environ, "MEMBER_TOKEN": f"{TOKEN}{self.slot}"})

    def all_ids(self):
        return re.findall(r'"event":"member".*?"id":"([^"]+)"', self.log_path.read_text(errors="replace"))

    def ask(self, path, method="GET"):
        connection = UnixConnection(str(self.folder / "kedge.sock"))
        body = None if method == "GET" else "{}"
        connection.request(method, "/api/v1" + path, body, {"Host": "localhost", "Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def metrics(self):
        ports = re.findall(r"health at 127\.0\.0\.1:(\d+)", self.log_path.read_text(errors="replace"))
        connection = http.client.HTTPConnection("127.0.0.1", int(ports[-1]), timeout=30)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    def passes(self):
        return sum(value for name, value in self.metrics().items() if name.startswith("kedge_passes_total"))

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def end(self):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - begun


def file_of(number):
    return f"unit-{number // 1000}/server-{number:06d}.yaml"


def slot_of(slug):
    """Whose token it was: writer@..., writer-2@..., as the sandbox numbers tokens of one role."""
    found = re.search(r"(\d+)@", slug)
    return int(found.group(1)) - 1 if found else 0


def edition_of(description):
    found = re.search(r"edition (\d+),", description)
    return int(found.group(1)) if found else -1


class World:
    """`front`: of a control plane, the address that members have of it where it is another one."""

    def __init__(self, options, folder, front=None):
        self.options, self.folder = options, folder
        self.random = random.Random(options.seed)
        self.done = Counter()
        self.postgres = Postgres(folder)
        sandbox = options.build / "sandbox" / "kedge-sandbox"
        self.planes = [ControlPlane(sandbox, folder / f"plane-{i}", options.members) for i in range(options.targets)]
        for i, plane in enumerate(self.planes):
            if front:
                plane.url = front(plane)
            # A control plane alone in its shard, where that is asked for: the port says which one it is in.
            while getattr(options, "distinct", False) and plane.shard in {other.shard for other in self.planes[:i]}:
                plane.stop()
                plane = self.planes[i] = ControlPlane(sandbox, Path(tempfile.mkdtemp(dir=folder)) / "plane", options.members)
        units = {unit: range(unit * 1000, unit * 1000 + options.each) for unit in range(options.units)}
        make_repository(folder / "repository.git", {f"unit-{unit}": numbers for unit, numbers in units.items()})
        self.git = {number: 0 for numbers in units.values() for number in numbers}  # -> edition
        self.edition = 0
        key = folder / "key"
        key.write_text("0123456789abcdef" * 4 + "\n")
        key.chmod(0o600)
        self.members = [Member(self, slot) for slot in range(options.members)]

    def start(self, keep_history=True):
        """The first member makes the tables, and the others follow."""
        self.members[0].start()
        deadline = time.monotonic() + 60
        while "kedge_lease" not in self.postgres.sql("SELECT nspname FROM pg_namespace"):
            if time.monotonic() > deadline:
                sys.exit(self.members[0].log_path.read_text()[-3000:])
            time.sleep(0.1)
        if keep_history:
            self.postgres.keep_history()
        for member in self.members[1:]:
            member.start()

    def stop(self):
        for member in self.members:
            if member.process is not None and member.process.poll() is None:
                member.process.send_signal(signal.SIGCONT)
                member.forwarder.cut.clear()
                member.process.terminate()
                try:
                    member.process.wait(60)
                except subprocess.TimeoutExpired:
                    member.process.kill()
        for plane in self.planes:
            plane.stop()
        self.postgres.stop()

    def settings(self, member):
        options = self.options
        text = f"""version: 1
installation: members
installation_key: {self.folder}/key
store: postgres
database: {{host: "{member.forwarder.folder}"}}
lease: {{kind: postgres, duration: {options.lease}s, settle: {options.settle}s}}
networks: {{allow_insecure: true}}
sources:
  bench: {{git: "{self.folder}/repository.git", branch: main}}
targets:
"""
        for i, plane in enumerate(self.planes):
            text += f"  target-{i}: {{provider: truefoundry, url: \"{plane.url}\", token: \"${{env:MEMBER_TOKEN}}\"}}\n"
        text += "units:\n"
        for unit in range(options.units):
            text += (f"  - {{name: unit-{unit}, source: bench, path: unit-{unit}, target: target-{unit % options.targets}, changes: apply, drift: heal, "
                     f"prune_delay: 0s, interval: {options.interval}s, limits: {{updates: unlimited, deletes: unlimited, auth_changes: unlimited}}}}\n")
        return text + "server: {unix_socket: kedge.sock, health: {listen: \"127.0.0.1:0\"}}\n"

    def commit(self, numbers, removed=()):
        """Registrations that are changed or added, each of the unit that its number says, and those that go."""
        self.edition += 1
        stream = ["commit refs/heads/main\ncommitter bench <bench@example.com> now\ndata 6\nchange\nfrom refs/heads/main^0\n"]
        for number in numbers:
            self.git[number] = self.edition
            text = manifest(number, self.edition)
            stream.append(f"M 100644 inline {file_of(number)}\ndata {len(text.encode())}\n{text}\n")
        for number in removed:
            del self.git[number]
            stream.append(f"D {file_of(number)}\n")
        subprocess.run(["git", "--git-dir", self.folder / "repository.git", "fast-import", "--quiet", "--force", "--date-format=now"],
                       input="".join(stream).encode(), check=True)
        self.done["commits"] += 1
        return subprocess.run(["git", "--git-dir", self.folder / "repository.git", "rev-parse", "main"], check=True, capture_output=True,
                              text=True).stdout.strip()

    def commit_something(self):
        numbers = []
        for unit in self.random.sample(range(self.options.units), min(self.options.units, self.random.randint(1, 6))):
            there = [number for number in self.git if number // 1000 == unit]
            numbers.append(max(there) + 1 if self.random.random() < 0.5 else self.random.choice(there))
        self.commit(numbers)

    def wrong(self):
        """What is not live as git says, by unit."""
        units = set()
        for i, plane in enumerate(self.planes):
            live = plane.live()
            wanted = {f"bench-{n:06d}": edition for n, edition in self.git.items() if n // 1000 % self.options.targets == i}
            for name, edition in wanted.items():
                if f"edition {edition}," not in live.get(name, ""):
                    units.add(int(name.removeprefix("bench-")) // 1000)
            for name in live.keys() - wanted.keys():
                units.add(int(name.removeprefix("bench-")) // 1000)
        return units

    def take_audits(self):
        for plane in self.planes:
            plane.take_audit()

    def settle(self, seconds):
        begun = time.monotonic()
        while True:
            self.take_audits()
            left = self.wrong()
            if not left:
                return time.monotonic() - begun
            if time.monotonic() - begun > seconds:
                return None
            time.sleep(0.5)
