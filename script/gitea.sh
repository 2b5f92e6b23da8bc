# Sourced by the tests against a real Gitea: built once from its Go module, in the cache, and started on a free loopback port.
# Needs script/sandbox.sh (ok, failed, come_up). gitea_down ends what was started here.
# shellcheck shell=bash
gitea_version=1.26.0 # from 1.27 on the module has another path than the one it is fetched by
gitea_folder=$cache/gitea-$gitea_version
gitea_pid=

# Its module has replace directives, which `go install` refuses: a module of our own repeats them. It is built without its web
# assets, and reads templates and options from the module's folder, so they are copied beside it.
build_gitea() {
    local module=code.gitea.io/gitea work info gomod source
    work=$(mktemp -d)
    info=$(cd "$work" && go mod download -json "$module@v$gitea_version") || return 1
    gomod=$(jq -r .GoMod <<<"$info")
    source=$(jq -r .Dir <<<"$info")
    {
        printf 'module kedge.test/gitea\n\n'
        grep -E '^go [0-9]' "$gomod"
        printf '\nrequire %s v%s\n' "$module" "$gitea_version"
        awk '/^(replace|exclude) \($/ { inside = 1 } inside || /^(replace|exclude) / { print } /^\)/ { inside = 0 }' "$gomod"
    } >"$work/go.mod"
    rm -rf "$gitea_folder"
    mkdir -p "$gitea_folder/static"
    (cd "$work" && CGO_ENABLED=1 GOFLAGS=-mod=mod go build -trimpath -tags 'sqlite sqlite_unlock_notify' \
        -ldflags "-s -w -X main.Version=$gitea_version" -o "$gitea_folder/gitea" "$module") || return 1
    cp -r "$source/templates" "$source/options" "$source/public" "$gitea_folder/static/" && chmod -R u+w "$gitea_folder/static" &&
        rm -rf "$work" && touch "$gitea_folder/.complete"
}

install_gitea() {
    need gcc jq curl git openssl python3 || return 1
    # Debian's is too old for Gitea, so script/deps cannot bring it.
    command -v go >/dev/null || { failed gitea.go "Go is not installed; https://go.dev/dl"; return 1; }
    [ -e "$gitea_folder/.complete" ] || step "build Gitea $gitea_version" build_gitea >&2 ||
        { failed gitea.install "Gitea $gitea_version could not be built"; return 1; }
}

# gitea_run FOLDER ARGUMENT...: nothing of the caller's git or Gitea reaches it.
gitea_run() {
    local folder=$1
    shift
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$folder" GITEA_WORK_DIR="$folder" GITEA_CUSTOM="$folder/custom" \
        "$gitea_folder/gitea" --config "$folder/app.ini" "$@"
}

gitea_settings() {
    local folder=$1 port=$2
    cat <<INI
APP_NAME = kedge test
RUN_MODE = prod
RUN_USER = $(id -un)
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = $port
ROOT_URL = http://127.0.0.1:$port/
STATIC_ROOT_PATH = $gitea_folder/static
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = $folder/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = $(openssl rand -hex 32)
INTERNAL_TOKEN = $(env -i PATH="$PATH" HOME="$folder" "$gitea_folder/gitea" generate secret INTERNAL_TOKEN)
PASSWORD_HASH_ALGO = pbkdf2\$1000\$50
[webhook]
ALLOWED_HOST_LIST = loopback
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[cron]
ENABLED = false
[update_checker]
ENABLED = false
[log]
LEVEL = Warn
INI
}

# gitea_up FOLDER: starts it there (again, where the folder has been used before); sets gitea_url, gitea_token (a file: an
# administrator's, of the user "keeper") and gitea_pid.
gitea_up() {
    local folder=$1 port
    mkdir -p "$folder"
    folder=$(realpath "$folder")
    if [ ! -f "$folder/app.ini" ]; then
        port=$(free_port)
        gitea_settings "$folder" "$port" >"$folder/app.ini"
    fi
    port=$(sed -n 's/^HTTP_PORT = //p' "$folder/app.ini")
    gitea_url=http://127.0.0.1:$port gitea_token=$folder/token
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$folder" GITEA_WORK_DIR="$folder" GITEA_CUSTOM="$folder/custom" \
        "$gitea_folder/gitea" --config "$folder/app.ini" web >"$folder/log" 2>&1 </dev/null &
    gitea_pid=$!
    come_up gitea "$folder/log" "$gitea_pid" 120 curl -fsS -m 5 "$gitea_url/api/healthz" || return 1
    [ -s "$gitea_token" ] || gitea_user "$folder" keeper --admin
}

# gitea_user FOLDER NAME [--admin]: makes a user; the token is in FOLDER/token for the first, in FOLDER/NAME.token for all. Its
# command line logs to standard output, so the token is picked out.
gitea_user() {
    local folder=$1 name=$2
    shift 2
    openssl rand -hex 12 >"$folder/$name.password"
    gitea_run "$folder" admin user create --username "$name" --password "$(cat "$folder/$name.password")" \
        --email "$name@example.com" --must-change-password=false "$@" >>"$folder/users.log" 2>&1 </dev/null || return 1
    gitea_token "$folder" "$name" "$name" all || return 1
    [ -s "$folder/token" ] || cp "$folder/$name.token" "$folder/token"
}

# gitea_token FOLDER NAME FILE SCOPE...: a token of that user which may do no more than these scopes say, in FOLDER/FILE.token
gitea_token() {
    local folder=$1 name=$2 file=$3
    shift 3
    gitea_run "$folder" admin user generate-access-token --username "$name" --token-name "$file" --scopes "$(IFS=,; echo "$*")" --raw \
        2>>"$folder/users.log" </dev/null | grep -xE '[0-9a-f]{40}' >"$folder/$file.token"
}

# gitea_api TOKEN-FILE METHOD PATH [JSON]: prints the answer; fails for anything but 2xx
gitea_api() {
    curl -fsS -m 60 -X "$2" -H "Authorization: token $(cat "$1")" ${4:+-H 'Content-Type: application/json' -d "$4"} "$gitea_url/api/v1$3"
}

gitea_down() {
    [ -n "$gitea_pid" ] || return 0
    kill "$gitea_pid" 2>/dev/null || true
    wait "$gitea_pid" 2>/dev/null || true
    gitea_pid=
}
