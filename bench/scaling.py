#!/usr/bin/env python3
"""What several daemons on one PostgreSQL cost, and what they bring: for 1, 2 and 4 of them the same units on the same number of control planes, first
with nothing to do at a short interval, then with a commit that changes every unit. Processor seconds of daemons (their git included) and of PostgreSQL, its
statements and transactions, memory, and how long the commit takes. Everything shares the cores of this machine, control planes and git included: compare
rows of one run. One table; the rows of a pass are the cost of a pass with nothing to do."""
import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from many_units import cpu_seconds, memory_mib
from members_world import World


def children_of(pid):
    """Processes of PostgreSQL: all of one parent."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    found.append(int(entry.name))
            except (OSError, IndexError):
                pass
    return found


class Measured(World):
    def count_statements(self):
        self.postgres.sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        self.postgres.stop()
        self.postgres.start()
        self.postgres.sql("CREATE EXTENSION pg_stat_statements SCHEMA public")

    def postgres_cpu(self):
        pid = self.postgres.process.pid
        total = cpu_seconds(pid)
        for child in children_of(pid):
            try:
                total += cpu_seconds(child)
            except OSError:
                pass
        return total

    def sample(self):
        calls, commits = self.postgres.sql("SELECT (SELECT sum(calls) FROM public.pg_stat_statements), "
                                           "(SELECT xact_commit FROM pg_stat_database WHERE datname = 'kedge')").split()
        metrics = [member.metrics() for member in self.members]
        return {"time": time.monotonic(), "statements": int(calls), "transactions": int(commits), "postgres": self.postgres_cpu(),
                "daemons": sum(cpu_seconds(member.process.pid) for member in self.members), "planes": sum(cpu_seconds(plane.process.pid) for plane in self.planes),
                "passes": sum(value for rows in metrics for name, value in rows.items() if name.startswith("kedge_passes_total")),
                "requests": sum(value for rows in metrics for name, value in rows.items() if name.startswith("kedge_target_requests_total"))}

    def shares(self):
        """How many shards each member holds."""
        return [int(sum(value for name, value in member.metrics().items() if name.startswith("kedge_shard_held"))) for member in self.members]

    def settled_shares(self):
        begun = time.monotonic()
        while True:
            shares = self.shares()
            if max(shares) - min(shares) <= 1 and sum(shares) == len({plane.shard for plane in self.planes}):
                return shares
            if time.monotonic() - begun > 60:
                sys.exit(f"the shares are not even: {shares}")
            time.sleep(0.2)

    def burst(self):
        """One commit that changes one registration of each unit: until all of them are live."""
        expected = sum(plane.ask("/counters")["writes"] for plane in self.planes) + self.options.units
        self.commit([unit * 1000 for unit in range(self.options.units)])
        begun = time.monotonic()
        while sum(plane.ask("/counters")["writes"] for plane in self.planes) < expected:
            if time.monotonic() - begun > 120:
                sys.exit("the burst is not applied")
            time.sleep(0.05)
        took = time.monotonic() - begun
        if self.wrong():
            sys.exit("so many writes, and not as git says")
        return took


def difference(after, before):
    return {key: after[key] - before[key] for key in after}


def measure(options, members):
    options.members = members
    folder = Path(tempfile.mkdtemp(prefix="kedge-scaling-"))
    world = Measured(options, folder)
    try:
        world.count_statements()
        world.start(keep_history=False)
        if world.settle(240) is None:
            sys.exit(f"nothing is applied: {folder}")
        shares = world.settled_shares()
        time.sleep(3 * options.interval)
        before = world.sample()
        time.sleep(options.measure)
        idle = difference(world.sample(), before)
        times, before = [], world.sample()
        for _ in range(options.bursts):
            times.append(world.burst())
            time.sleep(2 * options.interval)
        bursts = difference(world.sample(), before)
        memory = [memory_mib(member.process.pid, "VmRSS") for member in world.members]
    finally:
        world.stop()
        shutil.rmtree(folder, ignore_errors=True)
    passes = idle["passes"]
    changes = options.bursts * options.units
    rest = {key: bursts[key] - idle[key] * bursts["time"] / idle["time"] for key in bursts}  # what the changes cost beside the passes of that time
    print(f"| {members} | {'/'.join(map(str, shares))} | {passes / idle['time']:.0f} | {1000 * idle['daemons'] / passes:.2f} | "
          f"{1000 * idle['postgres'] / passes:.2f} | {idle['statements'] / passes:.1f} | {100 * (idle['daemons'] + idle['postgres']) / idle['time']:.0f} | "
          f"{100 * idle['planes'] / idle['time']:.0f} | {1000 * rest['daemons'] / changes:.1f} | {1000 * rest['postgres'] / changes:.1f} | "
          f"{rest['statements'] / changes:.0f} | {' '.join(f'{seconds:.1f}' for seconds in times)} | {max(memory):.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--members", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--units", type=int, default=240)
    parser.add_argument("--targets", type=int, default=8)
    parser.add_argument("--each", type=int, default=10, help="registrations of a unit")
    parser.add_argument("--interval", type=int, default=2, help="seconds")
    parser.add_argument("--measure", type=int, default=40, help="seconds with nothing to do")
    parser.add_argument("--bursts", type=int, default=3)
    options = parser.parse_args()
    options.build = options.build.resolve()
    for key, value in {"lease": 15, "settle": 2, "seed": 1, "distinct": True}.items():
        setattr(options, key, value)
    print(f"{options.units} units on {options.targets} control planes, {options.each} registrations each, interval {options.interval} s\n")
    print("| daemons | shards each | passes/s | ms a pass | ms of PostgreSQL a pass | statements a pass | % of a core, both | % control planes | ms a change | "
          "ms of PostgreSQL a change | statements a change | a commit to all units, s | MiB, largest |")
    print("|" + "---|" * 13)
    for members in options.members:
        measure(options, members)


if __name__ == "__main__":
    main()
