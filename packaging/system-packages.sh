#!/usr/bin/env bash
# Makes sure that the system has what pip cannot bring: libVLC, the libraries Qt loads, fonts.
#
# usage: system-packages.sh [PYTHON]
# Installs what is missing where it may (root, or sudo without a password); otherwise prints the
# one line to type and fails. Says nothing when nothing is missing.
set -euo pipefail

python=${1:-python3}

# What the window needs to play and to be seen. Names are the same on Debian 12, 13 and Ubuntu 24.
packages=(
    ca-certificates tzdata
    # libVLC 3 and its decoders; the video output package has the frame callbacks.
    libvlc5 vlc-plugin-base vlc-plugin-video-output
    # Qt, on every platform, under X and under Wayland.
    libegl1 libgl1 libfontconfig1 libxkbcommon0 libdbus-1-3
    libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0
    libxcb-xkb1 libxkbcommon-x11-0
    libwayland-client0 libwayland-cursor0
    # Chinese text; small.
    fonts-wqy-microhei
)

say() { printf '%s\n' "$*" >&2; }

python_fits() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

explain_without_apt() {
    case "$(uname -s)" in
    Darwin)
        if [ ! -d /Applications/VLC.app ] && [ ! -d "$HOME/Applications/VLC.app" ]; then
            say 'VLC is missing. Type this, then try again:'
            say '    brew install --cask vlc'
            return 1
        fi
        ;;
    *)
        if ! ldconfig -p 2>/dev/null | grep -q 'libvlc\.so\.5'; then
            say 'libVLC 3 is missing. This system has no apt, so install by its own means:'
            say '    VLC 3 with its plugins, libEGL, xcb-util-cursor, a font with Chinese'
            say '    (Fedora: dnf install vlc xcb-util-cursor google-noto-sans-cjk-fonts;'
            say '     Arch: pacman -S vlc xcb-util-cursor noto-fonts-cjk)'
            return 1
        fi
        ;;
    esac
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    explain_without_apt
    exit
fi

# A Python of one's own brings venv along; Debian's keeps it in a package.
if ! command -v "$python" >/dev/null; then
    packages+=(python3 python3-venv)
elif python_fits && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=("python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv")
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null || true)
    # One line for each architecture the package is there for.
    grep -qx installed <<<"$state" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    become=(env)
elif command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null; then
    become=(sudo --non-interactive env)
else
    say 'System packages are missing. Type this line, then try again:'
    if command -v sudo >/dev/null; then
        say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    else
        say "    su -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'"
    fi
    exit 1
fi

say "Installing system packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${become[@]}" DEBIAN_FRONTEND=noninteractive apt-get --quiet -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}
# An unreachable mirror of some other package must not stand in the way: install decides.
apt update || true
if ! apt install --yes --no-install-recommends "${missing[@]}"; then
    tail -n 30 "$log" >&2
    say 'The system packages could not be installed (the last lines of apt are above).'
    exit 1
fi
