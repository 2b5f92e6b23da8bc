#!/usr/bin/env bash
# git over https and ssh against real servers (nginx with git-http-backend, OpenSSH) and peers that stall: `kedge plan` reads from
# each, or says in one message why not. All on free loopback ports, all in one temporary folder, all stopped by process id.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

PATH=$PATH:/usr/sbin:/sbin
need git nginx fcgiwrap sshd ssh ssh-keygen openssl python3 setsid timeout curl || exit 1
backend=$(git --exec-path)/git-http-backend
for file in "$backend" /etc/nginx/fastcgi_params; do
    [ -e "$file" ] && continue
    failed git.tools "$file is missing; script/deps real"
    exit 1
done
: "${KEDGE:?the path of the kedge binary}"

folder=$(mktemp -d)
chmod 755 "$folder"
pids=() # of servers without a pid file
fcgi_pid=

stop_all() {
    local pid file
    stop_sandbox
    for file in "$folder"/nginx.pid "$folder"/sshd.pid; do
        [ -s "$file" ] && kill "$(cat "$file")" 2>/dev/null || true
    done
    # fcgiwrap leaves its children behind when only the parent is ended: it has a group of its own.
    [ -n "$fcgi_pid" ] && kill -- "-$fcgi_pid" 2>/dev/null || true
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap stop_all EXIT

free_ports() {
    python3 - "$1" <<'PY'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])
