# Sourced by .ci/run and .ci/full: named steps with their times.

declare -a step_times=()

# step NAME COMMAND...: runs a command, says how long it took, stops at the first that fails.
step() {
    local name="$1" start="$SECONDS"
    shift
    echo "== $name"
    if ! "$@"; then
        echo "== $name: FAILED after $((SECONDS - start)) s" >&2
        exit 1
    fi
    step_times+=("$(printf '%5d s  %s' "$((SECONDS - start))" "$name")")
}

# report: the times of all steps.
report() {
    echo "== all passed"
    printf '%s\n' "${step_times[@]}" "$(printf '%5d s  in all' "$SECONDS")"
}

# newest_of PYTHON...: the first of these that starts and is new enough.
newest_of() {
    local candidate
    for candidate in "$@"; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "== none of these is Python 3.11 or newer: $*" >&2
    return 1
}

# python_of VERSION: that Python, from the path or among pyenv's; fails when it is not installed.
python_of() {
    local version="$1" candidate
    for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
        if "$candidate" -c '' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# make_environment FOLDER PYTHON: a virtual environment; on Debian, root fetches the package it needs for that.
make_environment() {
    local folder="$1" python="$2"
    [[ -x "$folder/bin/python" ]] && return
    if ! "$python" -m venv "$folder" && [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -q && apt-get install -q -y python3-venv
        "$python" -m venv --clear "$folder"
    fi
}

# readme_command N: the N-th line of code in README.md; the two commands of "Try it" come first, one line each.
readme_command() {
    awk -v wanted="$1" '/^```/ { inside = !inside; next } inside && NF && ++line == wanted' README.md
}
