#!/usr/bin/env bash
# Regenerates bindings/Generated, the raw bindings, from the headers of FAISS's C API, and proves them against these headers.
set -euo pipefail
export LC_ALL=C

here=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/clang.sh
. "$root/scripts/lib/clang.sh"
# shellcheck source=scripts/lib/headers.sh
. "$root/scripts/lib/headers.sh"

bindings=$root/bindings/Generated
history=$root/bindings/api-history.json
generator=$root/generator/bin/Release/net10.0/FaissSdk.Generator.dll
suites='bookworm trixie sid'

usage() {
    cat <<EOF
Usage: scripts/regenerate-bindings.sh (--headers DIR | --debian SUITE | --source DIR) [options]

Regenerates bindings/Generated from the headers of FAISS's C API, as a whole or not at all, and verifies the result.

  --headers DIR      headers: a folder c_api, or an include folder that has one
  --debian SUITE     the headers of Debian's package libfaiss-dev: $suites
  --source DIR       the headers of a FAISS source tree
  --faiss-version V  what version --headers is; one that is newer than all known is added to bindings/api-history.json
  --output DIR       write there instead; the folder is replaced, and nothing is verified
  --print-headers    print the folder of the headers, and stop
  --help             this text

Where ClangSharp can be had, it runs as well, and must agree to the byte with the generator in generator/, which needs clang.
CLANGSHARP names a built ClangSharpPInvokeGenerator, CLANG the clang.

Cache: \${XDG_CACHE_HOME:-~/.cache}/faiss-sdk/headers
EOF
}

say() { printf '%s\n' "$*"; }
fail() { printf 'regenerate-bindings: %s\n' "$*" >&2; exit 1; }
misuse() { printf 'regenerate-bindings: %s\n' "$*" >&2; say "Try scripts/regenerate-bindings.sh --help" >&2; exit 2; }
short() { say "${1#"$here"/}"; }

# ---- options

from='' value='' version='' output=$bindings print_headers=''
while (($#)); do
    case $1 in
        --headers | --debian | --source | --output | --faiss-version)
            [[ -n ${2:-} ]] || misuse "$1 needs a value"
            if [[ $1 == --output ]]; then
                output=$(realpath -m -- "$2")
            elif [[ $1 == --faiss-version ]]; then
                version=$2
            else
                [[ -z $from ]] || misuse "one of --headers, --debian and --source is enough"
                from=$1 value=$2
            fi
            shift 2 ;;
        --headers=* | --debian=* | --source=* | --output=* | --faiss-version=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
        --print-headers) print_headers=1; shift ;;
        --help | -h) usage; exit 0 ;;
        *) misuse "unknown option $1" ;;
    esac
done
[[ -n $from ]] || misuse "which headers? --headers DIR, --debian SUITE or --source DIR"
[[ $from != --debian || " $suites " == *" $value "* ]] || misuse "--debian $value: no suite known here; there are $suites"

# ---- what goes wrong, and what must not stay behind

work='' child='' writer='' log='' started=$SECONDS
identity() { stat -c %d:%i -- "$output" 2>/dev/null || true; }
before=$(identity)

run() {
    local code=0
    # A process group of its own, so that an interrupt stops all of it.
    setsid "$@" </dev/null &
    child=$!
    wait "$child" || code=$?
    child=''
    return "$code"
}

clean_up() {
    if [[ -n $child ]]; then
        kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    # A generator that is killed may be between moving the old folder away and the new one into its place.
    if [[ -n $writer ]]; then
        if [[ ! -e $output && -d $output.old-$writer ]]; then mv -T -- "$output.old-$writer" "$output"; fi
        rm -rf -- "$output.new-$writer" "$output.old-$writer"
    fi
    [[ -z $work ]] || rm -rf -- "$work"
}
# Puts back what the project's own bindings were, unless nothing has changed.
restore() {
    [[ -d $work/was && $(identity) != "$before" ]] || return 0
    rm -rf -- "$output"
    cp -a -- "$work/was/Generated" "$output"
    cp -a -- "$work/was/api-history.json" "$history"
}
interrupted() {
    trap '' INT TERM HUP
    [[ -z $child ]] || kill -TERM -- "-$child" 2>/dev/null || true
    restore
    clean_up
    say >&2
    say "regenerate-bindings: interrupted; $(short "$output") is as it was" >&2
    exit "$1"
}
trap clean_up EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM HUP

