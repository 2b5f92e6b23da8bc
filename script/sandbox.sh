# Sourced by the tests against real programs: counting lines, and a sandbox control plane on free loopback ports.
# shellcheck shell=bash
failures=0

ok() { printf 'ok %s%s\n' "$1" "${2:+: $2}"; }
failed() {
    printf 'FAILED %s: %s\n' "$1" "$2"
    failures=$((failures + 1))
}
# expect NAME WHAT COMMAND...: ok when the command succeeds; what it printed is shown when it does not.
expect() {
    local name=$1 what=$2 output
    shift 2
    if output=$("$@" 2>&1); then
        ok "$name" "$(printf '%s' "$output" | head -n 1)"
    else
        printf '%s\n' "$output" | tail -n 20 >&2
        failed "$name" "$what: not so"
    fi
}
finish() { [ "$failures" = 0 ]; }

# need COMMAND...: a missing tool is a failure, never a silent skip.
need() {
    local tool missing=0
    for tool in "$@"; do
        command -v "$tool" >/dev/null && continue
        failed "$tool" "is not installed; script/deps real"
        missing=1
    done
    return "$missing"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# come_up NAME LOG PID SECONDS COMMAND...: waits until the command succeeds, because what was started as PID is up; where that ends, or
# takes longer, its log is shown.
come_up() {
    local name=$1 log=$2 pid=$3 tries=$(($4 * 10))
    shift 4
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -lt 0 ] || ! kill -0 "$pid" 2>/dev/null; then
            tail -n 20 "$log" >&2
            failed "$name" "did not start"
            return 1
        fi
        sleep 0.1
    done
}

# start_sandbox FOLDER [ARGUMENT...]: sets sandbox_port, admin_port, sandbox_token, sandbox_pid.
# The token begins like the vendor's personal access tokens: their CLI takes any other for a JWT.
start_sandbox() {
    local folder=$1
    shift
    : "${KEDGE_SANDBOX:?the path of the kedge-sandbox binary}"
    sandbox_token=tfy_$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    rm -f "$folder/ports"
    "$KEDGE_SANDBOX" --port 0 --admin-port 0 --print-ports "$folder/ports" --token "$sandbox_token:admin" "$@" \
        >"$folder/sandbox.log" 2>&1 </dev/null &
    sandbox_pid=$!
    come_up sandbox "$folder/sandbox.log" "$sandbox_pid" 10 test -s "$folder/ports" || exit 1
    sandbox_port=$(sed -n 's/.*"api": *\([0-9]*\).*/\1/p' "$folder/ports")
    admin_port=$(sed -n 's/.*"admin": *\([0-9]*\).*/\1/p' "$folder/ports")
}

stop_sandbox() {
    [ -n "${sandbox_pid:-}" ] || return 0
    kill "$sandbox_pid" 2>/dev/null || true
    wait "$sandbox_pid" 2>/dev/null || true
    sandbox_pid=
}

# report_tests NAME STATUS LOG: one line for each GoogleTest that ran, whatever else it printed; the log is shown where one failed.
report_tests() {
    local name=$1 status=$2 log=$3 verdict test before=$failures
    while read -r verdict test; do
        case $verdict in
        OK) ok "$name.$test" ;;
        *) failed "$name.$test" "see above" ;;
        esac
    done < <(sed -n -e 's/^\[       OK \] \([^ ]*\).*/OK \1/p' -e 's/^\[  FAILED  \] \([^ ,]*\) (.*/FAILED \1/p' "$log")
    if [ "$status" != 0 ] || ! grep -q '^\[       OK \]' "$log"; then
        cat "$log" >&2
        [ "$failures" -gt "$before" ] || failed "$name.tests" "ended with $status"
    fi
}
