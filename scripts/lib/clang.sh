# shellcheck shell=bash

# Prints the path of a clang: the one that CLANG names, or the first of those on the path.
find_clang() {
    local name
    if [[ -n ${CLANG:-} ]]; then say "$CLANG"; return; fi
    for name in clang clang-{14..25}; do
        if command -v "$name"; then return; fi
    done
    return 1
}
