#!/usr/bin/env python3
"""Several daemons on one PostgreSQL, among kills (SIGKILL), freezes (SIGSTOP), partitions from the database and orderly ends, while commits come.
The judges: what git says must be live at the end, in every unit; every edition of a registration is written once, none after a newer one, and none is
created twice; and the audits of the control planes beside the history of the lease table (a trigger keeps it): whoever wrote held the lease of that
control plane, by a renewal not older than the lease; a shard is taken over, or handed over, in time. Prints figures; ends with 1 where one of that is not
so."""
import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from many_units import memory_mib
from members_world import World, edition_of, slot_of

HANDOVER_S = 1.5  # from SIGTERM until another one holds the lease: a second, and half a one for a busy machine
TAKEOVER_S = 1  # beyond the lease: looks at the table, of the one that was killed and of the one that takes over
LATE_S = 0.3  # from the question of the fence to the line in the audit, on a busy machine


class Trial(World):
    def __init__(self, options, folder):
        super().__init__(options, folder)
        self.blows = []  # kind, when, slot

    def rest(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.take_audits()
            if self.random.random() < 0.3:
                self.commit_something()
            time.sleep(0.2)

    def strike(self):
        """One blow at one member, which comes back after a while."""
        member = self.random.choice(self.members)
        lease = self.options.lease
        kind = self.random.choices(["kill", "freeze", "partition", "end"], [4, 4, 2, 2])[0]
        self.done[kind] += 1
        self.blows.append((kind, time.time(), member.slot))
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
                if at < self.postgres.history_from:
                    continue  # nobody has seen what lease that was by
                renewed = [(when, holder) for when, holder, _ in rows if when <= at]
                held = [when for when, holder in renewed if holder and slugs.setdefault(slug, slot_of(slug)) == of_slot.get(holder)]
                age = at - held[-1] if held else 9e9
                longest = max(longest, age) if age < 9e8 else longest
                given_back = renewed and not renewed[-1][1]
                if age > self.options.lease + LATE_S or (held and renewed[-1][0] > held[-1] and (not given_back) and at - renewed[-1][0] > LATE_S):
                    late.append(f"{method} {name} by {slug} at {at:.3f}: its lease was {age:.3f} s old; the last is {renewed[-1] if renewed else None}")
        return late, longest

    def judge_takeovers(self):
        """How long each shard of a member that was killed, or that ended, had nobody: seconds by kind. Not those that it had just taken from another one:
        it waits itself then, and whoever comes next waits as long."""
        history = self.postgres.history()
        of_slot = {id: member.slot for member in self.members for id in member.all_ids()}
        took = defaultdict(list)
        for kind, at, slot in self.blows:
            for shard in {plane.shard for plane in self.planes} if kind in ("kill", "end") else ():
                rows = [row for row in history[shard] if row[0] <= at]
                if not rows or of_slot.get(rows[-1][1]) != slot:
                    continue
                taken = next(i for i, row in enumerate(rows) if row[2] == rows[-1][2])
                if kind == "end" and taken and rows[taken - 1][1] and at - rows[taken][0] < self.options.settle:
                    continue
                next_at = [when for when, holder, _ in history[shard] if when > at and holder not in ("", rows[-1][1])]
                took[kind].append(next_at[0] - at if next_at else 9e9)
        return took

    def judge_writes(self):
        """By registration: which editions were written more than once, which of them created it, and which an older one came after."""
        rows = defaultdict(list)
        deletes = 0
        for plane in self.planes:
            for at, slug, method, name, description in plane.writes:
                deletes += 1 if method == "DELETE" else 0
                rows[name].append((edition_of(description), slot_of(slug), at))
        judged = {"written twice": [], "created twice": [], "set back": []}
        for name, writes in rows.items():
            editions = [edition for edition, _, _ in writes]
            told = f"{name}: " + ", ".join(f"{edition} by {slot} at {at % 1000:.2f}" for edition, slot, at in writes)
            if len(set(editions)) < len(editions):
                judged["written twice"].append(told)
            if editions.count(editions[0]) > 1:
                judged["created twice"].append(told)
            if editions != sorted(editions):
                judged["set back"].append(told)
        return judged, deletes


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
    world = Trial(options, folder)
    begun = time.monotonic()
    failures = []
    try:
        world.start()
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
        judged, deletes = world.judge_writes()
        took_over = world.judge_takeovers()
        for kind, limit in (("kill", options.lease + TAKEOVER_S), ("end", HANDOVER_S)):
            if max(took_over[kind], default=0) > limit:
                failures.append(f"a shard was nobody's for {max(took_over[kind]):.2f} s after {kind}")
        writes = sum(len(plane.writes) for plane in world.planes)
        if late:
            failures.append(f"{len(late)} writes without a lease: " + "; ".join(late[:5]))
        for what, found in judged.items():
            if found:
                failures.append(f"{len(found)} {what}: " + "; ".join(found[:5]))
        print(f"{options.members} members, {options.units} units, {options.targets} targets, {len(world.git)} registrations, seed {options.seed}")
        print("blows: " + ", ".join(f"{name} {count}" for name, count in sorted(world.done.items())))
        print(f"writes {writes}, deletes {deletes}, the oldest lease at a write {longest:.2f} s of {options.lease:.0f} s, "
              + ", ".join(f"{what} {len(found)}" for what, found in judged.items()))
        for kind, what in (("kill", "taken over after SIGKILL"), ("end", "handed over after SIGTERM")):
            if times := sorted(took_over[kind]):
                print(f"{len(times)} shards {what}: median {times[len(times) // 2]:.2f} s, at most {times[-1]:.2f} s")
        print(f"agreed with git {'after %.1f s' % took if took is not None else 'never'}; all in all {time.monotonic() - begun:.0f} s")
        for member in world.members:
            print(f"member {member.slot}: {memory_mib(member.process.pid, 'VmRSS'):.0f} MiB, {member.log_path.read_text().count('pass failed')} passes failed, "
                  f"{len(member.all_ids())} lives")
    finally:
        world.stop()
        if options.keep or failures:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print("FAILED: " + failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
