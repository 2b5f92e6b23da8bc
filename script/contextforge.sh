# Sourced by the tests against a real ContextForge: it from PyPI and MCP servers from npm, in the cache, on free loopback ports.
# Needs script/sandbox.sh (ok, failed, free_port, come_up). stop_all ends what was started here.
# shellcheck shell=bash
forge_version=1.0.7.post20260921
forge_venv=$cache/contextforge-$forge_version
mcp_modules=$cache/mcp-servers-2
started=()

# installed FOLDER COMMAND...: once, and again where it did not come to its end
installed() {
    local into=$1
    shift
    [ -e "$into/.complete" ] && return
    rm -rf "$into"
    mkdir -p "$into"
    timeout 1800 "$@" >&2 && touch "$into/.complete"
}
install_forge() { python3 -m venv "$forge_venv" && "$forge_venv/bin/pip" install -q "mcp-contextforge-gateway==$forge_version"; }
install_mcp_servers() {
    (cd "$mcp_modules" && npm install --silent --no-fund --no-audit @modelcontextprotocol/server-everything@2026.8.31 \
        @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/node@2.1.2)
}
export -f install_forge install_mcp_servers
export forge_venv forge_version mcp_modules

install_all() {
    need python3 node npm curl openssl || return 1
    if ! installed "$forge_venv" bash -c install_forge; then
        failed contextforge.install "pip could not install mcp-contextforge-gateway==$forge_version"
        return 1
    fi
    if ! installed "$mcp_modules" bash -c install_mcp_servers; then
        failed contextforge.install "npm could not install the MCP servers"
        return 1
    fi
}

# start_forge FOLDER [NAME=VALUE...]: sets forge_url and forge_token (a file). Its secrets live as long as the folder.
start_forge() {
    local folder=$1 port pid secret given
    shift
    mkdir -p "$folder"
    port=$(free_port)
    secret=$(openssl rand -base64 48 | tr -d '\n')
    given=(env -i -C "$folder" "PATH=$PATH" "HOME=$folder" LC_ALL=C.UTF-8 ENVIRONMENT=development
        PLATFORM_ADMIN_EMAIL=admin@example.com "PLATFORM_ADMIN_PASSWORD=$(openssl rand -base64 18)"
        "JWT_SECRET_KEY=$secret" "AUTH_ENCRYPTION_SECRET=$(openssl rand -base64 48 | tr -d '\n')"
        DATABASE_URL=sqlite:///./forge.db CACHE_TYPE=memory
        SSRF_ALLOW_LOCALHOST=true SSRF_ALLOW_PRIVATE_NETWORKS=true SSRF_DNS_FAIL_CLOSED=false
        RATE_LIMIT_LOW_RPM=100000 MCPGATEWAY_UI_ENABLED=false MCPGATEWAY_ADMIN_API_ENABLED=false LOG_LEVEL=WARNING "$@")
    "${given[@]}" "$forge_venv/bin/mcpgateway" --host 127.0.0.1 --port "$port" >"$folder/log" 2>&1 </dev/null &
    pid=$!
    started+=("$pid")
    "${given[@]}" "$forge_venv/bin/python" -m mcpgateway.utils.create_jwt_token --username admin@example.com --admin --exp 600 \
        --secret "$secret" 2>"$folder/token.log" | tail -n 1 >"$folder/token"
    forge_url=http://127.0.0.1:$port forge_token=$folder/token
    come_up contextforge "$folder/log" "$pid" 120 curl -fsS -m 5 "$forge_url/ready"
}

# start_mcp PORT-FILE COMMAND...: a server that writes down its port; prints nothing, sets mcp_port
start_mcp() {
    local file=$1
    shift
    "$@" >"$file.log" 2>&1 </dev/null &
    started+=("$!")
    come_up "mcp.$1" "$file.log" "${started[-1]}" 10 test -s "$file" || return 1
    mcp_port=$(cat "$file")
}

# start_everything FILE TRANSPORT: the reference server, which neither picks a free port nor writes it down, nor keeps to loopback
start_everything() {
    local file=$1 port
    port=$(free_port)
    PORT=$port node --require "$root/tests/real/loopback.cjs" \
        "$mcp_modules/node_modules/@modelcontextprotocol/server-everything/dist/index.js" "$2" >"$file.log" 2>&1 </dev/null &
    started+=("$!")
    come_up mcp.server-everything "$file.log" "${started[-1]}" 20 curl -s -m 1 "http://127.0.0.1:$port/" || return 1
    mcp_port=$port
}

stop_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    started=()
}
