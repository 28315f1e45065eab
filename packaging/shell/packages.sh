# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# What each task needs from the system. Sourced by ./dev. Debian 12 and Ubuntu 24.04 use the same names.

build_packages=(
    g++ cmake ninja-build git
    qt6-base-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools libqcustomplot-dev
    libasio-dev libc-ares-dev libssl-dev libsqlite3-dev zlib1g-dev libre2-dev nlohmann-json3-dev libcli11-dev librsvg2-bin
)
run_packages=(qt6-wayland fonts-dejavu-core fonts-noto-cjk)
test_packages=(ccache libgtest-dev libgmock-dev qt6-websockets-dev python3 python3-jsonschema xvfb xauth fonts-dejavu-core fonts-noto-cjk)
peer_packages=(golang-go golang-github-gorilla-websocket-dev python3-websockets libwebsocketpp-dev libwebsockets-dev
    libboost-dev nginx-light haproxy openssl tinyproxy-bin microsocks apache2-bin tshark)
format_packages=(clang-format-14) # another version formats otherwise
tidy_packages=(clang clang-tidy libgtest-dev)
fuzz_packages=(clang llvm libclang-rt-dev)
bench_packages=(libbenchmark-dev libboost-dev qt6-websockets-dev tshark)
deb_packages=(dpkg-dev lintian man-db desktop-file-utils appstream shared-mime-info)
screenshot_packages=(xvfb xauth fonts-dejavu-core fonts-noto-cjk)

# The same for building and running elsewhere, to be named only: these systems are not installed to by ./dev.
fedora_packages="gcc-c++ cmake ninja-build qt6-qtbase-devel qt6-qttools-devel qcustomplot-qt6-devel asio-devel c-ares-devel
 openssl-devel sqlite-devel zlib-devel re2-devel json-devel cli11-devel librsvg2-tools"
arch_packages="base-devel cmake ninja qt6-base qt6-tools qcustomplot asio c-ares openssl sqlite zlib re2 nlohmann-json cli11 librsvg"
macos_packages="cmake ninja qt qcustomplot asio c-ares openssl@3 sqlite re2 nlohmann-json cli11 librsvg"
