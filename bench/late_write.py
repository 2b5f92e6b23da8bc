#!/usr/bin/env python3
"""Late writes: what a member sends just before it is frozen (SIGSTOP), or cut off from the database, arrives long after another one has taken over,
waited, and brought a newer commit. A forwarder before the control plane holds the bytes back, so the order is always the same. The write arrives and
undoes what is newer: an update or a delete is found and healed by the next pass, once; a create of what git has dropped meanwhile is held, and deleted
by nobody. The one that was away writes nothing more when it is back; and where it has its control plane back, it does not go by what it listed before.
The audit of the control plane is the judge; ends with 1 where it disagrees."""
import argparse
import json
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench import TOKEN
from members_world import World, edition_of, slot_of


class Gate:
    """A forwarder before a control plane that holds back the next write of one member, whole, until it is opened. What the connection carries after it
    waits behind it."""

    def __init__(self, target):
        host, port = target.removeprefix("http://").split(":")
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.token, self.held, self.opened = None, threading.Event(), threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def hold(self, slot):
        self.held.clear()
        self.opened.clear()
        self.token = f"{TOKEN}{slot}".encode()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(self.target)
            threading.Thread(target=self.requests, args=(near, far), daemon=True).start()
            threading.Thread(target=self.answers, args=(far, near), daemon=True).start()

    def requests(self, near, far):
        pending = b""
        try:
            while data := near.recv(65536):
                pending += data
                while (size := size_of(pending)) is not None:
                    request, pending = pending[:size], pending[size:]
                    self.stop_here(request)
                    far.sendall(request)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            far.close()

    def stop_here(self, request):
        head, _, body = request.partition(b"\r\n\r\n")
        if self.token is None or b"Bearer " + self.token + b"\r\n" not in head + b"\r\n":
            return
        is_delete = head.startswith(b"DELETE ")
        if not is_delete and not (head.startswith(b"PUT ") and not json.loads(body).get("dryRun")):
            return
        self.token = None
        self.held.set()
        self.opened.wait()

    def answers(self, far, near):
        try:
            while data := far.recv(65536):
                near.sendall(data)
            near.shutdown(socket.SHUT_WR)
        except OSError:
            near.close()


def size_of(pending):
    """Of the first request, where all of it is there."""
    head, end, _ = pending.partition(b"\r\n\r\n")
    if not end:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == b"content-length":
            length = int(value)
    size = len(head) + 4 + length
    return size if len(pending) >= size else None


