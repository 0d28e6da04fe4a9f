#!/bin/bash
# build-native.sh on a Mac: libfaiss_c.a and libfaiss_c.dylib for osx-arm64 by cmake, Apple's clang and libtool, with Accelerate.
# What macOS brings must do: bash 3.2, no GNU tools.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
oldest_faiss=1.7.3
# shellcheck source=scripts/lib/osx-arm64.sh
. "$root/scripts/lib/osx-arm64.sh"
# shellcheck source=scripts/lib/linked.sh
. "$root/scripts/lib/linked.sh"

usage() {
  cat <<EOF
Usage: scripts/build-native.sh --source DIR [options]     (on a Mac)

Builds FAISS with its C API into native/runtimes/osx-arm64/native: libfaiss_c.dylib; libfaiss_c.a, which a program links with
nothing else; and libfaiss_c.json, which describes them. What was built is reused until the scripts, the source or the compiler
change. No Mac has run this yet: it was rehearsed on Linux, with bash 3.2, BSD's tools and imitations of Apple's, and gave what
the build on Linux gives. scripts/check-osx-arm64.sh then runs programs with it.

  --source DIR        build this FAISS tree ($oldest_faiss or newer)
  --openmp DIR        LLVM's source tree with the folders openmp and cmake; without it, git fetches those of LLVM $openmp_version
  --output DIR        put the result there
  --force             build even if it is up to date
  --help              this text
EOF
}
say() { printf '%s\n' "$*"; }
fail() { printf 'build-native: %s\n' "$*" >&2; exit 1; }
misuse() { fail "$*; see scripts/build-native.sh --help"; }

source_dir='' openmp='' output=$root/native/runtimes/osx-arm64/native force=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --rid | --source | --openmp | --output | --opt-level)
      [[ -n ${2:-} ]] || misuse "$1 needs a value"
      case $1 in
        --rid) [[ $2 == osx-arm64 ]] || fail "--rid $2: a Mac builds osx-arm64 only" ;;
        --source) source_dir=$2 ;;
        --openmp) openmp=$2 ;;
        --output) output=$2 ;;
        --opt-level) [[ $2 == generic || $2 == host ]] || fail "for osx-arm64 there is generic only" ;;
      esac
      shift 2 ;;
    --rid=* | --source=* | --openmp=* | --output=* | --opt-level=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --force) force=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR CMAKE_GENERATOR CMAKE_TOOLCHAIN_FILE CMAKE_BUILD_TYPE
unset SDKROOT MACOSX_DEPLOYMENT_TARGET CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH

# ---- what it needs

[[ $(uname -m) == arm64 ]] || fail "osx-arm64 is built on a Mac with Apple Silicon, or on Linux on x86_64, and this is $(uname -m)"
# /usr/bin/clang is there without the tools and asks for them in a window.
if ! xcode-select -p >/dev/null 2>&1 || ! xcrun --find clang >/dev/null 2>&1; then
  fail "Xcode's command line tools are missing; install them with: xcode-select --install"
fi
command -v cmake >/dev/null || fail "cmake is missing; install it (https://cmake.org/download, or: brew install cmake)"

[[ -n $source_dir ]] || fail "--source DIR is needed; get FAISS and build it:
  git clone --depth 1 https://github.com/facebookresearch/faiss
  scripts/build-native.sh --source faiss"
[[ -d $source_dir ]] || fail "--source $source_dir: there is no such folder"
version=$(perl -0777 -ne 'print $1 if /project\(faiss\b[^)]*\bVERSION\s+([0-9.]+)/' "$source_dir/CMakeLists.txt" 2>/dev/null) || true
[[ -n $version && -d $source_dir/c_api && -f $source_dir/faiss/CMakeLists.txt ]] ||
  fail "--source $source_dir: not a FAISS tree (it needs a CMakeLists.txt with project(faiss VERSION …), and the folders faiss and c_api)"