# ---- the headers

case $from in
    --debian)
        folder=$(fetch_debian_headers "$value") || fail "no headers of Debian $value; give some with --headers DIR or --source DIR"
        headers=$folder
        version=$(basename "$(dirname "$folder")" | sed 's/^[^-]*-//')
        description="FAISS $version, Debian $value" ;;
    *)
        [[ -d $value ]] || fail "$from $value: there is no such folder"
        headers=$(cd -- "$value" && pwd)
        [[ $from != --source || -d $headers/c_api ]] || fail "--source $value: not a FAISS tree (it has no folder c_api)"
        if [[ $from == --source ]]; then
            version=$(sed -n '/^project(faiss\b/,/)/ s/.*\bVERSION *\([0-9][0-9.]*\).*/\1/p' "$headers/CMakeLists.txt" 2>/dev/null | head -n 1 || true)
            headers=$headers/c_api
        fi
        description=$value ;;
esac
if [[ -n $print_headers ]]; then
    c_api_below "$headers" || fail "$from $value: no headers of the C API there"
    exit 0
fi

# ---- may it be written?

# What is replaced goes; a slip in --output must not cost more than generated files.
if [[ -e $output ]]; then
    [[ -d $output ]] || fail "--output $(short "$output"): not a folder"
    other=$(find "$output" -mindepth 1 ! -type d ! -name '*.g.cs' -print -quit)
    [[ -z $other ]] || fail "--output $(short "$output"): holds more than generated files ($(basename "$other")), and would be replaced as a whole"
fi
above=$output
while [[ ! -e $above || $above == "$output" ]]; do above=$(dirname "$above"); done
for folder in "$above" "$output"; do
    [[ ! -e $folder || -w $folder ]] || fail "$(short "$folder") cannot be written"
done

# ---- the tools

install_clang() {
    local sudo=()
    command -v apt-get >/dev/null || fail "clang is missing; install it and try again"
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            fail "clang is missing; install it with: sudo apt-get install clang"
        fi
        sudo=(sudo -n)
    fi
    say "Installing clang"
    {
        run "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update &&
            run "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends clang
    } >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "clang could not be installed; it takes: apt-get install clang"; }
}

work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-generate.XXXXXX")
log=$work/log
require_dotnet
clang=$(find_clang) || { install_clang; clang=$(find_clang) || fail "clang is missing, also after its installation"; }

clangsharp=() engines='the second engine alone (held to the output of ClangSharp by tests)'
if [[ -n ${CLANGSHARP:-} ]]; then
    named=$(command -v -- "$CLANGSHARP") || named=$CLANGSHARP
    named=$(realpath -m -- "$named")
    [[ -f $named ]] || fail "CLANGSHARP names '$CLANGSHARP', and there is no such file"
    if [[ $named == *.dll ]]; then
        clangsharp=(dotnet "$named")
    else
        [[ -x $named ]] || fail "CLANGSHARP names '$CLANGSHARP', which cannot be executed"
        clangsharp=("$named")
    fi
    engines="ClangSharp (named by CLANGSHARP) and the second engine"
