#!/bin/sh
# Build .venv/ from the lock, rebuild it when it is broken or out of date, and do nothing when it is ready.
# PYTHON names the interpreter; without it the first suitable one on PATH is taken.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=$root/.venv
made=$venv/made # left by a complete set-up: `origin` (place, Python, lock), `project`, `contents`
lock=requirements/development.txt

main() {
    if [ -n "${PYTHON:-}" ]; then expect_suitable "$PYTHON"; fi
    is_ready || build
    [ "$(cat "$made/project" 2>/dev/null)" = "$(cksum <pyproject.toml)" ] || install_project
}

# False after a move, an interrupted set-up, the loss of a file or of the Python behind it, and for another lock.
is_ready() {
    python=$(identify "$venv/bin/python") || return 1
    [ "$(cat "$made/origin" 2>/dev/null)" = "$(origin "$python")" ] || return 1
    [ -z "${PYTHON:-}" ] || [ "$(identify "$PYTHON")" = "$python" ] || return 1
    (cd "$venv" && xargs ls -d <"$made/contents") >/dev/null 2>&1
}

build() {
    python=${PYTHON:-}
    [ -n "$python" ] || python=$(find_python)
    echo "$("$python" -c 'import sys; print("Python", sys.version.split()[0])') ($python) builds .venv/"
    [ -d "$venv" ] || rm -f "$venv"
    "$python" -m venv --clear "$venv"
    install --only-binary :all: --require-hashes -r "$lock"
    mkdir "$made"
    origin "$(identify "$venv/bin/python")" >"$made/origin"
}

install_project() {
    rm -f "$made/project"
    PYTHONWARNINGS=ignore install --no-build-isolation --editable .
    list_contents >"$made/contents"
    cksum <pyproject.toml >"$made/project"
}

# The lock is complete: pip resolves nothing and builds nothing, so no release of tomorrow can interfere.
install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$@"
}

origin() {
    printf '%s\n' "$root" "$1" "$(cksum <"$lock")"
}

identify() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2], sys.base_prefix)' 2>/dev/null
}

list_contents() {
    (cd "$venv" && ls -d bin/* lib/python*/site-packages/* | grep -v '/__pycache__$')
}

find_python() {
    for name in python3.11 python3.12 python3.13 python3.14 python3; do
        list_on_path "$name"
    done | first_suitable
}

first_suitable() (
    missing="Python 3.11 or newer is missing"
    while IFS= read -r python; do
        problem=$(examine "$python")
        case $problem in
            "") echo "$python" && exit ;;
            *venv*) missing="$python $problem" ;;
        esac
    done
    fail "$missing: install it, or name another Python with PYTHON=/path/to/python3."
)

list_on_path() (
    IFS=:
    for folder in $PATH; do
        [ ! -x "$folder/$1" ] || echo "$folder/$1"
    done
)

expect_suitable() {
    problem=$(examine "$1")
    [ -z "$problem" ] || fail "PYTHON=$1 $problem."
}

# Print what keeps this Python from building .venv/, or nothing.
examine() {
    "$1" -c '
import sys
if sys.version_info < (3, 11):
    sys.exit(print("is older than Python 3.11"))
try:
    import ensurepip, venv
except ImportError:
    print("lacks the module venv (Debian, Ubuntu: package python%d.%d-venv)" % sys.version_info[:2])
' 2>/dev/null || echo "does not run"
}

fail() {
    echo "$1" >&2
    exit 1
}

main
