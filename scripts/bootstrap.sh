#!/bin/sh
# Makes the project's own virtual environment with uv in it.
# usage: bootstrap.sh PYTHON VENV
# Where Python lacks venv or pip (Debian splits them off), apt brings them as root or
# through sudo; elsewhere a list says what to install.
set -eu
python=$1
venv=$2

fail() {
    echo "flatwatt needs: $1" >&2
    echo "  Debian, Ubuntu, Raspberry Pi OS:  sudo apt-get install python3 python3-venv" >&2
    echo "  Fedora:                           sudo dnf install python3" >&2
    echo "  macOS:                            brew install python@3.12" >&2
    echo "  Windows:                          winget install Python.Python.3.12" >&2
    exit 1
}

apt_install() {
    command -v apt-get >/dev/null 2>&1 || fail "$*"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "$*"
    fi
    echo "Installing $* with apt …"
    $as_root apt-get update -qq || fail "$*"
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null || fail "$*"
}

command -v "$python" >/dev/null 2>&1 || apt_install python3 python3-venv
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer"
"$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
[ -x "$venv/bin/uv" ] || {
    echo "Setting up $venv …"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
}
