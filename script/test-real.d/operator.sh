#!/usr/bin/env bash
# An operator's bad days: the release daemon and a sandbox control plane among wrong secrets, revoked tokens, a forge that is gone, clocks that jump,
# a full disk, settings that are wrong, edits by hand and a lost store. What the operator sees is looked at each time: status, log, metric, exit code.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

need git curl jq openssl python3 cc unshare || exit 1
: "${KEDGE:?the path of the kedge binary}"
case $KEDGE in /*) ;; *) KEDGE=$PWD/$KEDGE ;; esac
backend=$(git --exec-path)/git-http-backend

folder=$(mktemp -d)
daemon_pid='' git_pid=''
end() { # PID SIGNAL: of a child of ours
    [ -n "$1" ] || return 0
    kill "-$2" "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
stop_all() {
    end "$daemon_pid" KILL
    end "$git_pid" KILL
    stop_sandbox
    rm -rf "$folder"
}
trap stop_all EXIT

# ---- the world: a control plane, a git server, a repository

start_sandbox "$folder" --token tfy_before:writer --token tfy_after:admin
admin() { curl -fsS -m 20 -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} "http://127.0.0.1:$admin_port$2"; }
writes() { admin GET /counters | jq .writes; }
describes() { # NAME TEXT
    [ "$(admin GET /servers | jq -r --arg name "$1" '.servers[] | select(.name == $name and .deletedAt == null) | .manifest.description')" = "$2" ]
}

git_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$folder/git.py" <<'PY'
import http.server, os, subprocess, sys
class Git(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    def answer(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {**os.environ, "GIT_PROJECT_ROOT": sys.argv[3], "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": self.command, "PATH_INFO": path,
                       "QUERY_STRING": query, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                       "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        made = subprocess.run([sys.argv[2]], input=body, env=environment, stdout=subprocess.PIPE).stdout
        head, _, rest = made.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(lines.pop("Status", "200").split()[0]))
        for name, value in lines.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(rest)
    do_GET = do_POST = answer
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Git).serve_forever()
PY
start_git() {
    python3 "$folder/git.py" "$git_port" "$backend" "$folder/repositories" >"$folder/git.log" 2>&1 </dev/null &
    git_pid=$!
    local tries=0
    until (exec 3<>"/dev/tcp/127.0.0.1/$git_port") 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le 200 ] || { failed operator.git "the git server did not start"; exit 1; }
        sleep 0.05
    done
}
tree=$folder/tree
git_here() { env -i PATH="$PATH" HOME="$folder" GIT_CONFIG_NOSYSTEM=1 git -C "$tree" -c user.name=ann -c user.email=ann@example.com "$@"; }
manifest() { # NAME DESCRIPTION
    printf 'type: mcp-server/remote\nname: %s\ndescription: %s\nurl: https://%s.example.com/mcp\ncollaborators:\n  - {subject: "team:everyone", role_id: mcp-server-user}\n' \
        "$1" "$2" "$1" >"$tree/mcp/$1.yaml"
}
commit() { # TEXT: pushed at once
    git_here add -A
    git_here commit -q -m "$1"
    git_here push -q "$folder/repositories/platform.git" main
}
mkdir -p "$folder/repositories" "$tree/mcp"
git_here init -q -b main
git init -q --bare -b main "$folder/repositories/platform.git"
for name in github jira wiki slack calendar; do manifest "$name" "Tools of $name"; done
commit "Our MCP servers"
start_git

# ---- the daemon

printf tfy_before >"$folder/tfy-token"
printf 'the secret of the forge' >"$folder/hook-secret"
settings() { # MORE: keys of the unit
    cat >"$folder/kedge.yaml" <<YAML
version: 1
installation: shop
store: $folder/store
networks: {allow_insecure: true}
sources:
  platform: {git: "http://127.0.0.1:$git_port/platform.git", branch: main}
targets:
  gateway: {provider: truefoundry, url: "http://127.0.0.1:$sandbox_port", token: "\${file:$folder/tfy-token}"}
units:
  - {name: tools, source: platform, path: mcp, target: gateway, interval: 2s, prune_delay: 0s, ${1:-"changes: apply, drift: heal, heal_after: 0s"}}
server:
  unix_socket: $folder/kedge.sock
  listen: 127.0.0.1:0
  health: {listen: 127.0.0.1:0}
  webhooks: [{kind: github, secret: "\${file:$folder/hook-secret}"}]
YAML
}
# What a clock that jumps is to a program: the wall is elsewhere, what counts seconds goes on. (libfaketime and jemalloc do not go together.)
cat >"$folder/clock.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long jumped(void) {
    char text[32] = "";
    const int file = open(getenv("JUMPED_FILE"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
    close(file);
    return atol(text);
}
int clock_gettime(clockid_t which, struct timespec* now) {
    const int result = (int)syscall(SYS_clock_gettime, which, now);
    if (result == 0 && which == CLOCK_REALTIME) now->tv_sec += jumped();
    return result;
}
int gettimeofday(struct timeval* now, void* zone) {
    struct timespec fine;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return 0;
}
time_t time(time_t* there) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (there) *there = now.tv_sec;
    return now.tv_sec;
}
C
cc -shared -fPIC -O1 -o "$folder/clock.so" "$folder/clock.c"
echo 0 >"$folder/jumped"

log=$folder/log
start() { # [COMMAND...]: what runs before kedge
    : >"$log"
    "$@" env LD_PRELOAD="$folder/clock.so" "$KEDGE" run --settings "$folder/kedge.yaml" >"$log" 2>&1 </dev/null &
    daemon_pid=$!
    local tries=0
    until grep -q listening "$log"; do
        tries=$((tries + 1))
        [ "$tries" -le 200 ] && kill -0 "$daemon_pid" 2>/dev/null || { cat "$log" >&2; failed operator.daemon "does not start"; exit 1; }
        sleep 0.05
    done
    port=$(sed -n 's/.*listening at="127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log" | head -n 1)
    health=$(sed -n 's/.*health at 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$log" | head -n 1)
}
stops() { # NAME WHAT: on SIGTERM, with 0
    local status=0
    kill -TERM "$daemon_pid"
    wait "$daemon_pid" || status=$?
    daemon_pid=
    if [ "$status" = 0 ]; then ok "operator.$1" "$2"; else failed "operator.$1" "$2: ended with $status"; fi
}
kedge() { LD_PRELOAD=$folder/clock.so timeout 60 "$KEDGE" "$@" --settings "$folder/kedge.yaml"; }
metric() { curl -fsS -m 10 "http://127.0.0.1:$health/metrics" | awk -v name="$1" '$1 == name {print $2}'; }
more_than() { # METRIC NUMBER
    awk -v now="$(metric "$1")" -v before="${2:-0}" 'BEGIN {exit !(now + 0 > before + 0)}'
}
says() { grep -q -F -e "$1" "$log"; }                # TEXT: in the log
lacks() { ! shows "$1"; }
shows() { kedge status tools | grep -q -F -e "$1"; } # TEXT: in the status
passes() { curl -fsS -m 10 "http://127.0.0.1:$health/metrics" | awk '/^kedge_passes_total/ {sum += $2} END {print sum + 0}'; }
more_passes() { [ "$(passes)" -gt "$1" ]; } # NUMBER
wait_code() { # CODE: `kedge wait` ends with it
    local status=0
    kedge wait tools --timeout 20s >"$folder/waited" 2>&1 || status=$?
    cat "$folder/waited"
    [ "$status" = "$1" ]
}
refused() { # CODE TEXT COMMAND...: kedge ends with the code and says the text
    local status=0
    kedge "${@:3}" >"$folder/refused" 2>&1 || status=$?
    cat "$folder/refused"
    [ "$status" = "$1" ] && grep -q -F -e "$2" "$folder/refused"
}
at_the_socket() { # COMMAND TEXT: the settings are of no use just now
    # shellcheck disable=SC2086
    KEDGE_DAEMON=$folder/kedge.sock timeout 60 "$KEDGE" $1 | grep -F -e "$2"
}
fill_disk() { dd if=/dev/zero of="$1/filler" bs=4k 2>"$folder/dd" || true; }
under_way() { curl -fsS -m 10 --unix-socket "$folder/kedge.sock" http://kedge/api/v1/units/tools | jq -e .unit.busy; }
description_in_git() { sed -n 's/^description: //p' "$tree/mcp/$1.yaml"; }
history_says() { kedge history --name github | head -n 5 | grep -F -e "$1"; } # the newest comes first
is_gone() { [ "$(admin GET /servers | jq --arg name "$1" '[.servers[] | select(.name == $name and .deletedAt == null)] | length')" = 0 ]; }
# within NAME WHAT COMMAND...: ok once the command succeeds, within a minute
within() {
    local name=$1 what=$2 tries=0
    shift 2
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ]; then
            { kedge status tools; tail -n 15 "$log"; } >&2 || true
            failed "operator.$name" "$what: not so after a minute"
            return
        fi
        sleep 0.3
    done
    ok "operator.$name" "$what"
}
is() { # NAME WHAT COMMAND...: ok where the command succeeds at once
    local name=$1 what=$2 output
    shift 2
    if output=$("$@" 2>&1); then
        ok "operator.$name" "$what"
    else
        { printf '%s\n' "$output"; tail -n 15 "$log"; } >&2
        failed "operator.$name" "$what: not so"
    fi
}
webhook() { # SECRET: a push, signed with it; gives the status
    local body='{"ref": "refs/heads/main", "after": "0000000000000000000000000000000000000000", "repository": {"clone_url": "http://127.0.0.1:'$git_port'/platform.git"}}'
    curl -sS -m 10 -o "$folder/answer" -w '%{http_code}' -H 'Content-Type: application/json' -H 'X-GitHub-Event: push' \
        -H "X-GitHub-Delivery: $(openssl rand -hex 8)" -H "X-Hub-Signature-256: sha256=$(printf %s "$body" | openssl dgst -sha256 -hmac "$1" | sed 's/.* //')" \
        -d "$body" "http://127.0.0.1:$port/hooks/github"
}
answers() { [ "$(webhook "$2")" = "$1" ]; } # CODE SECRET

settings
export JUMPED_FILE=$folder/jumped
up() { [ -n "$daemon_pid" ] || start; }
in_sync='state:        in-sync'

# ---- the days

good_day() {
    up
    within start "everything is as git says" shows "$in_sync"
    is wait "kedge wait ends with 0" wait_code 0
    is livez "/livez answers" curl -fsS -m 10 "http://127.0.0.1:$health/livez"
    is readyz "/readyz says that every unit has ended its first pass" curl -fsS -m 10 "http://127.0.0.1:$health/readyz"
}

# It was changed on one side only.
wrong_webhook_secret() {
    up
    is hook.wrong "the forge is told 401" answers 401 "another secret"
    is hook.metric "the metric says so" more_than 'kedge_webhook_deliveries_total{kind="github",result="refused"}' 0
    is hook.log "the log says from where, and why" says 'because="the signature does not fit the secret that is configured here"'
    is hook.right "the right one is taken" answers 202 "the secret of the forge"
}

revoked_token() {
    up
    admin DELETE "/people/$(admin GET /people | jq -r '[.[] | select(.role == "writer")][0].slug')" >/dev/null
    within token.status "the status says that the token is not known any more" shows 'does not know this token'
    is token.wait "kedge wait ends with 1" wait_code 1
    is token.log "the log says what to do" says 'issue a new one'
    is token.metric "failures are counted" more_than 'kedge_unit_consecutive_failures{unit="tools"}' 0
    printf tfy_after >"$folder/tfy-token"
    within token.rotated "a new token in the same file is taken up without a restart" shows "$in_sync"
    is token.recovered "the log says that it is over" says 'recovered'
}

forge_away() {
    up
    end "$git_pid" TERM
    git_pid=
    within forge.status "the status says that the server cannot be reached" shows 'the server cannot be reached'
    is forge.wait "kedge wait ends with 1" wait_code 1
    is forge.metric "fetches are counted as failed" more_than 'kedge_fetches_total{source="platform",result="failed"}' 0
    local before
    before=$(writes)
    admin PATCH /servers/jira '{"description": "while the forge is away"}' >/dev/null
    within forge.again "it tries again by itself" more_than 'kedge_unit_consecutive_failures{unit="tools"}' 2
    is forge.untouched "meanwhile nothing is written" describes jira 'while the forge is away'
    start_git
    within forge.back "it goes on by itself, and heals what came meanwhile" describes jira 'Tools of jira'
    is forge.writes "by one write" test "$(writes)" = $((before + 1))
}

# The wall clock jumps forward and back; what counts seconds does not.
clock_jumps() {
    up
    local before
    before=$(passes)
    echo 7200 >"$folder/jumped"
    within clock.forward "two hours later looks go on at their pace" more_passes "$((before + 3))"
    is clock.pause "a pause for an hour is taken" kedge pause tools --for 1h --because "the clock"
    within clock.paused "it is shown" shows 'the clock'
    echo 14400 >"$folder/jumped"
    within clock.pause_over "it ends by the wall" lacks 'the clock'
    before=$(passes)
    echo -7200 >"$folder/jumped"
    within clock.back "six hours earlier looks go on" more_passes "$((before + 3))"
    manifest wiki 'After the jump'
    commit "A commit after the jump"
    within clock.works "and git is followed" describes wiki 'After the jump'
    echo 0 >"$folder/jumped"
    is clock.wait "kedge wait ends with 0" wait_code 0
    stops clock.end "SIGTERM ends it with 0"
}

full_disk() {
    [ -z "$daemon_pid" ] || stops disk.before "SIGTERM ends it with 0"
    local as_root=--map-root-user
    [ "$(id -u)" != 0 ] || as_root=
    mkdir -p "$folder/small"
    mv "$folder/store" "$folder/store.kept" 2>/dev/null || true
    mkdir "$folder/store"
    # exec: the process that was started is kedge itself
    printf 'mount -t tmpfs -o size=2m kedge "%s" && exec "$@"\n' "$folder/store" >"$folder/small.sh"
    start unshare --mount ${as_root:+"$as_root"} bash "$folder/small.sh"
    within disk.start "two MiB are enough for five registrations" shows "$in_sync"
    local disk=/proc/$daemon_pid/root$folder/store
    fill_disk "$disk"
    admin PATCH /servers/slack '{"description": "edited on a full disk"}' >/dev/null
    within disk.status "the status says that the disk is full, and where" shows "$folder/store/ledger.db"
    is disk.wait "kedge wait ends with 1" wait_code 1
    is disk.log "the log says what to do" says 'the disk is full; nothing was written, free some space'
    is disk.untouched "what cannot be noted is not written" describes slack 'edited on a full disk'
    is disk.pause "a pause that cannot be kept is refused" refused 1 'the disk is full' pause tools --because "the disk"
    rm "$disk/filler"
    within disk.back "once there is room it goes on" describes slack 'Tools of slack'
    fill_disk "$disk"
    manifest slack 'Written on a full disk'
    commit "A commit for a full disk"
    within disk.fetch "a commit that cannot be fetched is said so" shows 'disk is full'
    rm "$disk/filler"
    within disk.fetched "and applied once there is room" describes slack 'Written on a full disk'
    stops disk.end "SIGTERM ends it with 0"
    rmdir "$folder/store"
    mv "$folder/store.kept" "$folder/store" 2>/dev/null || true
}

wrong_settings() {
    up
    cp "$folder/kedge.yaml" "$folder/good.yaml"
    sed -i 's/drift: heal/drift: hael/; s/^networks/netwroks/' "$folder/kedge.yaml"
    kill -HUP "$daemon_pid"
    within settings.log "a reload says what is wrong, with its place" says 'kedge.yaml:10:'
    is settings.all "every mistake at once" says 'netwroks'
    is settings.metric "the metric says so" more_than 'kedge_settings_reloads_total{result="refused"}' 0
    is settings.event "an event says so" at_the_socket events 'settings are not taken up'
    within settings.kept "those of before go on" at_the_socket 'status tools' "$in_sync"
    cp "$folder/good.yaml" "$folder/kedge.yaml"
    kill -HUP "$daemon_pid"
    within settings.back "mended ones are taken up" says 'settings taken up'
    mv "$folder/kedge.yaml" "$folder/away.yaml"
    : >"$log"
    kill -HUP "$daemon_pid"
    within settings.gone "a file that cannot be read is said so" says 'settings not taken up'
    is settings.gone_name "with its name" says "$folder/kedge.yaml"
    mv "$folder/away.yaml" "$folder/kedge.yaml"
    stops settings.end "SIGTERM ends it with 0"
}

# What is being written is finished and noted; the rest waits for the next start.
ends_in_a_pass() {
    up
    within term.before "it is in sync" shows "$in_sync"
    admin POST /faults '"PUT /mcp slow ms=1500 count=1 when=real"' >/dev/null
    local before
    before=$(writes)
    for name in github jira wiki slack calendar; do manifest "$name" "New tools of $name"; done
    commit "Everything anew"
    within term.under_way "a pass is under way" under_way
    stops term.end "SIGTERM in the middle of a pass ends it with 0"
    is term.log "it says that it stops" says 'stopping'
    start
    within term.after "the next start does the rest" shows "$in_sync"
    is term.once "and nothing twice" test "$(writes)" = $((before + 5))
    within term.done "all of it is there" describes calendar 'New tools of calendar'
}

three_in_the_morning() {
    up
    within edit.before "it is in sync" shows "$in_sync"
    admin PATCH /servers/github '{"description": "edited at 3 am"}' >/dev/null
    within edit.healed "an edit by hand is undone" describes github "$(description_in_git github)"
    is edit.history "the history says between which lists, and which field" history_says 'by hand in the control plane between'
    is edit.field "by its name" history_says 'description'
    is edit.explain "kedge explain tells about it" kedge explain github
    settings "changes: apply, drift: report"
    kill -HUP "$daemon_pid"
    within edit.reload "drift: report is taken up" shows 'drift: report'
    admin PATCH /servers/github '{"description": "edited at 4 am"}' >/dev/null
    within edit.reported "now it is only reported" more_than 'kedge_unit_drifted{unit="tools"}' 0
    is edit.wait "kedge wait ends with 3: left alone" wait_code 3
    is edit.stays "and stays" describes github 'edited at 4 am'
    settings
    kill -HUP "$daemon_pid"
    within edit.again "drift: heal undoes it" describes github "$(description_in_git github)"
}

lost_store() {
    up
    within lost.before "it is in sync" shows "$in_sync"
    stops lost.end "SIGTERM ends it with 0"
    rm -r "$folder/store"
    local before
    before=$(writes)
    start
    within lost.rebuilt "a new store knows its own by their markers" shows "$in_sync"
    is lost.writes "and needs no write for that" test "$(writes)" = "$before"
    git_here rm -q mcp/calendar.yaml
    commit "Without the calendar"
    within lost.owned "and they are its own again: what leaves git is deleted" is_gone calendar
}

for day in ${*:-good_day wrong_webhook_secret revoked_token forge_away clock_jumps full_disk wrong_settings ends_in_a_pass three_in_the_morning lost_store}; do
    "$day"
done
[ -z "$daemon_pid" ] || stops end "SIGTERM ends it with 0"
finish
