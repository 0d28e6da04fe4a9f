#!/bin/bash
# build-native.sh on a Mac: libfaiss_c.a and libfaiss_c.dylib for its own processor, built by cmake, Apple's clang and libtool, with
# Accelerate. It works with the tools of macOS alone: bash 3.2 and no GNU tools.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/scripts/lib/faiss-source.sh"
. "$root/scripts/lib/faiss-release.sh"
. "$root/scripts/lib/describe.sh"
. "$root/scripts/lib/osx.sh"
script=build-native

usage() {
  cat <<END
Usage: scripts/build-native.sh (--version V | --source DIR) [options]     (on a Mac)

Builds FAISS with its C API into native/runtimes/RID/native, where RID is osx-arm64 on Apple Silicon and osx-x64 on Intel:
libfaiss_c.dylib; libfaiss_c.a, which a program links with nothing else; and libfaiss_c.json, which describes them. A finished build
is reused until the scripts, the source or the compiler change. No Mac has run this yet: it was rehearsed on Linux with bash 3.2, BSD's tools and imitations of Apple's, and gave the
same archive as the build on Linux. scripts/check-osx.sh then runs programs with it.

  --version V         build this release of FAISS, such as $(newest_release); git clones it from FAISS_REPOSITORY (default: FAISS's
                      public repository) and its commit is verified
  --source DIR        build this FAISS tree ($oldest_faiss or newer)
  --openmp DIR        LLVM's source tree with the folders openmp and cmake; default: fetched by git, LLVM $openmp_version
  --output DIR        put the files there
  --force             build even if the library is up to date
  --print-source      print the folder that the release was cloned into, and exit
  --help              show this text
END
}

# ---- options

rid=osx-x64 release='' source_dir='' openmp='' output='' force='' print_source=''
[[ $(uname -m) != arm64 ]] || rid=osx-arm64
while [[ $# -gt 0 ]]; do
  case $1 in
    --rid | --version | --source | --openmp | --output | --opt-level)
      need_value "$@"
      case $1 in
        --rid) [[ $2 == "$rid" ]] || fail "--rid $2: this Mac can only build $rid" ;;
        --version) release=${2#v} ;;
        --source) source_dir=$2 ;;
        --openmp) openmp=$2 ;;
        --output) output=$2 ;;
        --opt-level) [[ $2 == generic || $2 == host ]] || fail "on a Mac only the SIMD level generic is built, not $2" ;;
      esac
      shift 2 ;;
    --rid=* | --version=* | --source=* | --openmp=* | --output=* | --opt-level=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --force) force=1; shift ;;
    --print-source) print_source=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -z $release || -z $source_dir ]] || misuse "use only one of --version and --source"
[[ -z $print_source || -n $release ]] || misuse "--print-source needs --version"
# Compiler flags and folders from the environment would change the library without changing its stamp.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR CMAKE_GENERATOR CMAKE_TOOLCHAIN_FILE CMAKE_BUILD_TYPE
unset SDKROOT MACOSX_DEPLOYMENT_TARGET CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH

# ---- tools and sources

: "${output:=$root/native/runtimes/$rid/native}"
osx_architectures
# /usr/bin/clang exists without the tools too, and would open a window that offers them.
if ! xcode-select -p >/dev/null 2>&1 || ! xcrun --find clang >/dev/null 2>&1; then
  fail "Xcode's command line tools are missing; install them with: xcode-select --install"
fi
command -v cmake >/dev/null || fail "cmake is missing; install it (https://cmake.org/download, or: brew install cmake)"
[[ -n $release || -n $source_dir ]] || explain_where_to_get_faiss "--version V or --source DIR is needed"
trap remove_scraps EXIT
[[ -z $release ]] || fetch_release "$release"
if [[ -n $print_source ]]; then say "$source_dir"; exit 0; fi
check_tree "$source_dir"
source_dir=$(cd "$source_dir" && pwd)
mkdir -p "$output"
output=$(cd "$output" && pwd)
log=$output/build-native.log

if [[ -z $openmp ]]; then
  openmp=$(cache_folder native)/source-llvm-$openmp_version
  if [[ ! -d $openmp ]]; then
    say "Fetching LLVM's openmp $openmp_version"
    mkdir -p "$(dirname "$openmp")"
    # Moved into its place when it is complete, so that an interrupt leaves no part of it there.
    scraps+=("$openmp.$$")
    if ! git -c advice.detachedHead=false clone --quiet --depth 1 --filter=blob:none --sparse --branch "llvmorg-$openmp_version" https://github.com/llvm/llvm-project "$openmp.$$" ||
      ! git -C "$openmp.$$" sparse-checkout set openmp cmake; then
      fail "LLVM's source cannot be fetched; check the network, or pass it with --openmp DIR"
    fi
    mv "$openmp.$$" "$openmp"
  fi
