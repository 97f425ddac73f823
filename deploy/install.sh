#!/bin/sh
# Makes .venv from a hash-locked requirements file: uv (itself hash-pinned, from the same lock) when it can be had, else plain pip.
set -eu
lock=${1:?usage: deploy/install.sh requirements.txt}
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }

if ! { [ -x .venv/bin/python ] && fits .venv/bin/python; }; then
    python=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if fits "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        echo "install: needs Python 3.11, 3.12 or 3.13 (apt-get install python3 python3-venv), or set PYTHON=/path/to/python" >&2
        exit 2
    fi
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "install: $python cannot make a venv (apt-get install python3-venv)" >&2
        exit 2
    fi
fi

pinned=$(mktemp)
trap 'rm -f "$pinned"' EXIT
awk '/^uv==/ {take = 1} take {print} take && !/\\$/ {exit}' "$lock" >"$pinned"

with_uv() {
    # An empty pinned file would install nothing and leave an older uv in charge: refuse it.
    [ -s "$pinned" ] &&
    .venv/bin/python -m pip install --quiet --no-deps --require-hashes -r "$pinned" &&
    .venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python "$lock" &&
    .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python -e .
}

with_pip() {
    # An earlier try with uv may have taken pip's place: bring the venv's own back first.
    .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
    .venv/bin/python -m pip install --quiet --no-deps --require-hashes -r "$lock" &&
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
}

if [ "${TOPICWATCH_INSTALLER:-uv}" = pip ]; then
    with_pip
else
    with_uv || { echo "install: uv did not get through, trying plain pip (about a minute)" >&2; with_pip; }
fi