class LateWrites(World):
    def __init__(self, options, folder):
        self.gate = None
        super().__init__(options, folder, front=self.make_gate)
        self.plane = self.planes[0]

    def make_gate(self, plane):
        self.gate = Gate(plane.url)
        return self.gate.url

    def until(self, what, true, seconds=60):
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {seconds} s")
            time.sleep(0.02)

    def writes_of(self, number):
        """What the audit has of one registration: who wrote which edition (none: a delete), and when."""
        self.take_audits()
        return [(None if method == "DELETE" else edition_of(description), slot_of(slug), at)
                for at, slug, method, name, description in self.plane.writes if name == f"bench-{number:06d}"]

    def holder(self):
        rows = self.postgres.history()[self.plane.shard]
        slots = {id: member.slot for member in self.members for id in member.all_ids()}
        return slots.get(rows[-1][1]) if rows else None

    def has_seen(self, slot, number, revision):
        """Whether this member has looked at the registration's unit at this commit, and is done."""
        unit = self.members[slot].ask(f"/units/unit-{number // 1000}")["unit"]
        return not unit["busy"] and unit["revision"] is not None and unit["revision"]["id"] == revision

    def losses(self, slot):
        return self.members[slot].log_path.read_text(errors="replace").count('"event":"shard lost"')

    def set_away(self, slot, away, is_gone):
        member = self.members[slot]
        if away == "frozen":
            member.process.send_signal(signal.SIGSTOP if is_gone else signal.SIGCONT)
        elif is_gone:
            member.forwarder.cut.set()
        else:
            member.forwarder.cut.clear()

    def trial(self, kind, away):
        """A write of the holder is held back, and the holder is away; the other one goes on with a newer commit; then the write arrives."""
        old = self.holder()
        new = 1 - old
        number = max(self.git) + (1 if kind == "create" else 0)
        before, losses = len(self.writes_of(number)), self.losses(old)
        self.gate.hold(old)
        self.commit(*([], [number]) if kind == "delete" else ([number],))
        late = self.git.get(number)
        if not self.gate.held.wait(60):
            raise AssertionError("the write does not come")
        begun = time.monotonic()
        self.set_away(old, away, True)
        revision = self.commit(*([], [number]) if kind == "create" else ([number],))
        self.until("the other one takes over", lambda: self.holder() == new)
        taken = time.monotonic() - begun
        self.until("it brings the newer commit", lambda: not self.wrong() and self.has_seen(new, number, revision))
        brought = time.monotonic() - begun
        self.gate.opened.set()
        self.until("the late write arrives", lambda: (late, old) in [row[:2] for row in self.writes_of(number)[before:]])
        was_seen = bool(self.wrong())
        if kind == "create":
            # Nothing is deleted that the ledger has never seen in git: a person says what becomes of it, here by declaring it again.
            self.until("the next pass holds it", lambda: [hold["reason"] for hold in self.holds(new, number)] == ["delete"])
            self.commit([number])
        newer = self.git[number]
        self.until("the next pass heals it", lambda: not self.wrong())
        self.set_away(old, away, False)
        self.until("it is told that it lost the lease", lambda: self.losses(old) > losses)
        calm = time.monotonic() + 2 * self.options.interval
        self.until("calm", lambda: time.monotonic() > calm)
        rows = self.writes_of(number)[before:]
        wanted = ([] if kind == "create" else [(newer, new)]) + [(late, old), (newer, new)]
        text = ", ".join(("a delete" if edition is None else f"edition {edition}") + f" by {slot}" for edition, slot, _ in rows)
        if [row[:2] for row in rows] != wanted or self.wrong():
            raise AssertionError(f"the audit has {text}; wanted {wanted}; not as git says: {self.wrong()}")
        print(f"{kind}, {away}: lease taken after {taken:.1f} s, the newer commit brought after {brought:.1f} s, the late write "
              f"{'seen live, ' if was_seen else ''}{'held and declared again' if kind == 'create' else 'healed'} {rows[-1][2] - rows[-2][2]:.2f} s after it "
              f"came; audit: {text}", flush=True)

    def take_back(self):
        """Who lost a control plane and has it again within its interval: what it had listed is older than what the other one wrote meanwhile."""
        old = self.holder()
        new = 1 - old
        number = max(self.git)
        passes = self.members[old].passes()
        self.members[old].ask("/sync", "POST")  # so that there is a list without a write after it
        self.until("the holder has looked", lambda: self.members[old].passes() >= passes + self.options.units)
        before, losses = len(self.writes_of(number)), self.losses(old)
        self.set_away(old, "frozen", True)
        revision = self.commit([number])
        self.until("the other one writes", lambda: not self.wrong())
        self.set_away(old, "frozen", False)
        self.until("it is told that it lost the lease", lambda: self.losses(old) > losses)
        took = self.members[new].end()
        self.until("it has it back", lambda: self.holder() == old and self.has_seen(old, number, revision))
        rows = [row[:2] for row in self.writes_of(number)[before:]]
        self.members[new].start()
        if rows != [(self.git[number], new)]:
            raise AssertionError(f"written again by whoever had it back: {rows}")
        print(f"taken back: the other one ended in {took:.2f} s, nothing is written again", flush=True)

    def holds(self, slot, number):
        """Why the registration may not be touched."""
        units = self.members[slot].ask(f"/holds?unit=unit-{number // 1000}")["units"]
        return [hold for unit in units for change in unit["changes"] if change["name"] == f"bench-{number:06d}" for hold in change["holds"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    options.build = options.build.resolve()
    for key, value in {"members": 2, "units": 3, "targets": 1, "each": 2, "lease": 3, "settle": 2, "seed": 1}.items():
        setattr(options, key, value)
    failures = []
    trials = [(f"{kind}, {away}", lambda world, kind=kind, away=away: world.trial(kind, away))
              for kind, away in (("update", "frozen"), ("create", "frozen"), ("delete", "frozen"), ("update", "cut off"))]
    run(options, 2, trials, failures)
    run(options, 60, [("taken back", LateWrites.take_back)], failures)
    for failure in failures:
        print("FAILED: " + failure)
    print("late writes: " + ("failed" if failures else "healed"))
    sys.exit(1 if failures else 0)


def run(options, interval, trials, failures):
    options.interval = interval
    folder = Path(tempfile.mkdtemp(prefix="kedge-late-"))
    world = LateWrites(options, folder)
    failed = len(failures)
    try:
        world.start()
        if world.settle(60) is None:
            sys.exit("nothing is applied: " + str(folder))
        for name, trial in trials:
            try:
                trial(world)
            except AssertionError as error:
                failures.append(f"{name}: {error}")
                break
        for member in world.members:
            if member.process.poll() is not None:
                failures.append(f"member {member.slot} has ended with {member.process.returncode}")
    finally:
        world.gate.opened.set()
        world.stop()
        if options.keep or len(failures) > failed:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