fi
[[ -f $openmp/openmp/CMakeLists.txt && -f $openmp/cmake/Modules/LLVMVersion.cmake ]] ||
  fail "--openmp $openmp: not LLVM's source (it needs the folders openmp and cmake of LLVM 19 or newer)"
openmp=$(cd "$openmp" && pwd)
openmp_notice="libomp: LLVM's openmp"

# Asked of xcrun, as PATH may contain other compilers of that name, such as Homebrew's.
cc=$(xcrun --find clang) cxx=$(xcrun --find clang++) SDKROOT=$(xcrun --sdk macosx --show-sdk-path)
export SDKROOT
compiler=$(xcrun clang --version | sed -n 1p) blas=Accelerate resolved_level=generic

# ---- a build that exists already

stamp=$({
  for part in scripts/lib/{build-on-mac,faiss-source,describe,osx}.sh native/{CMakeLists.txt,description.c,layouts.cpp,linked.cpp,threads.cpp,osx/link_with.h}; do
    cat "$root/$part"
  done
  cat "$root"/native/extensions/*
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
scraps+=("$work")
mkdir "$work/result"
: >"$log"
say "Building libfaiss_c.a libfaiss_c.dylib for $rid; the log is $log"
refuse() { show_end "$log" >&2; fail "$*; above is the end of the log $log"; }
osx_tool() { xcrun "$@"; }
trap 'refuse "a command in line $LINENO of scripts/lib/build-on-mac.sh failed"' ERR

jobs=$(($(sysctl -n hw.memsize) / 2000000000)) # the largest files of FAISS take 2 GB to compile
[[ $jobs -le $(sysctl -n hw.ncpu) ]] || jobs=$(sysctl -n hw.ncpu)
[[ $jobs -ge 1 ]] || jobs=1
flags="-g0 \"-ffile-prefix-map=$openmp/=\""
common=(-DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_OSX_DEPLOYMENT_TARGET="$macos_target" -DCMAKE_OSX_ARCHITECTURES="$apple_architecture"
  -DCMAKE_C_FLAGS="$flags" -DCMAKE_ASM_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags")
say "  libomp"
run cmake -S "$openmp/openmp" -B "$work/libomp" "${common[@]}" "${osx_libomp_options[@]}" -DLIBOMP_ARCH="$llvm_architecture"
run cmake --build "$work/libomp" --target omp -j "$jobs"
libomp=$work/libomp/runtime/src

say "  FAISS $version"
run cmake -S "$root/native" -B "$work/build" "${common[@]}" -DCMAKE_BUILD_TYPE=Release \
  -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL=generic -DLIBOMP_INCLUDE_DIR="$libomp"
run cmake --build "$work/build" --target compile -j "$jobs"

say "  link"
wrappers=$work/build/libfaiss_c_wrappers.a
xcrun nm -gU "$wrappers" 2>>"$log" | osx_exports | sed 's/^_//' | describe_library "$(osx_openmp)" xcrun clang
run xcrun clang -O2 -mmacosx-version-min="$macos_target" -I "$work" -c "$root/native/description.c" -o "$work/description.o"
run xcrun libtool -static -no_warning_for_no_symbols -o "$work/result/libfaiss_c.a" "$wrappers" "$work/build/libfaiss.a" "$libomp/libomp.a" "$work/description.o"
{ xcrun nm -gU "$wrappers" 2>>"$log" | osx_exports; say _faiss_sdk_description; } >"$work/exports"
run xcrun clang++ -dynamiclib -arch "$apple_architecture" -mmacosx-version-min="$macos_target" -install_name @rpath/libfaiss_c.dylib \
  -Wl,-exported_symbols_list,"$work/exports" -Wl,-dead_strip -Wl,-x -Wl,-all_load "$work/result/libfaiss_c.a" -o "$work/result/libfaiss_c.dylib"

# ---- check, describe, publish

osx_check
check_described
write_linked_inc "$root" "$work/exported" '' >"$work/linked.inc"
run xcrun clang++ -std=c++17 -O2 -fvisibility=hidden -mmacosx-version-min="$macos_target" -I "$work" -I "$source_dir" \
  -c "$root/native/linked.cpp" -o "$work/linked.o"
run xcrun libtool -static -no_warning_for_no_symbols -o "$work/libfaiss_c.a" "$work/result/libfaiss_c.a" "$work/linked.o"
mv "$work/libfaiss_c.a" "$work/result"
{
  notice "FAISS $version" "$source_dir/LICENSE"
  osx_notices
} >"$work/result/libfaiss_c.notices.txt"
rm -f "$output/libfaiss_c.stamp"
for file in libfaiss_c.a libfaiss_c.dylib libfaiss_c.notices.txt libfaiss_c.json; do
  scraps+=("$output/.$file.$$")
  run cp "$work/result/$file" "$output/.$file.$$"
  run mv -f "$output/.$file.$$" "$output/$file"
done
say "$stamp" >"$output/libfaiss_c.stamp"
say "libfaiss_c.a: FAISS $version, generic (built into $output)"
