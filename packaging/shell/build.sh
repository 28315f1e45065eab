# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# Configuring and building. Sourced by ./dev, whose directory is $root.

jobs=$(nproc 2>/dev/null || sysctl -n hw.ncpu)

# configure PRESET FOLDER [CMAKE OPTIONS...]
configure() {
    local preset=$1 folder=$2
    shift 2
    local -a options=("$@")
    if command -v ccache >/dev/null; then
        # Without this it keeps nothing that reads a precompiled header, which is nearly everything under sanitizers.
        export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
        options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    (cd "$root" && cmake --preset "$preset" -B "$folder" ${options[@]+"${options[@]}"}) ||
        die "configuring failed; what is missing stands above"
}

# build FOLDER [TARGETS...]
build() {
    local folder=$1
    shift
    cmake --build "$folder" --parallel "$jobs" ${1:+--target "$@"}
}

build_release() {
    configure release "$root/build/release"
    build "$root/build/release"
}

# Our own C++ (or the given kinds of it), as git knows it: new files included, deleted ones left out.
sources() {
    local file
    git -C "$root" ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
        [[ ! -f $root/$file ]] || echo "$file"
    done
}

# The node peers' one dependency, at the version and with the hash of the committed lock.
install_node_peers() {
    local folder=$root/tests/peers/node
    command -v npm >/dev/null || { say "no npm: the node peers will be skipped"; return 0; }
    if [[ ! $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund) ||
            say "npm ci failed: the node peers will be skipped"
    fi
}
