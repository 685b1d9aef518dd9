#!/usr/bin/env bash
# Makes the Debian package: packaging/deb.sh BINARY FOLDER
# BINARY is a built bedrail; the package is written into FOLDER, and its path printed.
set -euo pipefail
[ "$#" -eq 2 ] || { echo 'deb.sh: packaging/deb.sh BINARY FOLDER' >&2; exit 2; }
binary="$(realpath "$1")"
mkdir -p "$2"
folder="$(realpath "$2")"
cd "$(dirname "$0")/.."

version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
architecture="$(dpkg --print-architecture)"
# The same inputs give the same package: times are those of the last commit.
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH

root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"
umask 022

install -D -m 0755 "$binary" "$root/usr/bin/bedrail"
strip --strip-unneeded "$root/usr/bin/bedrail"
for unit in packaging/systemd/*.service; do
    install -D -m 0644 "$unit" "$root/lib/systemd/system/$(basename "$unit")"
done
install -D -m 0644 packaging/default-bedrail-hub "$root/etc/default/bedrail-hub"
"$binary" man "$root/usr/share/man/man1"
gzip -9 -n "$root"/usr/share/man/man1/*.1
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" \
    "$root/usr/share/fish/vendor_completions.d"
"$binary" completions bash >"$root/usr/share/bash-completion/completions/bedrail"
"$binary" completions zsh >"$root/usr/share/zsh/vendor-completions/_bedrail"
"$binary" completions fish >"$root/usr/share/fish/vendor_completions.d/bedrail.fish"

documents="$root/usr/share/doc/bedrail"
install -D -m 0644 README.md "$documents/README.md"
gzip -9 -n -c CHANGELOG.md >"$documents/CHANGELOG.md.gz"
printf 'bedrail (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p' packaging/debian/control.in)" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" |
    gzip -9 -n >"$documents/changelog.gz"
# The registries of addresses are generated from the published ones, at another time than Debian's copy.
install -d "$root/usr/share/lintian/overrides"
echo 'bedrail: embedded-library ieee-data *' >"$root/usr/share/lintian/overrides/bedrail"
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
    printf 'Upstream-Name: Bedrail\nSource: https://github.com/bedrail/bedrail\n\n'
    printf 'Files: *\nCopyright: 2026 The Bedrail authors\nLicense: Apache-2.0\n'
    printf ' On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n'
} >"$documents/copyright"

# What the program is linked against, as Debian names it.
libraries() {
    local scratch
    scratch="$(mktemp -d)"
    mkdir "$scratch/debian"
    printf 'Source: bedrail\n\nPackage: bedrail\nArchitecture: any\n' >"$scratch/debian/control"
    (cd "$scratch" && dpkg-shlibdeps -O "$root/usr/bin/bedrail" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
    rm -rf "$scratch"
}
depends="libc6"
if command -v dpkg-shlibdeps >/dev/null; then depends="$(libraries)"; fi

install -d "$root/DEBIAN"
size="$(du -sk --exclude=DEBIAN "$root" | cut -f1)"
sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@SIZE@|$size|" -e "s|@DEPENDS@|$depends|" \
    packaging/debian/control.in >"$root/DEBIAN/control"
install -m 0644 packaging/debian/conffiles "$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 0755 "packaging/debian/$script" "$root/DEBIAN/$script"
done
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

package="$folder/bedrail_${version}_${architecture}.deb"
dpkg-deb --build --root-owner-group "$root" "$package" >/dev/null
echo "$package"
