#!/usr/bin/env bash
# Regenerates bindings/Generated, the raw bindings, from the headers of FAISS's C API, and verifies them. See generator/README.md.
set -euo pipefail
export LC_ALL=C
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/headers.sh"

bindings=$root/bindings/Generated
suites='bookworm trixie sid'

usage() {
  cat <<EOT
Usage: scripts/regenerate-bindings.sh (--headers DIR | --debian SUITE | --source DIR) [options]

Regenerates bindings/Generated from the headers of FAISS's C API, as a whole or not at all, then bindings/Extensions, builds the
bindings and verifies them. If a step after the first fails, the files stay; git checkout bindings restores the old ones.

  --headers DIR      use the headers of a folder c_api, or of an include folder that contains it
  --debian SUITE     use the headers of Debian's package libfaiss-dev; suites: $suites
  --source DIR       use the headers of a FAISS source tree
  --faiss-version V  the FAISS version of --headers; if it is newer than all known versions, it is added to bindings/api-history.json
  --accept-changed NAME
                     accept that a declaration means something else than in older versions; may be repeated
  --output DIR       replace another folder by the generated files, without verifying them
  --print-headers    print the folder of the headers and exit
  --help             print this text

The generator needs clang; the variable CLANG names one. If ClangSharp can be restored as a tool, or the variable CLANGSHARP names a
built ClangSharpPInvokeGenerator, it runs too, and its output must be identical to the generator's.

Cache: \${XDG_CACHE_HOME:-~/.cache}/faiss-sdk/headers
EOT
}

generator() { dotnet "$root/generator/bin/Release/net10.0/FaissSdk.Generator.dll" "$@"; }

# ---- options

from='' value='' version='' output=$bindings print_headers='' accepted=()
while (($#)); do
  case $1 in
    --headers | --debian | --source)
      need_value "$@"
      [[ -z $from ]] || misuse "use only one of --headers, --debian and --source"
      from=$1 value=$2
      shift 2 ;;
    --output) need_value "$@"; output=$(realpath -m -- "$2"); shift 2 ;;
    --faiss-version) need_value "$@"; version=$2; shift 2 ;;
    --accept-changed) need_value "$@"; accepted+=(--accept-changed "$2"); shift 2 ;;
    --headers=* | --debian=* | --source=* | --output=* | --faiss-version=* | --accept-changed=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --print-headers) print_headers=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done

# ---- headers

case $from in
  --debian)
    [[ " $suites " == *" $value "* ]] || misuse "--debian $value: unknown suite; use one of: $suites"
    headers=$(fetch_debian_headers "$value") || fail "the headers of Debian $value are not available; use --headers DIR or --source DIR"
    version=$(basename "$(dirname "$headers")")
    version=${version#*-} ;;
  --source)
    [[ -d $value/c_api ]] || fail "--source $value: not a FAISS source tree (it has no folder c_api)"
    headers=$(realpath -- "$value/c_api")
    version=$(sed -n '/^project(faiss\b/,/)/ s/.*\bVERSION *\([0-9][0-9.]*\).*/\1/p' "$value/CMakeLists.txt" 2>/dev/null | head -n 1 || true) ;;
  --headers)
    [[ -d $value ]] || fail "--headers $value: the folder does not exist"
    headers=$(realpath -- "$value") ;;
  *) misuse "name the headers: --headers DIR, --debian SUITE or --source DIR" ;;
esac
if [[ -n $print_headers ]]; then
  say "$headers"
  exit 0
fi

# ---- tools

