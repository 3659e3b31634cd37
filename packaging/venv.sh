#!/usr/bin/env bash
# Makes the virtual environment and installs the program into it; quiet unless it fails.
#
# usage: venv.sh PYTHON FOLDER WHAT      (WHAT is "." or ".[test]")
set -euo pipefail

python=$1 folder=$2 what=$3
say() { printf '%s\n' "$*" >&2; }

if ! version=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null); then
    say "There is no $python. Install Python 3.11 or later, or name one: make PYTHON=/path/to/python3"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Python 3.11 or later is needed; $python is $version. Name another: make PYTHON=python3.12"
    exit 1
fi

mkdir -p build
log=build/install.log
failed() {
    tail -n 25 "$log" >&2
    say "$1 (the last lines are above, all of it is in $log)."
    exit 1
}

# One that was interrupted, or whose Python is gone, is made again.
if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$folder"
    "$python" -m venv "$folder" >"$log" 2>&1 || failed 'The virtual environment could not be made'
fi
say "Installing into $folder; the first time takes a minute or two."
"$folder/bin/python" -m pip install --disable-pip-version-check --no-input --editable "$what" \
    >"$log" 2>&1 || failed 'The program could not be installed'