perl -e '@a = split /\./, shift; @b = split /\./, shift; for (0..2) { exit 0 if $b[$_] > $a[$_]; exit 1 if $b[$_] < $a[$_] }' "$oldest_faiss" "$version" ||
  fail "--source $source_dir: FAISS $version is too old; $oldest_faiss is the oldest whose C API the bindings know"
source_dir=$(cd "$source_dir" && pwd)
mkdir -p "$output"
output=$(cd "$output" && pwd)
log=$output/build-native.log
work='' fetched=''
# BSD's rm removes nothing where one name is empty.
trap 'rm -rf ${work:+"$work"} ${fetched:+"$fetched"} "$output"/.libfaiss_c.*.$$' EXIT

if [[ -z $openmp ]]; then
  openmp=${XDG_CACHE_HOME:-$HOME/.cache}/faiss-sdk/native/source-llvm-$openmp_version
  if [[ ! -d $openmp ]]; then
    say "Fetching LLVM's openmp $openmp_version"
    mkdir -p "$(dirname "$openmp")"
    # Beside its place first, so that an interrupt leaves no part of it.
    fetched=$openmp.$$
    if ! git -c advice.detachedHead=false clone --quiet --depth 1 --filter=blob:none --sparse --branch "llvmorg-$openmp_version" https://github.com/llvm/llvm-project "$fetched" ||
      ! git -C "$fetched" sparse-checkout set openmp cmake; then
      fail "LLVM's source cannot be fetched: check the network, or give it with --openmp DIR"
    fi
    mv "$fetched" "$openmp"
  fi
fi
[[ -f $openmp/openmp/CMakeLists.txt && -f $openmp/cmake/Modules/LLVMVersion.cmake ]] ||
  fail "--openmp $openmp: the folders openmp and cmake of LLVM's source (19 or newer) are not there"
openmp=$(cd "$openmp" && pwd)

# Not what else PATH has of that name, such as Homebrew's.
cc=$(xcrun --find clang) cxx=$(xcrun --find clang++) SDKROOT=$(xcrun --sdk macosx --show-sdk-path)
export SDKROOT
compiler=$(xcrun clang --version | sed -n 1p)
stamp=$({
  cat "$0" "$root/scripts/lib/osx-arm64.sh" "$root/scripts/lib/linked.sh" "$root/native/linked.cpp" "$root/native/CMakeLists.txt" "$root/native/layouts.cpp" "$root/native/threads.cpp" "$root/native/osx-arm64/link_with.h"
  bound_functions "$root"
  say "$compiler" "$openmp"
  (cd "$source_dir" && find faiss c_api cmake CMakeLists.txt -type f -print0 | sort -z | xargs -0 shasum -a 256)
} | shasum -a 256 | cut -d ' ' -f 1)
if [[ -z $force && -s $output/libfaiss_c.a && -s $output/libfaiss_c.dylib && $(cat "$output/libfaiss_c.stamp" 2>/dev/null) == "$stamp" ]]; then
  say "libfaiss_c.a: FAISS $version, generic (up to date)"
  exit 0
fi

# ---- build

work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-build.XXXXXX")
: >"$log"
say "Building libfaiss_c.a libfaiss_c.dylib for osx-arm64; the log is $log"
refuse() { tail -n 15 "$log" | sed 's/^/    /' >&2; fail "$*; the log ends as above, all of it is in $log"; }
run() {
  printf '\n$ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 || refuse "the command '$1' failed"
}
osx_tool() { xcrun "$@"; }
trap 'refuse "something failed that says no more"' ERR

