#!/bin/sh
# Installs missing Debian packages: debian.sh PACKAGE …
# As root, or through sudo; elsewhere it says what to install and fails.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
say() {
    echo "The tests need these packages:$missing" >&2
    echo "  Debian, Ubuntu:  sudo apt-get install --no-install-recommends$missing" >&2
    echo "  elsewhere: an AVR toolchain (avr-gcc, avr-libc, Arduino's AVR core), simavr, avrdude, g++, PostgreSQL" >&2
    exit 1
}
command -v apt-get >/dev/null 2>&1 || say
if [ "$(id -u)" = 0 ]; then as_root=; elif command -v sudo >/dev/null 2>&1; then as_root=sudo; else say; fi
echo "Installing with apt:$missing"
$as_root apt-get update -qq || say
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || say
