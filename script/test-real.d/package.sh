#!/usr/bin/env bash
# The Debian package: built by CPack, judged by lintian, installed into a folder of its own, run there as its service runs it, and removed.
# Manual pages go through man, completions through the shells themselves, the unit through systemd-analyze. Root is needed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
. "$root/script/sandbox.sh"

[ "$(id -u)" = 0 ] || { failed package "dpkg --root needs root"; exit 1; }
need cpack dpkg-deb dpkg-shlibdeps lintian man systemd-analyze bash zsh fish strace python3 jq || exit 1
folder=$(mktemp -d)
chmod 755 "$folder"
daemon_pid=
tidy_up() {
    stop_sandbox
    [ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
    rm -rf "$folder"
}
trap tidy_up EXIT

# What the package says and holds.
build=$root/build/release
[ -n "${KEDGE_PACKAGE_AS_BUILT:-}" ] || ninja -C "$build" kedge pages >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; failed package.build "ninja failed"; exit 1; }
(cd "$folder" && cpack --config "$build/CPackConfig.cmake" -B "$folder/built") >"$folder/cpack.log" 2>&1 ||
    { tail -n 20 "$folder/cpack.log" >&2; failed package.build "cpack failed"; exit 1; }
package=$(ls "$folder"/built/kedge_*.deb)
version=$(sed -n 's/^project(kedge VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
ok package.build "$(basename "$package"), $(du -k "$package" | cut -f 1) kB"
field() { dpkg-deb -f "$package" "$1"; }
[ "$(field Package) $(field Version)" = "kedge $version" ] && ok package.name "kedge $version" || failed package.name "$(field Package) $(field Version)"
depends=$(field Depends)
[[ $depends == *libgit2-1.5* && $depends == *libssl3* && $depends == *git* && $depends == *ca-certificates* ]] && ok package.depends "$depends" ||
    failed package.depends "$depends"
dpkg-deb -c "$package" >"$folder/contents"
for file in usr/bin/kedge lib/systemd/system/kedge.service etc/kedge/kedge.example.yaml etc/kedge/secrets/ usr/share/man/man1/kedge.1.gz \
    usr/share/man/man1/kedge-run.1.gz usr/share/bash-completion/completions/kedge usr/share/zsh/vendor-completions/_kedge \
    usr/share/fish/vendor_completions.d/kedge.fish usr/share/doc/kedge/copyright usr/share/doc/kedge/changelog.gz; do
    grep -q -F " ./$file" "$folder/contents" || failed package.contents "$file is not there"
done
ok package.contents "$(grep -c -v '/$' "$folder/contents") files"
lintian --no-cfg --allow-root --fail-on error,warning "$package" >"$folder/lintian" 2>&1 && ok package.lintian "no errors, no warnings" || {
    cat "$folder/lintian" >&2
    failed package.lintian "see above"
}

# Installed into a folder: dpkg's own database there, its scripts without chroot.
scratch=$folder/root
mkdir -p "$scratch/var/lib/dpkg/info" "$scratch/var/lib/dpkg/updates" "$scratch/var/lib/dpkg/triggers" "$scratch/etc"
touch "$scratch/var/lib/dpkg/status" "$scratch/var/lib/dpkg/available"
dpkg_there() { dpkg --root="$scratch" --force-depends --force-script-chrootless --log="$folder/dpkg.log" "$@"; }
expect package.install "it is installed" dpkg_there -i "$package"
kedge=$scratch/usr/bin/kedge
expect package.version "the installed binary runs" "$kedge" version
[ "$(stat -c '%a %u' "$scratch/etc/kedge/secrets")" = '700 0' ] && ok package.secrets "only root reads them" || failed package.secrets "$(stat -c '%a %u' "$scratch/etc/kedge/secrets")"

# The unit.
unit=$folder/kedge.service
sed "s#/usr/bin/kedge#$kedge#" "$scratch/lib/systemd/system/kedge.service" >"$unit"
expect unit.verify "systemd takes it" env MANPATH="$scratch/usr/share/man" SYSTEMD_LOG_LEVEL=warning bash -c \
    'said=$(systemd-analyze verify --recursive-errors=no "$1" 2>&1) && [ -z "$said" ] || { echo "$said"; exit 1; }' verify "$unit"
expect unit.security "its exposure is at most 1.5" bash -c \
    'systemd-analyze security --no-pager --offline=true --threshold=15 "$1" | tail -n 1' security "$unit"
sed "s#/run/credentials/kedge.service/secret_#$folder/#" "$scratch/etc/kedge/kedge.example.yaml" >"$folder/example.yaml"
expect unit.example "its example settings are right" bash -c \
    '"$1" validate -c "$2" 2>&1 | tee "$3" | grep -v "not read" >/dev/null; ! grep -E "example.yaml:[0-9]+" "$3"' \
    example "$kedge" "$folder/example.yaml" "$folder/validate"

# Every system call of a daemon's life, and of the git that it starts, is one that the unit allows. Not as root: SQLite does more then.
start_sandbox "$folder"
mkdir "$folder/state"
printf %s "$sandbox_token" >"$folder/state/tfy-token"
cp -r "$root/manifests/truefoundry" "$folder/manifests"
(
    cd "$folder/manifests"
    export HOME=$folder GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
    git init -q -b main . && git add -A && git commit -q -m 'the manifests'
)
sed -e "s#https://acme.truefoundry.cloud#http://127.0.0.1:$sandbox_port#" -e "s#https://git.example.com/platform.git#$folder/manifests#" \
    -e '/secret_git-token/d' -e "s#/run/credentials/kedge.service/secret_#$folder/state/#" -e "s#/var/lib/kedge#$folder/state/store#" \
    -e "s#/run/kedge/#$folder/state/#" -e 's#path: truefoundry#path: .#' -e 's#changes: report#changes: apply#' -e '/health:/d' \
    "$scratch/etc/kedge/kedge.example.yaml" >"$folder/kedge.yaml"
echo 'networks: {allow_insecure: true}' >>"$folder/kedge.yaml"
chown -R 65534:65534 "$folder/state" "$folder/manifests"
KEDGE_SETTINGS=$folder/kedge.yaml HOME=$folder/state setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
    strace -f -qq -o "$folder/state/calls" -e signal=none "$kedge" run >"$folder/daemon.log" 2>&1 </dev/null &
daemon_pid=$!
tries=0
until KEDGE_SETTINGS=$folder/kedge.yaml "$kedge" events --last 1 --quiet >/dev/null 2>&1 || [ "$tries" -ge 300 ] || ! kill -0 "$daemon_pid" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
done
status=0
KEDGE_SETTINGS=$folder/kedge.yaml "$kedge" sync tools --wait --timeout 120s >"$folder/sync" 2>&1 || status=$?
[ "$status" = 0 ] || [ "$status" = 3 ] && ok unit.sync "$(tail -n 1 "$folder/sync")" || {
    tail -n 20 "$folder/sync" "$folder/daemon.log" >&2
    failed unit.sync "it ended with $status"
}
kill "$(pgrep -P "$daemon_pid")" 2>/dev/null || true
wait "$daemon_pid" || true
daemon_pid=
systemd-analyze syscall-filter >"$folder/groups" 2>/dev/null
if python3 - "$folder/groups" "$folder/state/calls" "$unit" >"$folder/judged" <<'PY'
import re, sys
groups, current = {}, None
for line in open(sys.argv[1]):
    if line.startswith("@"): current = groups.setdefault(line.split()[0], set())
    elif line.startswith("    ") and not line.strip().startswith("#") and current is not None: current.add(line.strip())
def calls(name, seen=()):
    if not name.startswith("@"): return {name}
    return set().union(*(calls(n, (*seen, name)) for n in groups.get(name, ()) if n not in seen)) if groups.get(name) else set()
allowed = calls("@default")
for line in open(sys.argv[3]):
    match = re.match(r"SystemCallFilter=(~?)(.*)", line)
    if not match: continue
    named = set().union(*(calls(n) for n in match[2].split()))
    allowed = allowed - named if match[1] else allowed | named
used = set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z_0-9]+)[( ]", open(sys.argv[2], errors="replace").read(), re.M))
refused = sorted(used - allowed)
print(f"{len(used)} used, {len(allowed)} allowed" + (", refused: " + " ".join(refused) if refused else ""))
sys.exit(1 if refused or len(used) < 30 or len(allowed) < 100 else 0)
PY
then ok unit.calls "$(cat "$folder/judged")"; else failed unit.calls "$(cat "$folder/judged")"; fi

# Manual pages without a warning, and found by name.
said=
for page in "$scratch"/usr/share/man/man1/kedge*.1.gz; do
    said+=$(MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null) || said+="$page: man failed"
done
[ -z "$said" ] && ok man.warnings "$(ls "$scratch"/usr/share/man/man1 | wc -l) pages" || failed man.warnings "$said"
MANPATH=$scratch/usr/share/man man kedge-release 2>/dev/null | grep -q -e '--because' && ok man.found "man kedge-release" || failed man.found "man kedge-release"

# Completions, by the shells themselves: what a person gets who types so much and then the tab key.
complete_in_bash() {
    bash --norc --noprofile -c '
        . "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _kedge
        printf "%s\n" "${COMPREPLY[@]}"' complete "$scratch/usr/share/bash-completion/completions/kedge" "$@"
}
complete_in_fish() {
    HOME=$folder fish --no-config -c "source $scratch/usr/share/fish/vendor_completions.d/kedge.fish; complete -C '$*'" | cut -f 1
}
complete_in_zsh() { python3 - "$scratch/usr/share/zsh/vendor-completions" "$wanted" "$*" <<'PY'
import os, pty, re, select, sys, time
folder, wanted, typed = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="> ", HOME="/nonexistent", ZDOTDIR="/nonexistent", COLUMNS="200")
    os.execvp("zsh", ["zsh", "-f", "-i"])
def read_until(mark, seconds):
    text, end = "", time.time() + seconds
    while mark not in text and time.time() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try: text += os.read(terminal, 65536).decode(errors="replace")
            except OSError: break
    return text
def send(text): os.write(terminal, text.encode())
send(f"unsetopt zle_bracketed_paste; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=1000; bindkey '^X' list-choices; print rea''dy\n")
read_until("ready\r\n", 30)
send(typed + "\t")
text = read_until(wanted, 5)
send("\x18")
print(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text + read_until(wanted, 5)))
send("\x03exit\n")
os.close(terminal)
os.waitpid(pid, 0)
PY
}
# offers NAME EXPECTED COMMAND...
offers() {
    local name=$1 wanted=$2 got
    shift 2
    got=$("$@" 2>&1) || true
    grep -q -F -e "$wanted" <<<"$got" && ok "$name" "$wanted" || failed "$name" "no $wanted in: $(tr '\n' ' ' <<<"$got" | head -c 300)"
}
offers bash.command rollback complete_in_bash kedge roll
offers bash.option --detailed-exitcode complete_in_bash kedge plan --det
offers bash.word markdown complete_in_bash kedge plan --output ma
offers bash.file "$folder/kedge.yaml" complete_in_bash kedge run -c "$folder/kedge.y"
offers fish.command rollback complete_in_fish kedge roll
offers fish.option --detailed-exitcode complete_in_fish kedge plan --det
offers fish.word markdown complete_in_fish kedge plan --output ma
offers zsh.command rollback complete_in_zsh kedge ro
offers zsh.option --rehearse complete_in_zsh kedge plan --re
offers zsh.word markdown complete_in_zsh kedge plan --output ''

# And gone again: what a person wrote stays until it is purged.
dpkg_there -r kedge >"$folder/remove.log" 2>&1 && [ ! -e "$kedge" ] && [ -e "$scratch/etc/kedge/kedge.example.yaml" ] && ok package.remove ||
    failed package.remove "$(tail -n 3 "$folder/remove.log" | tr '\n' ' ')"
dpkg_there -P kedge >"$folder/purge.log" 2>&1 && [ ! -e "$scratch/etc/kedge" ] && ok package.purge || failed package.purge "$(tail -n 3 "$folder/purge.log" | tr '\n' ' ')"
finish
