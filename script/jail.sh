# Sourced by the tests of the image: runs commands in the root of a built image as a cluster runs them. Root is needed. Needs a folder
# of the caller ($folder) and the mounted root of the image ($tree).
# shellcheck shell=bash

# jailed [HOST=INSIDE...] -- COMMAND...: user 65532 without a capability or a way to get one, the root read-only, no shell that could be
# started; only STORE, the folder of the socket and /tmp can be written. HOST folders are seen at INSIDE, read-only below /mnt, else as they
# are: /var/lib/kedge, /run/kedge. A command that is started in the background is the child of the process id that the caller knows, and
# dies with it (SIGKILL).
jailed() {
    local binds=()
    while [ "$1" != -- ]; do
        binds+=("$1")
        shift
    done
    shift
    # shellcheck disable=SC2016
    exec env -i unshare --mount --pid --fork --kill-child --propagation private /bin/bash -c '
        set -e
        tree=$1 count=$2
        shift 2
        mount --bind "$tree" "$tree"
        mount --rbind /dev "$tree/dev"
        for shell in dash bash; do mount --bind /dev/null "$tree/usr/bin/$shell"; done
        mount -t proc proc "$tree/proc"
        for place in /mnt /var/lib/kedge /run /tmp; do mount -t tmpfs -o mode=0755,uid=65532,gid=65532 tmpfs "$tree$place"; done
        mkdir -p "$tree/run/kedge" "$tree/run/secrets"
        chown 65532:65532 "$tree/run/kedge"
        mount -o remount,bind,ro "$tree"
        while [ "$count" -gt 0 ]; do
            count=$((count - 1))
            host=${1%%=*} inside=${1#*=}
            shift
            mkdir -p "$tree$inside"
            mount --bind "$host" "$tree$inside"
            [[ $inside != /mnt/* ]] || mount -o remount,bind,ro "$tree$inside"
        done
        exec chroot "$tree" /usr/bin/setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all \
            --inh-caps=-all -- "$@"' jail "$tree" "${#binds[@]}" "${binds[@]}" "$@" </dev/null
}
