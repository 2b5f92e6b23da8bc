#!/usr/bin/env bash
# Three daemons on one PostgreSQL, a few of them killed, frozen, cut off and ended while commits come: everything as git says, nothing created twice,
# no write without a lease, shards taken over and handed over in time. The long one is script/soak --members. And writes that arrive after another
# member has taken over: found, and healed by the next pass.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need python3 git psql || exit 1
: "${KEDGE:?the path of the kedge binary}"
build=$(cd "$(dirname "$KEDGE")/.." && pwd)
trial() { timeout --kill-after=10 900 python3 "$root/bench/$1.py" --build "$build" "${@:2}" | tee /dev/stderr | tail -n 1; }
expect members.blows "three members survive six blows" trial members --units 30 --targets 4 --blows 6 --interval 5
expect members.late_writes "what a frozen member sends late is healed" trial late_write
finish
