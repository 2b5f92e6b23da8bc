#!/usr/bin/env bash
# The demos: each runs through on its control plane, prints no secret, and leaves no process and no file behind.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need git jq curl openssl || exit 1
folder=$(mktemp -d)
# What a demo left running: every process has its temporary folder in the environment.
running() { grep -l -s -a -F -e "$folder" /proc/[0-9]*/environ | cut -d / -f 3; }
cleanup() {
    local pid
    for pid in $(running); do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap cleanup EXIT

# demo NAME [ARGUMENT...]: its words in $folder/NAME.txt, its temporary files in $folder/tmp
demo() {
    local name=$1
    shift
    mkdir -p "$folder/tmp"
    TMPDIR=$folder/tmp timeout 600 "$root/script/demo" "$@" >"$folder/$name.txt" 2>&1 </dev/null
}
nothing_left() { [ -z "$(running)" ] && [ -z "$(ls -A "$folder/tmp")" ] || { running | xargs -r ps -f -p; ls -A "$folder/tmp"; return 1; }; }
without_secrets() { grep -q 'Everything is stopped' "$1" && ! grep -n 'hush-' "$1"; }

for file in "$root"/script/demo.d/*.sh; do
    name=$(basename "$file" .sh)
    began=$SECONDS
    if demo "$name" --provider "$name"; then
        ok "demo.$name" "$((SECONDS - began)) s"
    else
        tail -n 60 "$folder/$name.txt" >&2
        failed "demo.$name" "did not come to its end"
    fi
    expect "demo.$name.leaves-nothing" "something is left" nothing_left
    expect "demo.$name.prints-no-secret" "a secret is printed, or nothing at all" without_secrets "$folder/$name.txt"
done

say "a provider that nobody knows"
status=0
demo unknown --provider github || status=$?
told="demo: unknown provider \"github\"; one of: $(basename -s .sh "$root"/script/demo.d/*.sh | paste -s -d ' ')"
refused() { [ "$status" = 1 ] && grep -x -F "$told" "$folder/unknown.txt"; }
expect demo.unknown-provider "not refused" refused
expect demo.unknown-provider.leaves-nothing "something is left" nothing_left

say "Ctrl-C"
mkdir -p "$folder/tmp"
: >"$folder/stopped.txt"
TMPDIR=$folder/tmp env --default-signal=INT setsid "$root/script/demo" --provider gaia >"$folder/stopped.txt" 2>&1 </dev/null &
pid=$!
tries=0
until grep -q 'The daemon takes over' "$folder/stopped.txt" || [ "$tries" -gt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -INT -- "-$pid"
status=0
wait "$pid" || status=$?
interrupted() { [ "$status" = 130 ] && ! grep -q 'Everything is stopped' "$folder/stopped.txt"; }
expect demo.interrupted "ended with $status" interrupted
expect demo.interrupted.leaves-nothing "something is left" nothing_left

say "--keep: what it prints can be typed"
printed() { sed -n "s/^$1  *//p" "$folder/keep.txt"; }
keeps() { demo keep --provider zudu --keep && [ "$(running | wc -l)" = 2 ]; }
expect demo.keep "not two processes" keeps
silent() { [ -n "$(printed stop)" ] && ! grep -n hush- "$folder/keep.txt"; }
expect demo.keep.prints-no-secret "one is printed" silent
tried() { bash -c "$(printed try)" 2>&1 | grep '^No changes'; }
expect demo.keep.try "no plan without changes" tried
stopped() {
    bash -c "$(printed stop)"
    for _ in $(seq 100); do
        [ -n "$(running)" ] || return 0
        sleep 0.1
    done
    return 1
}
expect demo.keep.stop "still running" stopped
finish
