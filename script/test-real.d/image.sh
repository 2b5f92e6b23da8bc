#!/usr/bin/env bash
# The container image, built by buildah from a Debian base that debootstrap makes (no registry is asked): what it says of itself, and the
# binary inside it, as a cluster runs it: a plan from git, and the sidecar of deploy/kubernetes. Root is needed. Base and compiler results
# are kept in the cache folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"
. "$root/script/jail.sh"

[ "$(id -u)" = 0 ] || { failed image "buildah with chroot isolation needs root"; exit 1; }
store=$cache/images
base=localhost/debian:12-slim
image=localhost/kedge:test
mkdir -p "$store" "$store/ccache"
b() { buildah --storage-driver vfs --root "$store/storage" --runroot "$store/run" "$@"; }

# The mirror that this machine uses already; its own choice may be overridden.
mirror() {
    [ -z "${KEDGE_DEBIAN_MIRROR:-}" ] || { echo "$KEDGE_DEBIAN_MIRROR"; return; }
    local found
    found=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^bookworm //p' | head -n 1) || true
    echo "${found:-http://deb.debian.org/debian}"
}

make_base() {
    local tree=$store/debian container
    rm -rf "$tree"
    timeout 900 debootstrap --variant=minbase bookworm "$tree" "$(mirror)" >"$store/debootstrap.log" 2>&1 ||
        { tail -n 20 "$store/debootstrap.log" >&2; return 1; }
    rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/* "$tree"/usr/share/{doc,man,locale}/*
    container=$(b from scratch)
    b add -q "$container" "$tree" / >/dev/null
    b config --cmd /bin/bash "$container"
    b commit -q "$container" "$base" >/dev/null
    b rm "$container" >/dev/null
    rm -rf "$tree"
}

# Each stage has a name, so that pruning keeps what the next build starts from.
build() {
    local stage
    version=$(sed -n 's/^project(kedge VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
    revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
    for stage in packages runtime image; do
        timeout 3000 buildah --storage-driver vfs --root "$store/storage" --runroot "$store/run" bud --layers --format docker --isolation chroot \
            --build-arg BASE="$base" --build-arg VERSION="$version" --build-arg REVISION="$revision" --volume "$store/ccache:/tmp/ccache" --target "$stage" \
            --tag "$([ "$stage" = image ] && echo "$image" || echo "localhost/kedge-$stage:test")" \
            --ignorefile "$root/.dockerignore" -f "$root/Dockerfile" "$root" >"$store/build.log" 2>&1 </dev/null ||
            { tail -n 40 "$store/build.log" >&2; return 1; }
    done
    b rmi --prune --force >/dev/null 2>&1 || true # layers of older builds
}

began=$SECONDS
b inspect --type image "$base" >/dev/null 2>&1 || make_base || { failed image.base "debootstrap failed"; exit 1; }
ok image.base "$((SECONDS - began)) s"
began=$SECONDS
build || { failed image.build "buildah failed; its last lines stand above"; exit 1; }
ok image.build "$((SECONDS - began)) s"

container=$(b from "$image")
folder=$(mktemp -d)
chmod 755 "$folder"
git_pid= daemon_pid=
tidy_up() {
    local pid
    stop_sandbox
    for pid in $git_pid $daemon_pid; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    b umount "$container" >/dev/null 2>&1 || true
    b rm "$container" >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap tidy_up EXIT
tree=$(b mount "$container")
inside() { (jailed "$@"); } # jailed execs

# What it says of itself.
described() { b inspect --type image --format "{{$1}}" "$image"; }
user="$(described .OCIv1.Config.User) $(described .OCIv1.Config.Entrypoint)"
[ "$user" = '65532:65532 [/usr/bin/kedge]' ] && ok image.user "$user" || failed image.user "user and entry point are \"$user\""
labels=$(b inspect --type image "$image" | jq -c '.OCIv1.config.Labels')
if jq -e --arg version "$version" --arg revision "$revision" '
    ."org.opencontainers.image.version" == $version and ."org.opencontainers.image.revision" == $revision
    and ."org.opencontainers.image.licenses" == "Apache-2.0" and (."org.opencontainers.image.title" | length > 0)' <<<"$labels" >/dev/null; then
    ok image.labels "version $version, revision ${revision:0:12}"
else
    failed image.labels "they are $labels"
fi
health=$(b inspect --type image "$image" | jq -c '.Docker.config.Healthcheck.Test')
[ "$health" = '["CMD","/usr/bin/kedge","events","--last","1","--quiet"]' ] && ok image.health "$health" || failed image.health "it is $health"

# What it is made of: each package of the database stands in the list, and each library that the binary loads comes from one of them.
sbom=$tree/usr/share/kedge/sbom.cdx.json
packages=$(dpkg-query --admindir="$tree/var/lib/dpkg" -W -f='${db:Status-Status} ${Package} ${Version}\n' | sed -n 's/^installed //p' | sort)
listed=$(jq -r '.components[] | select(.properties[] | .name == "kedge:part" and .value == "installed") | "\(.name) \(.version)"' "$sbom" | sort)
if [ -n "$packages" ] && [ "$packages" = "$listed" ] &&
    jq -e --arg version "$version" '.bomFormat == "CycloneDX" and .specVersion == "1.5" and .metadata.component.version == $version
        and ([.components[]."bom-ref"] | length == (unique | length)) and (.dependencies[0].dependsOn | length) == (.components | length)
        and any(.components[]; .name == "nlohmann-json3-dev") and all(.components[]; .purl | startswith("pkg:deb/debian/"))' "$sbom" >/dev/null; then
    ok image.sbom "$(jq '.components | length' "$sbom") components"
else
    failed image.sbom "the list and the package database differ: $(diff <(printf '%s\n' "$packages") <(printf '%s\n' "$listed") | head -n 5 | tr '\n' ' ')"
fi
printf '%s\n' "$packages" >&2
expect image.modes "nothing of kedge in it can be written by others, or makes root of them" bash -c \
    "! find '$tree/usr/share/kedge' '$tree/usr/bin/kedge' '$tree/etc/kedge' '$tree/run/kedge' -not -type l \( -perm /6000 -o -perm -0002 \) | grep ."

# What is in it runs as a cluster runs it.
expect image.version "kedge version says its version" inside -- /usr/bin/kedge version
expect image.libraries "every library is there" bash -c "! chroot '$tree' ldd /usr/bin/kedge | grep 'not found'"
expect image.tools "git is there for the sources" inside -- /usr/bin/git --version
expect image.ssh "ssh is there for the sources" inside -- /usr/bin/ssh -V
for word in '/bin/sh -c true' '/usr/bin/touch /etc/kedge/x' '/usr/bin/touch /usr/bin/x'; do
    # shellcheck disable=SC2086
    if inside -- $word >/dev/null 2>&1; then failed image.jail "\"$word\" was possible"; else ok image.jail "not possible: $word"; fi
done

start_sandbox "$folder"
host="http://127.0.0.1:$sandbox_port"
cp -r "$root/manifests/truefoundry" "$folder/manifests"
plan() { inside "$@" >"$folder/plan.txt" 2>&1 && grep -q 'only in git' "$folder/plan.txt"; }
if plan "$folder/manifests=/mnt/manifests" -- /usr/bin/env TFY_HOST="$host" TFY_API_KEY="$sandbox_token" \
    /usr/bin/kedge plan /mnt/manifests --allow-insecure; then
    ok image.plan "$(tail -n 1 "$folder/plan.txt")"
else
    failed image.plan "the plan failed or ends otherwise: $(tail -n 3 "$folder/plan.txt" | tr '\n' ' ')"
fi

# The same from a git repository over http: without a shell, git and its transport are started by themselves.
serve_git() {
    local port_file=$folder/git-port
    (
        cd "$folder/manifests"
        export HOME=$folder GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t \
            GIT_COMMITTER_EMAIL=t@example.com
        git init -q -b main . && git add -A && git commit -q -m 'the manifests'
        mkdir -p "$folder/repos" && git clone -q --bare . "$folder/repos/repo.git"
        git -C "$folder/repos/repo.git" update-server-info
    )
    python3 - "$folder/repos" "$port_file" >"$folder/git.log" 2>&1 <<'PY' &
import functools, http.server, os, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
with open(sys.argv[2] + ".new", "w") as file: file.write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
PY
    git_pid=$!
    until [ -s "$port_file" ]; do
        kill -0 "$git_pid" || return 1
        sleep 0.05
    done
    git_port=$(cat "$port_file")
}
mkdir -p "$folder/settings" "$folder/credentials" "$folder/store" "$folder/git"
printf %s "$sandbox_token" >"$folder/credentials/tfy-token"
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$folder/credentials/installation-key"
chown -R 65532:65532 "$folder/store" "$folder/credentials"
chmod 700 "$folder/store"
chmod 400 "$folder/credentials"/*
serve_git || failed image.git "the server did not start"
cat >"$folder/settings/kedge.yaml" <<YAML
version: 1
installation: prod
store: /var/lib/kedge
networks: {allow_insecure: true}
sources: {platform: {git: "http://127.0.0.1:$git_port/repo.git", branch: main}}
targets: {acme: {provider: truefoundry, url: "$host", token: "\${file:/mnt/credentials/tfy-token}"}}
units: [{name: tools, source: platform, path: ., target: acme, changes: report, drift: report}]
YAML
if plan "$folder/settings=/mnt/settings" "$folder/credentials=/mnt/credentials" -- \
    /usr/bin/env PATH=/usr/bin:/bin /usr/bin/kedge plan --settings /mnt/settings/kedge.yaml; then
    ok image.git "$(tail -n 1 "$folder/plan.txt")"
else
    failed image.git "the plan failed or ends otherwise: $(tail -n 3 "$folder/plan.txt" | tr '\n' ' ')"
fi

# The sidecar: its very settings, with the addresses of this machine, `single: true` for the Lease that is not here, and a folder that
# moves as git-sync moves it.
revision_of() {
    mkdir -p "$folder/git/$1"
    cp -r "$root/manifests/truefoundry" "$folder/git/$1/truefoundry"
    [ -z "${2:-}" ] || cp "$2" "$folder/git/$1/truefoundry/"
    ln -sfn "$1" "$folder/git/current.new" && mv -T "$folder/git/current.new" "$folder/git/current"
}
revision_of one
health_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -e "s#https://acme.truefoundry.cloud#$host#" -e 's#/run/secrets/kedge/#/mnt/credentials/#' -e 's#/git/current#/mnt/git/current#' \
    -e 's#^lease:.*#single: true#' -e 's#changes: report#changes: apply#' -e "s#127.0.0.1:9109#127.0.0.1:$health_port#" \
    "$root/deploy/kubernetes/sidecar/kedge.yaml" >"$folder/settings/kedge.yaml"
echo 'networks: {allow_insecure: true}' >>"$folder/settings/kedge.yaml"
mkdir "$folder/run" && chown 65532:65532 "$folder/run"
mounts=("$folder/settings=/mnt/settings" "$folder/credentials=/mnt/credentials" "$folder/git=/mnt/git" "$folder/store=/var/lib/kedge"
    "$folder/run=/run/kedge")
kedge() { inside "${mounts[@]}" -- /usr/bin/env PATH=/usr/bin:/bin KEDGE_SETTINGS=/mnt/settings/kedge.yaml /usr/bin/kedge "$@"; }
(jailed "${mounts[@]}" -- /usr/bin/env PATH=/usr/bin:/bin KEDGE_SETTINGS=/mnt/settings/kedge.yaml /usr/bin/kedge run --log-format json \
    >"$folder/daemon.log" 2>&1) &
daemon_pid=$!
mapfile -t probe < <(jq -r '.Docker.config.Healthcheck.Test[2:][]' < <(b inspect --type image "$image"))
tries=0
until kedge "${probe[@]}" >/dev/null 2>&1 || [ "$tries" -ge 200 ] || ! kill -0 "$daemon_pid" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
done
expect sidecar.health "the health check of the image passes beside the daemon" kedge "${probe[@]}"
expect sidecar.sync "the first commit is carried out" kedge sync tools --wait --timeout 60s
sed 's/^name: .*/name: from-the-second-commit/' "$(grep -rl '^type: mcp-server/remote' "$root/manifests/truefoundry" | sort | head -n 1)" >"$folder/second.yaml"
revision_of two "$folder/second.yaml"
expect sidecar.moved "what git-sync moved the link to is carried out" kedge sync tools --wait --timeout 60s
expect sidecar.history "the registration of the second commit was made" kedge history --name from-the-second-commit --output json
curl -fsS -m 10 "http://127.0.0.1:$health_port/metrics" >"$folder/metrics" 2>/dev/null || true
grep -q '^kedge_' "$folder/metrics" && ok sidecar.metrics "$(grep -c '^kedge_' "$folder/metrics") lines" || failed sidecar.metrics "there are none"
kedge_pid=$(pgrep -P "$daemon_pid") || true
resident=$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$kedge_pid/status" 2>/dev/null || echo 0)
[ "$resident" -gt 0 ] && [ "$resident" -le 64 ] && ok sidecar.memory "$resident MiB" || failed sidecar.memory "it is $resident MiB"
kill "$kedge_pid" 2>/dev/null || true
status=0
wait "$daemon_pid" || status=$?
daemon_pid=
[ "$status" = 0 ] && ok sidecar.stop "SIGTERM ends it with 0" || {
    tail -n 5 "$folder/daemon.log" >&2
    failed sidecar.stop "it ended with $status"
}
say "image: $(du -sm --exclude=tmp "$tree" | cut -f 1) MB, of it kedge $(du -k "$tree/usr/bin/kedge" | cut -f 1) kB, $(wc -l <<<"$packages") packages"
finish