PY
}
# wait_for PORT NAME: until somebody listens
wait_for() {
    local tries=0
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ]; then
            failed "$2" "did not start listening on port $1"
            tail -n 20 "$folder"/*.log >&2 || true
            exit 1
        fi
        sleep 0.05
    done
}

read -r tls_port ssh_port stall_port <<<"$(free_ports 3)"
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
user=$(id -un)

make_repository() {
    local tree=$folder/tree
    mkdir -p "$folder/repos" "$tree"
    cp -r "$root/manifests/truefoundry/ai-gateway" "$tree/mcp"
    (
        cd "$tree"
        export HOME=$folder GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com \
            GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
        git init -q -b main .
        git add -A
        git commit -q -m 'the manifests'
        git clone -q --bare . "$folder/repos/repo.git"
        git init -q --bare -b main "$folder/repos/empty.git"
    )
}

# make_certificates: an authority and a server certificate for 127.0.0.1, and a second authority that signed nothing
make_certificates() {
    local name
    for name in ca other; do
        openssl ecparam -name prime256v1 -genkey -noout -out "$folder/$name.key"
        openssl req -x509 -new -key "$folder/$name.key" -subj "/CN=$name" -days 2 -out "$folder/$name.crt" \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    done
    openssl ecparam -name prime256v1 -genkey -noout -out "$folder/server.key"
    openssl req -new -key "$folder/server.key" -subj /CN=localhost |
        openssl x509 -req -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 2 -out "$folder/server.crt" \
            -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n') 2>/dev/null
}

start_https() {
    local fcgi temp kind as_root=""
    printf 'x-access-token:%s\n' "$(openssl passwd -apr1 "$token")" >"$folder/htpasswd"
    setsid fcgiwrap -f -c 2 -s "unix:$folder/fcgi.sock" </dev/null >"$folder/fcgi.log" 2>&1 &
    fcgi_pid=$!
    fcgi="fastcgi_pass unix:$folder/fcgi.sock; include /etc/nginx/fastcgi_params; client_max_body_size 0;
        fastcgi_param SCRIPT_FILENAME $backend; fastcgi_param GIT_PROJECT_ROOT $folder/repos;
        fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param PATH_INFO \$1; fastcgi_param REMOTE_USER bot;
        fastcgi_param GIT_PROTOCOL \$http_git_protocol;
        fastcgi_param GIT_CONFIG_COUNT 1; fastcgi_param GIT_CONFIG_KEY_0 safe.directory; fastcgi_param GIT_CONFIG_VALUE_0 *;"
    temp=""
    for kind in client_body proxy fastcgi uwsgi scgi; do temp+="${kind}_temp_path $folder/nginx-$kind; "; done
    [ "$(id -u)" = 0 ] && as_root="user root;"
    cat >"$folder/nginx.conf" <<NGINX
$as_root daemon on; pid $folder/nginx.pid; error_log $folder/nginx.log; worker_processes 1;
include /etc/nginx/modules-enabled/*.conf;
events {}
http {
    access_log $folder/access.log; $temp
    server {
        listen 127.0.0.1:$tls_port ssl; ssl_certificate $folder/server.crt; ssl_certificate_key $folder/server.key;
        location ~ ^/git(/.*)\$    { auth_basic git; auth_basic_user_file $folder/htpasswd; fastcgi_buffering off; $fcgi }
        location ~ ^/bearer(/.*)\$ { if (\$http_authorization != "Bearer $token") { return 401; } fastcgi_buffering off; $fcgi }
        location ~ ^/slow(/.*)\$   { limit_rate 8k; $fcgi }
        location ~ ^/moved(/.*)\$  { return 301 /git\$1\$is_args\$args; }
        location ~ ^/broken(/.*)\$ { return 503; }
        location /silent/          { echo_sleep 60; echo late; }
    }
}
NGINX
    nginx -c "$folder/nginx.conf" -e "$folder/nginx.log"
    wait_for "$tls_port" git.nginx
}

start_ssh() {
    local key
    for key in host other_host id other_id; do ssh-keygen -q -t ed25519 -N '' -f "$folder/$key"; done
    cat >"$folder/shell.sh" <<'SHELL'
#!/bin/sh
# the forced command: only reading, only below repos/
root=$(dirname "$0")/repos
verb=${SSH_ORIGINAL_COMMAND%% *}
path=$(printf %s "${SSH_ORIGINAL_COMMAND#* }" | tr -d "'")
case "$verb $path" in
*..*) exit 1 ;;
"git-upload-pack "*) exec git upload-pack "$root/${path#/}" ;;
esac
echo "git only" >&2
exit 1
SHELL
    chmod 700 "$folder/shell.sh"
    echo "restrict,command=\"$folder/shell.sh\" $(cat "$folder/id.pub")" >"$folder/authorized_keys"
    echo "[127.0.0.1]:$ssh_port $(cut -d' ' -f1,2 "$folder/host.pub")" >"$folder/known_hosts"
    echo "[127.0.0.1]:$ssh_port $(cut -d' ' -f1,2 "$folder/other_host.pub")" >"$folder/changed_hosts"
    echo "[127.0.0.9]:$ssh_port $(cut -d' ' -f1,2 "$folder/host.pub")" >"$folder/unknown_hosts"
    cat >"$folder/sshd_config" <<CONF
Port $ssh_port
ListenAddress 127.0.0.1
HostKey $folder/host
PidFile $folder/sshd.pid
AuthorizedKeysFile $folder/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
AcceptEnv GIT_PROTOCOL
CONF
    [ "$(id -u)" = 0 ] && mkdir -p /run/sshd
    "$(command -v sshd)" -f "$folder/sshd_config" -E "$folder/sshd.log"
    wait_for "$ssh_port" git.sshd
}

# Accepts, and after the TLS handshake never says a word.
start_stall() {
    python3 - "$stall_port" "$folder/server.crt" "$folder/server.key" >"$folder/stall.log" 2>&1 <<'PY' &
import socket, ssl, sys, threading, time
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(64)
def serve(connection):
    try:
        connection = context.wrap_socket(connection, server_side=True)
        time.sleep(600)
    except OSError:
        pass
    finally:
        connection.close()
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
PY
    pids+=("$!")
    wait_for "$stall_port" git.stall
}

# write_settings FILE SOURCE: SOURCE is the inside of a source's flow mapping. The only place that knows the settings' format.
write_settings() {
    cat >"$1" <<YAML
version: 1
installation: git-test
store: $(dirname "$1")/store
sources:
  repository: {$2}
targets:
  here: {provider: truefoundry, url: "http://127.0.0.1:$sandbox_port", token: "\${env:TFY_API_KEY}", rehearse: never}
units:
  - {name: tools, source: repository, path: mcp, target: here, changes: report, drift: report}
networks: {allow_insecure: true, private_urls: true}
YAML
}

# plan CASE SOURCE: runs `kedge plan` with a fresh store and a clean environment; sets status, seconds; output in $case_folder.
plan() {
    local began=$SECONDS
    case_folder=$folder/cases/$1
    mkdir -p "$case_folder"
    write_settings "$case_folder/kedge.yaml" "$2"
    status=0
    env -i PATH="$PATH" HOME="$folder" LC_ALL=C.UTF-8 TFY_API_KEY="$sandbox_token" GIT_TOKEN="$token" WRONG_TOKEN=hush-4711 \
        timeout 120 "$KEDGE" plan --settings "$case_folder/kedge.yaml" </dev/null >"$case_folder/out" 2>"$case_folder/err" || status=$?
    seconds=$((SECONDS - began))
}

show() { tail -n 20 "$case_folder/out" "$case_folder/err" >&2; }

# reads CASE SOURCE: the plan shows the manifests of the repository
reads() {
    plan "$1" "$2"
    if [ "$status" = 0 ] && grep -q 'only in git' "$case_folder/out"; then
        ok "git.$1" "$(tail -n 1 "$case_folder/out")"
    else
        show
        failed "git.$1" "exit $status; expected 0 and a plan"
    fi
    # Neither in a file of the store nor printed.
    if grep -r -q -F -e "$token" "$case_folder"; then failed "git.$1.token" "the token is in a file below $case_folder"; fi
}

# refuses CASE SOURCE TEXT: exit 1 and one message with TEXT
refuses() {
    plan "$1" "$2"
    if [ "$status" = 1 ] && cat "$case_folder/out" "$case_folder/err" | grep -q -F -e "$3"; then
        ok "git.$1" "$(cat "$case_folder/out" "$case_folder/err" | grep -F -e "$3" | head -n 1)"
    else
        show
        failed "git.$1" "exit $status; expected 1 and \"$3\""
    fi
    if cat "$case_folder/out" "$case_folder/err" | grep -q -F -e hush-4711 -e "$token"; then
        failed "git.$1.secret" "a token is printed"
    fi
}

# in_time CASE SECONDS: the last plan took no longer
in_time() {
    if [ "$seconds" -le "$2" ]; then ok "git.$1.in-time" "$seconds s"; else failed "git.$1.in-time" "$seconds s, not $2"; fi
}

make_repository
make_certificates
start_https
start_ssh
start_stall
start_sandbox "$folder"

https=https://127.0.0.1:$tls_port
ca="ca_file: $folder/ca.crt"
good_token='token: "${env:GIT_TOKEN}"'
ssh_url=ssh://$user@127.0.0.1:$ssh_port/repo.git
key="ssh_key: $folder/id"

reads token "git: $https/git/repo.git, branch: main, $good_token, $ca"
reads bearer "git: $https/bearer/repo.git, bearer: \"\${env:GIT_TOKEN}\", $ca"
reads slow "git: $https/slow/repo.git, branch: main, $ca, deadline: 60s"
reads ssh "git: \"$ssh_url\", branch: main, $key, known_hosts: $folder/known_hosts"

refuses wrong-token "git: $https/git/repo.git, token: \"\${env:WRONG_TOKEN}\", $ca" 'the server refuses the token'
refuses no-token "git: $https/git/repo.git, $ca" 'the server asks for a credential'
refuses wrong-bearer "git: $https/bearer/repo.git, bearer: \"\${env:WRONG_TOKEN}\", $ca" 'the server refuses the token'
refuses unknown-ca "git: $https/git/repo.git, $good_token" 'set ca_file for this source'
refuses other-ca "git: $https/git/repo.git, $good_token, ca_file: $folder/other.crt" 'certificate cannot be verified'
refuses missing-repository "git: $https/git/none.git, $good_token, $ca" 'there is no such repository'
refuses empty "git: $https/git/empty.git, $good_token, $ca" 'the repository is empty; push a first commit'
refuses missing-branch "git: $https/git/repo.git, branch: gone, $good_token, $ca" 'it has no branch "gone"; its branches are "main"'
refuses redirect "git: $https/moved/repo.git, $good_token, $ca" 'the server redirects to another address'
refuses busy "git: $https/broken/repo.git, $ca" 'the server cannot answer now'
refuses plain-git "git: git://127.0.0.1/repo.git" 'this transport is not allowed'

refuses silent "git: $https/silent/repo.git, $ca, deadline: 4s" 'silent or too slow'
in_time silent 15
refuses stalled "git: https://127.0.0.1:$stall_port/repo.git, $ca, deadline: 4s" 'silent or too slow'
in_time stalled 15

refuses changed-host-key "git: \"$ssh_url\", $key, known_hosts: $folder/changed_hosts" 'host key is not the known one'
refuses unknown-host "git: \"$ssh_url\", $key, known_hosts: $folder/unknown_hosts" 'host key is not in'
refuses unknown-key "git: \"$ssh_url\", ssh_key: $folder/other_id, known_hosts: $folder/known_hosts" 'the ssh key is refused'

finish
