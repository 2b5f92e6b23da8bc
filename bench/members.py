#!/usr/bin/env python3
"""Several daemons on one PostgreSQL, among kills (SIGKILL), freezes (SIGSTOP), partitions from the database and orderly ends, while commits come.
The judges: what git says must be live at the end, in every unit; every edition of a registration is written once, and none is created twice; and the
audits of the control planes beside the history of the lease table (a trigger keeps it): whoever wrote held the lease of that control plane, by a
renewal not older than the lease. Prints figures; ends with 1 where one of that is not so."""
import argparse
import hashlib
import http.client
import json
import os
import random
import re
import shutil
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

sys.path.insert(0, str(Path(__file__).parent))
from bench import TOKEN, manifest
from many_units import cpu_seconds, make_repository, memory_mib

ROOT = Path(__file__).parent.parent
LATE_S = 0.3  # from the question of the fence to the line in the audit, on a busy machine


class Postgres:
    """script/postgres.sh, and a forwarder for each member that can be cut."""

    def __init__(self, folder):
        self.folder = folder / "postgres"
        self.folder.mkdir()
        folder.chmod(0o755)
        self.process = subprocess.Popen([ROOT / "script" / "postgres.sh", "run", self.folder])
        subprocess.run([ROOT / "script" / "postgres.sh", "wait", self.folder], check=True)

    def sql(self, text):
        return subprocess.run(["psql", "-h", self.folder, "-U", "kedge", "-d", "kedge", "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text],
                              check=True, capture_output=True, text=True).stdout

    def keep_history(self):
        self.sql("""CREATE TABLE public.lease_history (at double precision, shard bigint, holder text, term bigint);
            CREATE FUNCTION public.note_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO public.lease_history VALUES (extract(epoch FROM clock_timestamp()), NEW.shard, NEW.holder, NEW.term); RETURN NEW; END $$;
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON kedge_lease.lease FOR EACH ROW EXECUTE FUNCTION public.note_lease();""")

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
        self.shard = hashlib.sha256(self.url.encode()).digest()[0] % 16
        self.seen, self.writes = 0, []

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

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def end(self):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - begun


class World:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.random = random.Random(options.seed)
        self.done = Counter()
        self.postgres = Postgres(folder)
        sandbox = options.build / "sandbox" / "kedge-sandbox"
        self.planes = [ControlPlane(sandbox, folder / f"plane-{i}", options.members) for i in range(options.targets)]
        self.git = {}  # number -> edition
        self.numbers = {unit: list(range(unit * 1000, unit * 1000 + options.each)) for unit in range(options.units)}
        make_repository(folder / "repository.git", {f"unit-{unit}": numbers for unit, numbers in self.numbers.items()})
        for numbers in self.numbers.values():
            self.git.update({number: 0 for number in numbers})
        self.wanted_writes = Counter({(number, 0): 1 for number in self.git})
        self.edition = 0
        key = folder / "key"
        key.write_text("0123456789abcdef" * 4 + "\n")
        key.chmod(0o600)
        self.members = [Member(self, slot) for slot in range(options.members)]

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
        for unit in self.numbers:
            text += (f"  - {{name: unit-{unit}, source: bench, path: unit-{unit}, target: target-{unit % options.targets}, changes: apply, drift: heal, "
                     f"prune_delay: 0s, interval: {options.interval}s, limits: {{updates: unlimited, deletes: unlimited, auth_changes: unlimited}}}}\n")
        return text + "server: {unix_socket: kedge.sock}\n"

    def commit(self):
        self.edition += 1
        stream = ["commit refs/heads/main\ncommitter bench <bench@example.com> now\ndata 6\nchange\nfrom refs/heads/main^0\n"]
        for unit in self.random.sample(sorted(self.numbers), min(len(self.numbers), self.random.randint(1, 6))):
            numbers = self.numbers[unit]
            if self.random.random() < 0.5:
                number = numbers[-1] + 1
                numbers.append(number)
            else:
                number = self.random.choice(numbers)
            self.git[number] = self.edition
            self.wanted_writes[number, self.edition] += 1
            text = manifest(number, self.edition)
            stream.append(f"M 100644 inline unit-{unit}/server-{number:06d}.yaml\ndata {len(text.encode())}\n{text}\n")
        subprocess.run(["git", "--git-dir", self.folder / "repository.git", "fast-import", "--quiet", "--force", "--date-format=now"],
                       input="".join(stream).encode(), check=True)
        self.done["commits"] += 1

    def wrong(self):
        """What is not live as git says, by unit."""
        units = set()
        for i, plane in enumerate(self.planes):
            live = plane.live()
            wanted = {f"bench-{n:06d}": self.git[n] for unit, numbers in self.numbers.items() if unit % self.options.targets == i for n in numbers}
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

    def rest(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.take_audits()
            if self.random.random() < 0.3:
                self.commit()
            time.sleep(0.2)

    def strike(self):
        """One blow at one member, which comes back after a while."""
        member = self.random.choice(self.members)
        lease = self.options.lease
        kind = self.random.choices(["kill", "freeze", "partition", "end"], [4, 4, 2, 1])[0]
        self.done[kind] += 1
        if kind == "kill":
            member.kill()
            self.rest(self.random.uniform(0, 1.5 * lease))
            member.start()
        elif kind == "freeze":
            member.process.send_signal(signal.SIGSTOP)
            self.rest(self.random.uniform(0.3 * lease, 2.5 * lease))
            member.process.send_signal(signal.SIGCONT)
        elif kind == "partition":
            member.forwarder.cut.set()
            self.rest(self.random.uniform(0.3 * lease, 2.5 * lease))
            member.forwarder.cut.clear()
        else:
            self.done["slow ends"] += 1 if member.end() > 5 else 0
            self.rest(self.random.uniform(0, lease))
            member.start()
        self.rest(self.random.uniform(0, lease))

    def judge_leases(self):
        """Writes of somebody who did not hold the lease at that moment."""
        history = self.postgres.history()
        of_slot = {id: member.slot for member in self.members for id in member.all_ids()}
        late = []
        longest = 0.0
        slugs = {}
        for plane in self.planes:
            rows = history[plane.shard]
            for at, slug, method, name, _ in plane.writes:
                renewed = [(when, holder) for when, holder, _ in rows if when <= at]
                held = [when for when, holder in renewed if holder and slugs.setdefault(slug, slug_slot(slug)) == of_slot.get(holder)]
                age = at - held[-1] if held else 9e9
                longest = max(longest, age) if age < 9e8 else longest
                given_back = renewed and not renewed[-1][1]
                if age > self.options.lease + LATE_S or (held and renewed[-1][0] > held[-1] and (not given_back) and at - renewed[-1][0] > LATE_S):
                    late.append(f"{method} {name} by {slug} at {at:.3f}: its lease was {age:.3f} s old; the last is {renewed[-1] if renewed else None}")
        return late, longest

    def judge_writes(self):
        counted = Counter()
        deletes = 0
        for plane in self.planes:
            for _, _, method, name, description in plane.writes:
                if method == "DELETE":
                    deletes += 1
                    continue
                found = re.search(r"edition (\d+),", description)
                counted[int(name.removeprefix("bench-")), int(found.group(1)) if found else -1] += 1
        doubled = {key: count for key, count in counted.items() if count > 1}
        first = {}
        for plane in self.planes:
            for _, _, method, name, description in plane.writes:
                if method != "DELETE":
                    first.setdefault(name, description)
        created_twice = [key for key in doubled if f"edition {key[1]}," in first.get(f"bench-{key[0]:06d}", "")]
        return doubled, created_twice, deletes


def slug_slot(slug):
    """writer@..., writer-2@..., as the sandbox numbers tokens of one role."""
    found = re.search(r"(\d+)@", slug)
    return int(found.group(1)) - 1 if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--members", type=int, default=3)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--targets", type=int, default=6)
    parser.add_argument("--each", type=int, default=3, help="registrations of a unit")
    parser.add_argument("--interval", type=int, default=10, help="seconds")
    parser.add_argument("--blows", type=int, default=50)
    parser.add_argument("--lease", type=float, default=3, help="seconds")
    parser.add_argument("--settle", type=float, default=2, help="seconds")
    parser.add_argument("--patience", type=int, default=240, help="seconds that everything may take at the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    options.build = options.build.resolve()
    folder = Path(tempfile.mkdtemp(prefix="kedge-members-"))
    world = World(options, folder)
    begun = time.monotonic()
    failures = []
    try:
        world.members[0].start()
        deadline = time.monotonic() + 60
        while "kedge_lease" not in world.postgres.sql("SELECT nspname FROM pg_namespace"):
            if time.monotonic() > deadline:
                sys.exit(world.members[0].log_path.read_text()[-3000:])
            time.sleep(0.1)
        world.postgres.keep_history()
        for member in world.members[1:]:
            member.start()
        took = world.settle(options.patience)
        if took is None:
            failures.append(f"{len(world.wrong())} units are not as git says before the first blow")
        else:
            print(f"everything applied after {took:.1f} s", flush=True)
        for _ in range(options.blows if not failures else 0):
            world.strike()
        took = world.settle(options.patience)
        for member in world.members:
            if member.process.poll() is not None:
                failures.append(f"member {member.slot} has ended with {member.process.returncode}")
        missed = world.wrong()
        if missed:
            failures.append(f"{len(missed)} units missed: {sorted(missed)[:10]}")
        late, longest = world.judge_leases()
        doubled, created_twice, deletes = world.judge_writes()
        writes = sum(len(plane.writes) for plane in world.planes)
        if late:
            failures.append(f"{len(late)} writes without a lease: " + "; ".join(late[:5]))
        if created_twice:
            failures.append(f"{len(created_twice)} created twice: {created_twice[:10]}")
        print(f"{options.members} members, {options.units} units, {options.targets} targets, {len(world.git)} registrations, seed {options.seed}")
        print("blows: " + ", ".join(f"{name} {count}" for name, count in sorted(world.done.items())))
        print(f"writes {writes}, deletes {deletes}, the oldest lease at a write {longest:.2f} s of {options.lease:.0f} s, editions written more than once {len(doubled)}, "
              f"created twice {len(created_twice)}")
        print(f"agreed with git {'after %.1f s' % took if took is not None else 'never'}; all in all {time.monotonic() - begun:.0f} s")
        for member in world.members:
            print(f"member {member.slot}: {memory_mib(member.process.pid, 'VmRSS'):.0f} MiB, {member.log_path.read_text().count('pass failed')} passes failed, "
                  f"{len(member.all_ids())} lives")
    finally:
        for member in world.members:
            if member.process is not None and member.process.poll() is None:
                member.process.send_signal(signal.SIGCONT)
                member.forwarder.cut.clear()
                member.process.terminate()
                try:
                    member.process.wait(60)
                except subprocess.TimeoutExpired:
                    member.process.kill()
        for plane in world.planes:
            plane.stop()
        world.postgres.stop()
        if options.keep or failures:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print("FAILED: " + failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
