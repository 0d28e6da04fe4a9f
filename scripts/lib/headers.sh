# shellcheck shell=bash
# The C API's headers as Debian's suites have them, from their package libfaiss-dev, which is not installed for that.
# Needs lib/apt.sh.

# c_api_below DIR: the C API's folder in a c_api folder, an include folder or a FAISS tree, where the generator looks too.
c_api_below() {
    local below
    for below in . c_api faiss/c_api include/faiss/c_api usr/include/faiss/c_api; do
        [[ ! -f $1/$below/faiss_c.h ]] || { (cd -- "$1/$below" && pwd); return; }
    done
    return 1
}

# fetch_debian_headers SUITE: prints the folder that keeps the headers, SUITE-VERSION/c_api below
# ${XDG_CACHE_HOME:-~/.cache}/faiss-sdk/headers; on failure, status 1 and a word on stderr.
# A package is looked up again after a day; what is kept serves where that fails.
fetch_debian_headers() (
    suite=$1 work='' why='' cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    cache=${cache:+$cache/faiss-sdk/headers}
    trap '[[ -z $work ]] || rm -rf -- "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    if [[ -z $cache ]] || ! mkdir -p -- "$cache" 2>/dev/null || [[ ! -w $cache ]]; then
        cache=${TMPDIR:-/tmp}/faiss-sdk-headers-$UID
        (umask 077 && mkdir -p -- "$cache")
        [[ -O $cache ]] || { echo "$cache belongs to someone else" >&2; exit 1; }
    fi
    exec 7>"$cache/.$suite.lock"
    flock 7

    kept() { # kept [FIND'S CONDITIONS]: the latest
        find "$cache" -mindepth 1 -maxdepth 1 -type d -name "$suite-*" "$@" -printf '%T@ %p\n' | sort -n | sed -n '$s/^[^ ]* //p'
    }
    folder=$(kept -mtime -1)
    if [[ -z $folder ]]; then
        work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-headers.XXXXXX")
        chmod 755 "$work" # apt reads its lists as a user of its own
        : >"$work/log"
        download_debian_headers "$suite" "$work" "$cache" || why=$(cat "$work/why")
        folder=$(kept)
        if [[ -z $folder ]]; then
            echo "libfaiss-dev of Debian $suite cannot be had: $why" >&2
            exit 1
        fi
        [[ -z $why ]] || echo "Debian $suite: ${folder##*-}, kept since $(date -r "$folder" +%F), serves, for: $why" >&2
    fi
    printf '%s\n' "$folder/c_api"
)

# download_debian_headers SUITE WORK CACHE: on failure, the reason is in WORK/why.
download_debian_headers() {
    local suite=$1 work=$2 cache=$3 codename package version folder apt=(-c "$2/apt.conf")
    cannot() { printf '%s\n' "$*" >"$work/why"; return 1; }

    codename=$(debian_codename)
    if [[ -z $codename ]] || ! command -v apt-get >/dev/null; then cannot "this is no Debian"; return; fi
    private_apt "$work" deb "$codename" "$suite" || { cannot "no package source of Debian $codename is set up here"; return; }
    # What counts is whether the package is there.
    apt-get "${apt[@]}" -o Acquire::Retries=1 update >>"$work/log" 2>&1 </dev/null || true
    keep_debian_lists "$work"
    package=$(apt-cache "${apt[@]}" show --no-all-versions libfaiss-dev 2>>"$work/log" | sed -n 's/^Version: //p' | head -n 1) || true
    [[ -n $package ]] || { cannot "$(why_no_package <"$work/log")"; return; }
    version=${package#*:} version=${version%%[-+~]*} folder=$cache/$suite-$version
    if [[ $(cat "$folder/package" 2>/dev/null) == "$package" ]]; then
        touch -- "$folder"
        return
    fi
    (cd "$work/download" && apt-get "${apt[@]}" -o Acquire::Retries=1 download libfaiss-dev) >>"$work/log" 2>&1 </dev/null ||
        { cannot "$(why_no_package <"$work/log")"; return; }
    mkdir -- "$work/tree"
    dpkg-deb --fsys-tarfile "$work"/download/*.deb 2>>"$work/log" |
        tar -x -C "$work/tree" --strip-components=4 --no-same-owner ./usr/include/faiss/c_api 2>>"$work/log" ||
        { cannot "the package $package has no headers of the C API: $(tail -n 1 "$work/log")"; return; }
    printf '%s\n' "$package" >"$work/tree/package"
    # Beside its place first, so that it appears whole.
    rm -rf -- "$cache/.$suite.new"
    if ! { cp -r -- "$work/tree" "$cache/.$suite.new" && rm -rf -- "$folder" && mv -T -- "$cache/.$suite.new" "$folder"; } 2>"$work/why"; then
        return 1
    fi
}
