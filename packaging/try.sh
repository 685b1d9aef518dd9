#!/usr/bin/env bash
# Installs a package in a copy of this system that is thrown away, starts the hub as its user, upgrades, removes, purges:
# packaging/try.sh PACKAGE
# Needs root, for the copy (an overlay in a mount namespace); this system is not touched.
set -euo pipefail
[ "$#" -eq 1 ] || { echo 'try.sh: packaging/try.sh PACKAGE' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo 'try.sh: run as root' >&2; exit 4; }
package="$(realpath "$1")"

if [ "${BEDRAIL_TRY_INSIDE:-}" != yes ]; then
    exec env BEDRAIL_TRY_INSIDE=yes unshare --mount --pid --fork --net "$(realpath "$0")" "$package"
fi

# Everything that is written goes into memory.
scratch="$(mktemp -d)"
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
cp "$package" "$scratch/root/package.deb"
mount -t proc proc "$scratch/root/proc"
mount --bind /dev "$scratch/root/dev"
mount -t tmpfs tmpfs "$scratch/root/run"
mount -t tmpfs tmpfs "$scratch/root/tmp"
ip link set lo up 2>/dev/null || true

# shellcheck disable=SC2016 # the inner shell expands these
chroot "$scratch/root" /bin/bash -euo pipefail -c '
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
    fail() { echo "try: $1" >&2; exit 1; }
    dpkg --install /package.deb >/dev/null || { dpkg-deb -f /package.deb Depends; fail "cannot install"; }
    getent passwd bedrail >/dev/null && getent passwd bedrail-sensor >/dev/null || fail "a user is missing"
    [ "$(stat -c "%U %a" /var/lib/bedrail)" = "bedrail 700" ] || fail "the data folder is open"
    as_bedrail="setpriv --reuid bedrail --regid bedrail --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
    start() {
        $as_bedrail bedrail hub --data /var/lib/bedrail --first-login /var/lib/bedrail/first-login >/tmp/hub.out 2>&1 &
        hub=$!
    }
    answers() {
        for _ in $(seq 300); do
            $as_bedrail bedrail doctor --json >/tmp/doctor.json || true
            grep -q "it answers at" /tmp/doctor.json && return 0
            kill -0 "$hub" || break
            sleep 0.2
        done
        cat /tmp/hub.out /tmp/doctor.json >&2
        fail "the hub does not answer"
    }
    start; answers
    [ "$(stat -c %a /var/lib/bedrail/first-login)" = 600 ] || fail "the first login is open"
    grep -q password /tmp/hub.out && fail "the first password was printed"
    kill -TERM "$hub"; wait "$hub" || fail "the hub did not end cleanly"
    echo "# mine" >>/etc/default/bedrail-hub
    dpkg --install /package.deb >/dev/null || fail "cannot install anew"
    grep -q "# mine" /etc/default/bedrail-hub || fail "settings were overwritten"
    start; answers; kill -TERM "$hub"; wait "$hub"
    man -w bedrail >/dev/null 2>&1 || [ -f /usr/share/man/man1/bedrail.1.gz ] || [ ! -d /usr/share/man/man1 ] || fail "no manual page"
    dpkg --remove bedrail >/dev/null
    [ -f /etc/default/bedrail-hub ] && [ -f /var/lib/bedrail/store.key ] || fail "removing took settings or data"
    dpkg --purge bedrail 2>/tmp/purge >/dev/null
    grep -q "is left in place" /tmp/purge || fail "it does not say that data is left"
    [ ! -e /etc/default/bedrail-hub ] && [ -f /var/lib/bedrail/store.key ] || fail "purging took the data, or left settings"
    dpkg --install /package.deb >/dev/null
    BEDRAIL_PURGE_DATA=yes dpkg --purge bedrail >/dev/null
    [ ! -e /var/lib/bedrail ] || fail "data is left"
    leftover="$(find /usr /etc /lib/systemd -xdev -iname "*bedrail*" 2>/dev/null || true)"
    [ -z "$leftover" ] || fail "left behind: $leftover"
    echo "installed, started as its user, installed anew with settings kept, removed, purged"
'
