#!/usr/bin/env bash
# Debian's PostgreSQL for tests: its own data folder, its own Unix socket, no port; ends with whoever started it.
#   script/postgres.sh run FOLDER     makes FOLDER/data where it is missing and becomes the server; the socket's folder is FOLDER
#   script/postgres.sh wait FOLDER    until it takes connections, a minute at most
# User kedge, database kedge, no password over the socket. Never as root: the package's user takes its place then.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/prelude.sh"

binaries=$(pg_config --bindir 2>/dev/null || true)
[ -x "$binaries/initdb" ] || binaries=/usr/lib/postgresql/15/bin
[ -x "$binaries/initdb" ] || die "PostgreSQL is not installed: script/deps test"

as_user() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig KILL "$@"
    else
        setpriv --pdeathsig KILL "$@"
    fi
}

run() {
    local folder=$1
    if [ ! -e "$folder/data/PG_VERSION" ]; then
        mkdir -p "$folder/data"
        if [ "$(id -u)" = 0 ]; then chown postgres "$folder" "$folder/data"; fi
        # Its durability is PostgreSQL's own matter; tests want its speed.
        as_user "$binaries/initdb" -D "$folder/data" -U kedge -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 ||
            die "initdb failed: $folder/initdb.log"
        printf "fsync = off\nfull_page_writes = off\nshared_buffers = 16MB\nmax_connections = 200\nlog_min_messages = warning\n" >>"$folder/data/postgresql.conf"
        printf 'CREATE DATABASE kedge;\n' | as_user "$binaries/postgres" --single -D "$folder/data" postgres >>"$folder/initdb.log" 2>&1
    fi
    cd "$folder"
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig KILL \
            "$binaries/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= >>"$folder/server.log" 2>&1
    fi
    exec setpriv --pdeathsig KILL "$binaries/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= >>"$folder/server.log" 2>&1
}

case ${1:-} in
run) run "$2" ;;
wait)
    for _ in $(seq 600); do
        "$binaries/pg_isready" -q -h "$2" -U kedge -d kedge && exit 0
        sleep 0.1
    done
    die "PostgreSQL in $2 does not answer: $2/server.log"
    ;;
*) die "use script/postgres.sh run FOLDER or wait FOLDER" ;;
esac
