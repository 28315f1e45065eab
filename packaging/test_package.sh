#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges the newest .deb in a folder and tries it: installed and removed with dpkg where that is possible, else
# unpacked. Exit code 77 and a named reason when there is nothing to try. Usage: test_package.sh FOLDER
set -euo pipefail

folder=$1
failures=0
scratch=$(mktemp -d)
cleanup() { rm -rf "$scratch"; }
trap cleanup EXIT

skip() {
    echo "SKIP: $*"
    [[ ${FRAMEGLASS_REQUIRE_PEERS:-} == 1 ]] && exit 1
    exit 77
}

# check NAME COMMAND...: runs it, shows what it printed when it fails.
check() {
    local name=$1
    shift
    if "$@" >"$scratch/output" 2>&1; then
        echo "ok    $name"
    else
        echo "FAIL  $name: $*"
        sed 's/^/      /' "$scratch/output"
        failures=$((failures + 1))
    fi
}

for tool in dpkg-deb lintian desktop-file-validate appstreamcli; do
    command -v $tool >/dev/null || skip "$tool is not installed"
done
# shellcheck disable=SC2012 # CPack's names are plain
deb=$(ls -t "$folder"/*.deb 2>/dev/null | head -n 1 || true)
[[ -n $deb ]] || skip "no .deb in $folder (./dev package makes one)"
echo "trying $deb"

version=$(dpkg-deb --field "$deb" Version)
unpacked=$scratch/root
dpkg-deb --extract "$deb" "$unpacked"

has() { [[ -s $unpacked/$1 ]]; }
matches() { "$@" 2>&1 | grep --quiet --fixed-strings "$version"; }

check "lintian finds no error" lintian --allow-root --fail-on error --suppress-tags bad-distribution-in-changes-file "$deb"
check "desktop entry" desktop-file-validate "$unpacked/usr/share/applications/org.frameglass.Frameglass.desktop"
check "AppStream metadata" appstreamcli validate --no-net "$unpacked/usr/share/metainfo/org.frameglass.Frameglass.metainfo.xml"
for file in bin/frameglass bin/fglass share/man/man1/fglass.1.gz share/man/man1/frameglass.1.gz \
    share/doc/frameglass/copyright share/doc/frameglass/changelog.gz \
    share/icons/hicolor/scalable/apps/org.frameglass.Frameglass.svg \
    share/icons/hicolor/48x48/apps/org.frameglass.Frameglass.png share/mime/packages/org.frameglass.Frameglass.xml; do
    check "has $file" has "usr/$file"
done

try_programs() {
    check "$1/fglass tells its version" matches "$1/fglass" --version
    check "$1/frameglass tells its version" matches env QT_QPA_PLATFORM=offscreen "$1/frameglass" --version
    check "$1/fglass demo" "$1/fglass" demo
}

leftovers() {
    local file
    while read -r file; do
        [[ -f $unpacked$file && -e $file ]] && echo "still there: $file" && return 1
    done < <(cd "$unpacked" && find . -type f | sed 's/^\.//')
    return 0
}

status=$(dpkg-query --show --showformat='${db:Status-Status}' frameglass 2>/dev/null || true)
if [[ $(id -u) -eq 0 && $status != installed ]] && dpkg --install "$deb" >"$scratch/dpkg" 2>&1; then
    remove() {
        dpkg --purge frameglass
    }
    trap 'remove >/dev/null 2>&1 || true; cleanup' EXIT
    try_programs /usr/bin
    check "the system knows .fglass files" grep --quiet vnd.frameglass.capture /usr/share/mime/globs2
    check "removed" remove
    trap cleanup EXIT
    check "nothing is left" leftovers
else
    if [[ -s $scratch/dpkg ]]; then
        echo "FAIL  dpkg --install"
        sed 's/^/      /' "$scratch/dpkg"
        dpkg --purge frameglass >/dev/null 2>&1 || true
        failures=$((failures + 1))
    elif [[ $status == installed ]]; then
        echo "note  frameglass is already installed here: only unpacked, not installed"
    else
        echo "note  not root: only unpacked, not installed"
    fi
    try_programs "$unpacked/usr/bin"
fi

[[ $failures -eq 0 ]] || { echo "$failures failed"; exit 1; }
echo "the package is good"
