#!/usr/bin/env bash
# Nothing keeps the event loop of a daemon for longer than 20 ms of processor time, at 10,000 registrations.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need python3 git || exit 1
: "${KEDGE:?the path of the kedge binary}"
build=$(cd "$(dirname "$KEDGE")/.." && pwd)
longest() { timeout --kill-after=10 900 python3 "$root/bench/loop.py" --build "$build" --most 20 --only "$1" | tee /dev/stderr | tail -n 1; }
expect loop.daemon "looks, commits, edits and questions keep the loop free" longest daemon
expect loop.first-apply "a first apply keeps the loop free" longest first-apply
finish
