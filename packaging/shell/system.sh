# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC1090,SC2154
# Which system this is and how to get packages there. Sourced by ./dev after packages.sh.

say() {
    printf '%s\n' "dev: $*" >&2
}

die() {
    say "$@"
    exit 1
}

# debian, ubuntu, fedora, arch, macos or other. DEV_OS_RELEASE lets a test pretend.
system_name() {
    if [[ ${DEV_UNAME:-$(uname -s)} == Darwin ]]; then
        echo macos
        return
    fi
    local file=${DEV_OS_RELEASE:-/etc/os-release} name
    [[ -r $file ]] || { echo other; return; }
    # Its own ID first, then what it says it is like (Mint is like ubuntu, Rocky like fedora).
    for name in $(. "$file" && echo "${ID:-} ${ID_LIKE:-}"); do
        case $name in
            debian | ubuntu | fedora | arch) echo "$name"; return ;;
        esac
    done
    echo other
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed, and there is no sudo. As root, run: $*"
    fi
}

# Prints those of its arguments that dpkg does not have installed.
missing_packages() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            echo "$package"
    done | sort -u
}

# A server package (nginx) wants to start its service, which nobody asked for: policy-rc.d says no while we install.
apt_install() {
    local policy=/usr/sbin/policy-rc.d ours="" status=0 had_nginx=""
    command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || had_nginx=no
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
        ours=yes
    fi
    # Capturing stays root's right: nothing is made setuid for the tests.
    if [[ " $* " == *" tshark "* ]]; then
        echo 'wireshark-common wireshark-common/install-setuid boolean false' | as_root debconf-set-selections || true
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@" || status=$?
    [[ -z $ours ]] || as_root rm -f $policy
    if [[ -n $had_nginx && -x /usr/sbin/nginx && -d /run/systemd/system ]]; then
        as_root systemctl disable --quiet nginx.service || true
    fi
    return $status
}

# need PACKAGES...: installs what is missing on Debian and Ubuntu; elsewhere trusts the user (configuring will tell).
need() {
    case $(system_name) in
        debian | ubuntu) ;;
        fedora) say "on Fedora, if something is missing: sudo dnf install $(one_line "$fedora_packages")"; return ;;
        arch) say "on Arch, if something is missing: sudo pacman -S --needed $(one_line "$arch_packages")"; return ;;
        macos) say "on macOS, if something is missing: brew install $(one_line "$macos_packages")"; return ;;
        other) say "this system is not known here; what is needed, by its Debian names: $*"; return ;;
    esac
    local -a missing
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "installing ${missing[*]}"
    as_root apt-get update --quiet || say "apt-get update failed; trying with the lists at hand"
    apt_install "${missing[@]}"
}

one_line() {
    tr -d '\n' <<<"$1"
}

# Node already works, or comes from the distribution: Debian's npm conflicts with the nodejs of other sources.
need_node() {
    if ! { command -v node && command -v npm; } >/dev/null; then
        need nodejs npm
    fi
}

# Ubuntu's chromium is a snap, which neither a container nor a build machine can install: named skips there.
need_chromium() {
    local name
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        ! command -v $name >/dev/null || return 0
    done
    [[ $(system_name) != debian ]] || need chromium
}

has_display() {
    [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} || $(system_name) == macos ]]
}

# under_xvfb COMMAND...: with a screen of its own; without Xvfb on Qt's offscreen platform.
under_xvfb() {
    if command -v xvfb-run >/dev/null; then
        # Not WAYLAND_DISPLAY: Qt would prefer the user's own screen.
        env --unset=WAYLAND_DISPLAY xvfb-run --auto-servernum --server-args="-screen 0 1600x1200x24" "$@"
    else
        env QT_QPA_PLATFORM=offscreen "$@"
    fi
}