else
    # The manifest is looked for from the current folder upwards, and ClangSharp runs beside the headers.
    mkdir "$work/.config"
    cp -- "$root/.config/dotnet-tools.json" "$work/.config/"
    if ! (cd "$root" && timeout 60 dotnet tool restore) >"$log" 2>&1 </dev/null; then
        engines="ClangSharp: not to be had from this feed; $engines"
    # Its status is not 0 even when it says its version.
    elif ! grep -q 'clang version' <<<"$(cd "$work" && timeout 60 dotnet tool run ClangSharpPInvokeGenerator -- --version 2>&1 </dev/null)"; then
        engines="ClangSharp: restored, but does not run here; $engines"
    else
        clangsharp=(dotnet tool run ClangSharpPInvokeGenerator --)
        engines="ClangSharp (restored as a tool) and the second engine"
    fi
fi
say "Headers: $description"
say "$engines"

dotnet_quietly build "$root/generator" -c Release >"$log" || fail "the generator does not build; $(short "$output") is as it was"

# ---- ClangSharp

compare=()
run_clangsharp() {
    local c_api=$work/c_api name resource include=()
    mkdir "$c_api" "$work/clangsharp" "$work/failed"
    (cd -- "$1" && find . -name '*.h' ! -name '*_impl.h' ! -path './gpu/*' -print | sed 's:^\./::' | sort >"$work/names" &&
        tar -c -T "$work/names") | tar -x -C "$c_api"
    sed 's/.*/#include "&"/' "$work/names" >"$c_api/umbrella.h"
    cp -- "$root"/generator/header.txt "$c_api/"
    # ClangSharp's libclang comes without the compiler's own headers, such as stddef.h.
    resource=$("$clang" -print-resource-dir 2>/dev/null) && include=(--include-directory "$resource/include")
    # shellcheck disable=SC2016
    run env -C "$c_api" xargs -d '\n' -a "$work/names" -P "$(nproc)" -I '{}' bash -c '
        work=$1 header=$2 code=0
        name=$(basename "$header" .h)
        shift 2
        "$@" --file umbrella.h --traverse "$header" --output "$work/clangsharp/$name.g.cs" >"$work/$name.log" 2>&1 || code=$?
        # A status up to 125 counts warnings; a header that declares nothing gives no file.
        ((code == 0)) || { ((code < 126)) && [[ -s $work/clangsharp/$name.g.cs ]]; } || mv -- "$work/$name.log" "$work/failed/"
        ' - "$work" '{}' "${clangsharp[@]}" "@$root/generator/faiss.rsp" "${include[@]}"
    name=$(find "$work/failed" -name '*.log' -print -quit)
    [[ -z $name ]] || { tail -n 15 "$name" >&2; fail "ClangSharp failed at $(basename "$name" .log).h; $(short "$output") is as it was"; }
    compare=(--compare "$work/clangsharp")
}

# Without headers, the generator says what it misses.
if ((${#clangsharp[@]})) && c_api=$(c_api_below "$headers"); then run_clangsharp "$c_api"; fi

# ---- the second engine, which writes

# Only the bindings of the project must hold what all versions have.
extra=(--older)
if [[ $output == "$bindings" ]]; then
    extra=(${version:+--faiss-version "$version"})
    mkdir "$work/was"
    cp -a -- "$bindings" "$history" "$work/was/"
fi
setsid dotnet "$generator" generate --headers "$headers" --output "$output" "${compare[@]}" "${extra[@]}" >"$log" </dev/null &
child=$! writer=$!
wait "$child" || { child=''; restore; fail "nothing written; $(short "$output") is as it was"; }
child=''
cat "$log"
say "$(short "$output"): $(find "$output" -name '*.g.cs' | wc -l) files, $(cat "$output"/*.g.cs "$output"/*/*.g.cs 2>/dev/null | grep -c '^ *public static extern ') functions, written after $((SECONDS - started)) s"

# ---- the proof

[[ $output == "$bindings" ]] || exit 0
dotnet_quietly build "$root/bindings" -c Release >"$log" || fail "the files are written, but the bindings do not build with them"
run dotnet "$generator" verify --headers "$headers" || fail "the files are written, but verify finds fault with them"
say "done in $((SECONDS - started)) s"
