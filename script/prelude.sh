# Sourced by every script: where the clone and the caches are, and how lines are printed.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${KEDGE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/kedge}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# The last line of every script that counts: alone on its line, on standard output.
tally() { printf '%s passed, %s failed\n' "$1" "$2"; }

# step NAME COMMAND...: runs it and says how long it took.
step() {
    local name=$1 began=$SECONDS status=0
    shift
    say "== $name"
    "$@" || status=$?
    say "== $name: $((SECONDS - began)) s$([ "$status" = 0 ] || printf ', failed with %s' "$status")"
    return "$status"
}