jobs=$(($(sysctl -n hw.memsize) / 2000000000)) # the largest files of FAISS take 2 GB to compile
[[ $jobs -le $(sysctl -n hw.ncpu) ]] || jobs=$(sysctl -n hw.ncpu)
[[ $jobs -ge 1 ]] || jobs=1
flags="-g0 \"-ffile-prefix-map=$openmp/=\""
common=(-DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_OSX_DEPLOYMENT_TARGET="$macos_target" -DCMAKE_OSX_ARCHITECTURES=arm64 -DCMAKE_C_FLAGS="$flags" -DCMAKE_ASM_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags")
say "  libomp"
run cmake -S "$openmp/openmp" -B "$work/libomp" "${common[@]}" "${osx_libomp_options[@]}"
run cmake --build "$work/libomp" --target omp -j "$jobs"
libomp=$work/libomp/runtime/src

say "  FAISS $version"
run cmake -S "$root/native" -B "$work/build" "${common[@]}" -DCMAKE_BUILD_TYPE=Release \
  -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL=generic -DLIBOMP_INCLUDE_DIR="$libomp"
run cmake --build "$work/build" --target compile -j "$jobs"

say "  link"
wrappers=$work/build/libfaiss_c_wrappers.a
mkdir "$work/result"
run xcrun libtool -static -no_warning_for_no_symbols -o "$work/result/libfaiss_c.a" "$wrappers" "$work/build/libfaiss.a" "$libomp/libomp.a"
xcrun nm -gU "$wrappers" 2>>"$log" | osx_exports >"$work/exports"
run xcrun clang++ -dynamiclib -arch arm64 -mmacosx-version-min="$macos_target" -install_name @rpath/libfaiss_c.dylib \
  -Wl,-exported_symbols_list,"$work/exports" -Wl,-dead_strip -Wl,-x -Wl,-all_load "$work/result/libfaiss_c.a" -o "$work/result/libfaiss_c.dylib"

# ---- check and describe

osx_check
(
  cd "$source_dir/c_api"
  find . -path ./gpu -prune -o -name '*.h' ! -name '*_impl.h' -print | sort | sed 's/.*/#include "&"/' >"$work/umbrella.h"
  xcrun clang -E -P -x c -I . -I .. -I "$source_dir" "$work/umbrella.h"
) 2>>"$log" | perl -0777 -ne 's/\binline\b[^(]*\(//g; print "$1\n" while /\b(faiss_\w+)\s*\(/g' | sort -u >"$work/declared"
missing=$(comm -23 "$work/declared" "$work/exported" | sed 's/.*/"&"/' | paste -s -d , - | sed 's/,/, /g')
cat >"$work/result/libfaiss_c.json" <<EOF
{
  "faissVersion": "$version",
  "simdLevel": "generic",
  "blas": "Accelerate",
  "openmp": "$(osx_libomp_is)",
  "compiler": "$compiler",
  "rid": "osx-arm64",
  "missingFunctions": [$missing]
}
EOF
write_linked_inc "$root" "$work/exported" "$work/result/libfaiss_c.json" '' >"$work/linked.inc"
run xcrun clang++ -std=c++17 -O2 -fvisibility=hidden -mmacosx-version-min="$macos_target" -I "$work" -I "$source_dir" \
  -c "$root/native/linked.cpp" -o "$work/linked.o"
run xcrun libtool -static -no_warning_for_no_symbols -o "$work/libfaiss_c.a" "$work/result/libfaiss_c.a" "$work/linked.o"
mv "$work/libfaiss_c.a" "$work/result"
rm -f "$output/libfaiss_c.stamp"
{
  say "==== FAISS $version"
  cat "$source_dir/LICENSE" 2>/dev/null || say "Its licence is not in the tree that this was built from."
  say "==== libomp: LLVM's openmp"
  cat "$openmp/openmp/LICENSE.TXT"
} >"$work/result/libfaiss_c.notices.txt"
for file in libfaiss_c.a libfaiss_c.dylib libfaiss_c.notices.txt libfaiss_c.json; do
  run cp "$work/result/$file" "$output/.$file.$$"
  run mv -f "$output/.$file.$$" "$output/$file"
done
say "$stamp" >"$output/libfaiss_c.stamp"
say "libfaiss_c.a: FAISS $version, generic (built into $output)"
