#!/usr/bin/env bash
# The container image, built by buildah from a Debian base that debootstrap makes (no registry is asked), and the binary inside it
# planning against a control plane. Root is needed. Base and compiler results are kept in the cache folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

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
    for stage in packages runtime image; do
        timeout 3000 buildah --storage-driver vfs --root "$store/storage" --runroot "$store/run" bud --layers --isolation chroot \
            --build-arg BASE="$base" --volume "$store/ccache:/tmp/ccache" --target "$stage" \
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
tidy_up() {
    stop_sandbox
    b umount "$container" >/dev/null 2>&1 || true
    b rm "$container" >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap tidy_up EXIT
tree=$(b mount "$container")
inside() { timeout 60 chroot --userspec=65532:65532 "$tree" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp "$@" </dev/null; }

expect image.version "kedge version says its version" inside /usr/bin/kedge version
expect image.libraries "every library is there" bash -c "! chroot '$tree' ldd /usr/bin/kedge | grep 'not found'"
expect image.tools "git and ssh are there for the sources" inside /bin/sh -c 'git --version && command -v ssh'
user=$(b inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' "$image")
[ "$user" = '65532:65532 [/usr/bin/kedge]' ] && ok image.user "$user" || failed image.user "user and entry point are \"$user\""

start_sandbox "$folder"
cp -r "$root/manifests/truefoundry" "$tree/tmp/manifests"
plan() {
    inside TFY_HOST="http://127.0.0.1:$sandbox_port" TFY_API_KEY="$sandbox_token" \
        /usr/bin/kedge plan /tmp/manifests --allow-insecure >"$folder/plan.txt" 2>&1
}
if plan && grep -q 'only in git' "$folder/plan.txt"; then
    ok image.plan "$(tail -n 1 "$folder/plan.txt")"
else
    failed image.plan "the plan failed or ends otherwise: $(tail -n 3 "$folder/plan.txt" | tr '\n' ' ')"
fi
say "image: $(du -sm --exclude=tmp "$tree" | cut -f 1) MB, of it kedge $(du -k "$tree/usr/bin/kedge" | cut -f 1) kB"
finish
