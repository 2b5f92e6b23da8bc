#!/usr/bin/env bash
# The vendor's CLI and kedge on the same control plane: what one applied, the other finds in order.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

version=0.17.5
venv=$cache/tfy-$version
need python3 curl || exit 1
if [ ! -e "$venv/.complete" ]; then
    rm -rf "$venv"
    if ! { python3 -m venv "$venv" && timeout 900 "$venv/bin/pip" install -q "truefoundry==$version" && touch "$venv/.complete"; } >&2; then
        failed tfy.install "pip could not install truefoundry==$version"
        exit 1
    fi
fi

folder=$(mktemp -d)
trap 'stop_sandbox; rm -rf "$folder"' EXIT
tree=$folder/truefoundry
cp -r "$root/manifests/truefoundry/ai-gateway" "$tree"
count=$(find "$tree" -name '*.yaml' | wc -l)

# A clean environment: neither a login nor a proxy of this machine may reach the CLI.
as_user() {
    env -i PATH=/usr/bin:/bin HOME="$folder" LC_ALL=C.UTF-8 TFY_HOST="http://127.0.0.1:$sandbox_port" TFY_API_KEY="$sandbox_token" \
        timeout 300 "$@" </dev/null
}
tfy() { as_user "$venv/bin/tfy" "$@"; }
kedge() {
    local verb=$1
    shift
    as_user "$KEDGE" "$verb" "$tree" --allow-insecure "$@"
}
# confirmed FILE: how many manifests the CLI speaks of; in a dry run it leaves out what depends on others, and says so
confirmed() { grep -c -E 'Successfully configured|\[Dry Run\] Skipped manifest .* because it has dependencies' "$1" || true; }

# every NAME FILE COMMAND...: the command succeeds and speaks of every manifest
every() {
    local name=$1 file=$2 status=0
    shift 2
    "$@" >"$file" 2>&1 || status=$?
    if [ "$status" = 0 ] && [ "$(confirmed "$file")" = "$count" ]; then
        ok "$name" "$count manifests"
    else
        tail -n 30 "$file" >&2
        failed "$name" "exit $status, $(confirmed "$file") of $count manifests spoken of"
    fi
}
in_sync() {
    local name=$1 status=0
    kedge plan --detailed-exitcode >"$folder/plan.txt" 2>&1 || status=$?
    if [ "$status" = 0 ] && grep -q "$count equal" "$folder/plan.txt"; then
        ok "$name" "$(tail -n 1 "$folder/plan.txt")"
    else
        tail -n 60 "$folder/plan.txt" >&2
        failed "$name" "exit $status; $(tail -n 1 "$folder/plan.txt")"
    fi
}

say "tfy $version and kedge on a fresh control plane, tfy first"
start_sandbox "$folder"
every tfy.apply "$folder/apply.txt" tfy apply --dir "$tree"
in_sync tfy.then-kedge-finds-everything-equal
stop_sandbox

say "and on another one, kedge first"
start_sandbox "$folder"
status=0
kedge apply --yes --installation demo --unit gateway --store "$folder/store" >"$folder/kedge.txt" 2>&1 || status=$?
if [ "$status" = 0 ]; then
    ok kedge.apply "$(tail -n 1 "$folder/kedge.txt")"
else
    tail -n 60 "$folder/kedge.txt" >&2
    failed kedge.apply "exit $status; $(tail -n 1 "$folder/kedge.txt")"
fi
every kedge.then-tfy-dry-run "$folder/dry.txt" tfy apply --dir "$tree" --dry-run --show-diff
in_sync kedge.plan-is-empty-after-tfys-dry-run
# tfy knows nothing of ownership markers and takes them away: no reason for kedge to write again.
every kedge.then-tfy-apply "$folder/again.txt" tfy apply --dir "$tree"
in_sync kedge.plan-is-empty-after-tfy-took-the-markers-away
finish
