# Sourced by script/demo: how a demo speaks, and what happens on every control plane. The demos themselves are in script/demo.d.
# shellcheck shell=bash
bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi
chapters=0
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
chapter() {
    chapters=$((chapters + 1))
    heading "$chapters. $*"
}
tell() { printf '%s\n' "$*"; }
typed() { printf '%s$ %s%s\n' "$dim" "$*" "$plain"; }
shown() {
    typed "$@"
    "$@"
}
# ends STATUS COMMAND...: it has to end with that
ends() {
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" = "$wanted" ] || die "\"$*\" ended with $status, not $wanted"
}

# What a person would wait for: a line of the daemon's log, or what is live. 30 seconds at most.
until_true() {
    local tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ]; then
            [ ! -e "$world/daemon.log" ] || cat "$world/daemon.log" >&2
            die "waited 30 s in vain for: $*"
        fi
        sleep 0.1
    done
}
logged() { grep -q -e "$1" "$world/daemon.log"; }

# The control plane. Where it is no sandbox, demo.d/NAME.sh has its own live, edited and stop_plane.
manifest='' # where a row of the admin port keeps what a manifest says: a path of jq
credentials=()
# sandboxed PRODUCT VARIABLE [ARGUMENT...]: sets url, page, plane_pids; the token is in the environment variable of that name
sandboxed() {
    local product=$1 variable=$2
    shift 2
    start_sandbox "$world" "$@"
    url=http://127.0.0.1:$sandbox_port page=http://127.0.0.1:$admin_port/ plane_pids=$sandbox_pid
    credential "$variable" "$sandbox_token"
    tell "A sandbox control plane that speaks $product's API listens at $url (its page: $page)."
}
credential() {
    export "$1=$2"
    credentials+=("$1=$2")
}
stop_plane() { stop_sandbox; }
admin() { # METHOD PATH [JSON]
    curl -fsS -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} "http://127.0.0.1:$admin_port$2" >/dev/null
}
# NAME PATH: of what is not deleted, not even softly
live() {
    curl -fsS "http://127.0.0.1:$admin_port/servers" |
        jq -r --arg name "$1" ".servers[] | select(.name == \$name and .deletedAt == null) | $2"
}
edited() { admin PATCH "/servers/$1" "$2"; } # NAME JSON: what a person changes in the console
by_hand() {                                  # JSON
    admin POST /servers "$1"
    tell "Somebody has registered a server by hand; it is in no git repository."
}

# The repository
repository() {
    git init -q -b main "$world/platform"
    cp -r "$root/manifests/$provider" "$root/manifests/README.md" "$world/platform/"
    commit "Our MCP servers"
    tell "A git repository holds $(find "$world/platform/$provider" -name '*.yaml' | wc -l) YAML files, as a platform team would keep them."
}
commit() {
    git -C "$world/platform" add -A
    git -C "$world/platform" -c user.name=Ann -c user.email=ann@example.com commit -q -m "$1"
}
# settings TARGET-KEYS UNIT-KEYS: kedge.yaml; the first credential is the token
settings() {
    cat >"$world/kedge.yaml" <<YAML
version: 1
installation: demo
store: ./store
networks: {allow_insecure: true${networks:+, $networks}}
server: {unix_socket: $world/kedge.sock}
sources:
  platform: {git: "$world/platform", branch: main}
targets:
  acme: {provider: $provider, url: "$url", token: "\${env:${credentials[0]%%=*}}"${1:+, $1}}
units:
  - {name: tools, source: platform, path: $provider, target: acme, changes: apply, drift: heal, interval: 1s, prune_delay: 0s${2:+, $2}}
YAML
    cat "$world/kedge.yaml"
    cd "$world" || exit
}
# The plan that apply shows first was shown already.
applied() { # STATUS
    typed kedge apply --yes
    kedge_apply() { kedge apply --yes | sed -n '/^Plan: /,$p'; }
    ends "$1" kedge_apply
}
# planned TEXT: a plan that has to say this
planned() {
    typed kedge plan
    kedge plan >"$world/plan.txt"
    cat "$world/plan.txt"
    grep -q -e "$1" "$world/plan.txt" || die "the plan does not say: $1"
}

daemon_pid=
start_daemon() {
    kedge run >>"$world/daemon.log" 2>&1 &
    daemon_pid=$!
    until_true logged 'pass ended'
}
# It has to end well: its status is this one's.
stop_daemon() {
    local pid=$daemon_pid status=0
    [ -n "$pid" ] || return 0
    daemon_pid=
    kill "$pid" 2>/dev/null || true
    wait "$pid" || status=$?
    [ "$status" = 0 ] || say "the daemon ended with $status"
    return "$status"
}
says() { [ "$(live "$1" "$manifest.$2")" = "$3" ]; } # NAME FIELD TEXT

daemon_chapter() { # [WHAT IS LEFT]
    chapter "The daemon takes over"
    start_daemon
    tell "kedge run looks every second and has nothing to do${1:+, but for $1}."
}
# by_hand_chapter NAME FIELD JSON: a field of a registration is changed in the console, and git wins
by_hand_chapter() {
    local before
    chapter "Somebody edits a registration by hand"
    before=$(live "$1" "$manifest.$2")
    edited "$1" "$3"
    tell "In the console, \"$1\" now says: $(jq -r ".$2" <<<"$3")"
    until_true says "$1" "$2" "$before"
    tell "A moment later it says again:       $(live "$1" "$manifest.$2")"
}
# commit_chapter FILE SED MESSAGE NAME FIELD TEXT
commit_chapter() {
    chapter "A commit"
    sed -i "$2" "$world/platform/$provider/$1"
    commit "$3"
    until_true says "$4" "$5" "$6"
    tell "The commit is live: $(live "$4" "$manifest.$5")"
}
# held NAME: waits until the daemon holds a change of it, shows why, and sets digest
held() {
    until_true logged "change held.*$1"
    shown kedge plan
    digest=$(kedge plan -o json | jq -r --arg name "$1" '.changes[] | select(.name == $name) | .digest')
}
# released NAME BECAUSE COMMIT [LINE]: a person's yes to exactly that change
released() {
    local entry
    entry=$(printf -- '- digest: %s\n  name: %s\n  because: %s%s' "$digest" "$1" "$2" "${4:+$'\n'  $4}")
    mkdir -p "$world/platform/$provider/.kedge"
    tee -a "$world/platform/$provider/.kedge/releases" <<<"$entry"
    commit "$3"
    until_true logged "change done.*$1"
}
# removed_chapter FILE NAME MESSAGE
removed_chapter() {
    chapter "A file is removed"
    git -C "$world/platform" rm -q "$provider/$1"
    commit "$3"
    gone() { [ -z "$(live "$1" .name)" ]; }
    until_true gone "$2"
    stays made-in-the-console
    tell "\"$2\" was kedge's own: deleted. \"made-in-the-console\" is not: it is still there."
}
stays() { [ "$(live "$1" .name)" = "$1" ] || die "\"$1\" is not there any more"; }