# Sets the array clangsharp to the command that runs ClangSharp, if it can be had.
find_clangsharp() {
  local named
  clangsharp=()
  if [[ -n ${CLANGSHARP:-} ]]; then
    named=$(realpath -m -- "$(command -v -- "$CLANGSHARP" || say "$CLANGSHARP")")
    [[ -f $named ]] || fail "CLANGSHARP names '$CLANGSHARP', which does not exist"
    [[ $named == *.dll || -x $named ]] || fail "CLANGSHARP names '$CLANGSHARP', which is not executable"
    clangsharp=("$named")
    [[ $named != *.dll ]] || clangsharp=(dotnet "$named")
    say "Engines: ClangSharp (named by CLANGSHARP) and the second engine"
    return
  fi
  # dotnet looks for the manifest from the current folder upwards, and ClangSharp runs in a copy of the headers.
  mkdir "$work/.config"
  cp -- "$root/.config/dotnet-tools.json" "$work/.config/"
  if ! (cd "$root" && timeout 60 dotnet tool restore) >"$log" 2>&1 </dev/null; then
    say "Engines: the second engine only (ClangSharp is not available from this package feed; tests compare the engine with ClangSharp's output)"
  # Its exit status is not 0 even for --version.
  elif ! grep -q 'clang version' <<<"$(cd "$work" && timeout 60 dotnet tool run ClangSharpPInvokeGenerator -- --version 2>&1 </dev/null)"; then
    say "Engines: the second engine only (ClangSharp was restored, but does not run on this machine)"
  else
    clangsharp=(dotnet tool run ClangSharpPInvokeGenerator --)
    say "Engines: ClangSharp (restored as a tool) and the second engine"
  fi
}

make_work_folder
trap 'say >&2; fail "interrupted"' INT TERM HUP
require_dotnet
say "Headers: $headers${version:+ (FAISS $version)}"
dotnet_quietly build "$root/generator" -c Release >"$log" || fail "the generator does not build"
[[ -n ${CLANG:-} ]] || generator clang >/dev/null 2>&1 || install_packages clang || true
clang=$(generator clang) || exit 1
find_clangsharp

# ---- ClangSharp

# Runs ClangSharp on each header, in a folder with nothing but the headers of the C API, and writes to $work/clangsharp.
run_clangsharp() {
  local c_api=$work/c_api name resources include=()
  mkdir "$c_api" "$work/clangsharp" "$work/failed"
  generator headers --headers "$headers" >"$work/headers"
  sed 1d "$work/headers" >"$work/names"
  tar -c -C "$(head -n 1 "$work/headers")" -T "$work/names" | tar -x -C "$c_api"
  sed 's/.*/#include "&"/' "$work/names" >"$c_api/umbrella.h"
  cp -- "$root/generator/header.txt" "$c_api/"
  # ClangSharp's libclang comes without the compiler's own headers, such as stddef.h.
  resources=$("$clang" -print-resource-dir 2>/dev/null) && include=(--include-directory "$resources/include")
  # shellcheck disable=SC2016
  env -C "$c_api" xargs -d '\n' -a "$work/names" -P "$(nproc)" -I '{}' bash -c '
    work=$1 header=$2 code=0
    name=$(basename "$header" .h)
    shift 2
    "$@" --file umbrella.h --traverse "$header" --output "$work/clangsharp/$name.g.cs" >"$work/$name.log" 2>&1 || code=$?
    # A status up to 125 is the number of warnings; a header without declarations gives no file.
    ((code == 0)) || { ((code < 126)) && [[ -s $work/clangsharp/$name.g.cs ]]; } || mv -- "$work/$name.log" "$work/failed/"
    ' - "$work" '{}' "${clangsharp[@]}" "@$root/generator/faiss.rsp" "${include[@]}" </dev/null
  name=$(find "$work/failed" -name '*.log' -print -quit)
  [[ -z $name ]] || { show_end "$name" >&2; fail "ClangSharp failed on $(basename "$name" .log).h"; }
}

options=()
if ((${#clangsharp[@]})); then
  run_clangsharp
  options+=(--compare "$work/clangsharp")
fi

# ---- the second engine, which writes the files

# Only the project's own bindings must hold the functions of all versions.
if [[ $output != "$bindings" ]]; then
  options+=(--older)
elif [[ -n $version ]]; then
  options+=(--faiss-version "$version" "${accepted[@]}")
fi
generator generate --headers "$headers" --output "$output" "${options[@]}" || fail "$(short "$output") is unchanged"
say "Written: $(short "$output")"
[[ $output == "$bindings" ]] || exit 0
generator extensions --headers "$headers" || fail "bindings/Extensions is unchanged"
say "Written: bindings/Extensions"

dotnet_quietly build "$root/bindings" -c Release >"$log" || fail "the files were written, but the bindings do not build"
generator verify --headers "$headers" --extensions "$root/native/extensions" || fail "the files were written, but the bindings do not agree with the headers"
