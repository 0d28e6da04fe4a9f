#!/usr/bin/env bash
# Builds FAISS with its C API from source: a shared library, a static one that needs nothing besides the system, and
# libfaiss_c.json, which describes both. native/README.md explains the parts.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
[[ $(uname -s) != Darwin ]] || exec /bin/bash "$root/scripts/lib/build-on-mac.sh" "$@"
. "$root/scripts/lib/steps.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/faiss-source.sh"
. "$root/scripts/lib/faiss-release.sh"
. "$root/scripts/lib/simd-levels.sh"
. "$root/scripts/lib/describe.sh"
. "$root/scripts/lib/store.sh"
# One file per platform. Each defines the functions that this script calls through on_platform.
. "$root/scripts/lib/zig.sh"
. "$root/scripts/lib/linux.sh"
. "$root/scripts/lib/linux-musl-x64.sh"
. "$root/scripts/lib/osx.sh"
. "$root/scripts/lib/win-x64-libraries.sh"
. "$root/scripts/lib/win-x64.sh"

oldest_cmake=3.24

usage() {
  cat <<END
Usage: scripts/build-native.sh [options]

Builds FAISS with its C API into native/runtimes/RID/native:
  libfaiss_c.so    the shared library (macOS: libfaiss_c.dylib, win-x64: faiss_c.dll)
  libfaiss_c.a     the static library; a program that links it needs only the C++ library besides (not for musl and Windows)
  libfaiss_c.json  their description
A finished build is reused until the scripts, the source, the options or the tools change.

linux-arm64 is cross-compiled by Debian's compilers, with OpenBLAS from Debian's packages for arm64.
linux-musl-x64 is cross-compiled by Zig ($zig_version, from npm), with Debian's OpenBLAS and libomp inside; scripts/check-linux-musl-x64.sh
runs programs with it under Debian's musl.
osx-arm64 and osx-x64 are cross-compiled on Debian by the same Zig; on a Mac, Apple's tools build its own. scripts/check-osx.sh shows
that the result of the cross-build links and that its code runs; only a Mac can show that it runs there. The build on a Mac was
rehearsed on Linux with imitations of Apple's tools.
win-x64 is cross-compiled on Debian by the same Zig, with libomp, LAPACK and OpenBLAS from Debian's sources inside;
scripts/check-win-x64.sh runs the result under wine.

  --rid RID           one of $(rids | list); default: linux-x64
  --version V         build this release of FAISS, such as $(newest_release); git clones it and its commit is verified
  --source DIR        build this FAISS tree ($oldest_faiss or newer); default: Debian's source package faiss
  --opt-level LEVEL   SIMD level, for x64: host (default: the highest level that both this processor and the FAISS version
                      have; other platforms than linux-x64: dd if there, else generic), generic, avx2 and, in newer FAISS versions, avx512, avx512_spr, dd
                      (chosen at run time)
  --output DIR        put the files there
  --force             build even if the library is up to date or in the cache
  --print-stamp       print the hash that identifies the library for these options, and exit
  --print-source      print the folder of FAISS's source that is built, which is fetched into the cache first, and exit
  --help              show this text

FAISS_REPOSITORY names the repository that --version clones (an address or file:///FOLDER); default: FAISS's public one. The commit
is compared with scripts/lib/faiss-releases.txt, whatever the repository.

Cache: \${XDG_CACHE_HOME:-~/.cache}/faiss-sdk/native
END
}

# ---- options

rid=linux-x64 release='' source_dir='' level=host output='' log='' force='' print_stamp='' print_source=''
while (($#)); do
  case $1 in
    --rid | --version | --source | --opt-level | --output)
      need_value "$@"
      case $1 in
        --rid) rid=$2 ;;
        --version) release=${2#v} ;;
        --source) source_dir=$2 ;;
        --opt-level) level=$2 ;;
        --output) output=$(realpath -m -- "$2"); log=$output/build-native.log ;;
      esac
      shift 2 ;;
    --rid=* | --version=* | --source=* | --opt-level=* | --output=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --force) force=1; shift ;;
    --print-stamp) print_stamp=1; shift ;;
    --print-source) print_source=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -z $release || -z $source_dir ]] || misuse "use only one of --version and --source"
[[ $level =~ ^[a-z0-9_]+$ ]] || misuse "--opt-level $level is not a SIMD level"
case $rid in
  linux-x64 | linux-arm64) platform=linux ;;
  linux-musl-x64) platform=musl ;;
  osx-arm64 | osx-x64) platform=osx ;;
  win-x64) platform=windows ;;
  *) misuse "--rid $rid is not supported; choose one of $(rids | list)" ;;
esac
on_platform() { "${platform}_$1"; }

[[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] ||
  fail "$rid can only be built on Linux on x86_64, and those for macOS also on a Mac; this is $(uname -s) on $(uname -m)"
: "${output:=$root/native/runtimes/$rid/native}" "${log:=$root/native/build-native.log}"
on_platform target

# Compiler flags from the environment would change the library without changing its stamp.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR CMAKE_GENERATOR CMAKE_TOOLCHAIN_FILE CMAKE_BUILD_TYPE

# ---- what is to be built, and with what

[[ -z $release ]] || fetch_release "$release"
if [[ -n $print_source && -n $source_dir ]]; then say "$source_dir"; exit 0; fi
if [[ -n $source_dir ]]; then
  check_tree "$source_dir"
  source_dir=$(cd "$source_dir" && pwd)
  resolve_level "$source_dir"
fi
tree=$source_dir codename=''
[[ -n $source_dir && $rid == linux-x64 ]] || codename=$(debian_codename)
[[ -n $source_dir || -n $codename ]] || explain_where_to_get_faiss "this is not Debian, so there is no source package"
on_platform require

install_dependencies
cmake_version=$(cmake --version | sed -n '1s/.* //p')
at_least "$oldest_cmake" "$cmake_version" || fail "cmake $cmake_version is too old; install cmake $oldest_cmake or newer"
on_platform identify # sets compiler and blas

# ---- a build that exists already

stamp=$(make_stamp "$level")
if [[ -n $print_stamp ]]; then say "$stamp"; exit 0; fi
[[ -n $print_source ]] || exit_if_up_to_date
open_store
if [[ -n $print_source ]]; then
  [[ -n $cache ]] || fail "--print-source keeps Debian's source in the cache, but $(cache_folder native) cannot be written; set XDG_CACHE_HOME"
  make_build_folder
  begin source
  fetch_from_debian
  clear_line
  say "$source_dir"
  exit 0
fi
exit_if_up_to_date "up to date, built by another run"
announce_replacement
exit_if_stored

# ---- build

start_work
begin source
if [[ -n $release ]]; then source_note="commit $(release_commit "$release")"; elif [[ -n $source_dir ]]; then source_note=$source_dir; else fetch_from_debian; fi
check_tree "$source_dir"
finish "FAISS $version, $source_note"
resolve_level "$source_dir"
on_platform build

begin check
on_platform check # writes $work/exported
if [[ -e $work/defined ]]; then
  check_described
else
  # A platform whose library does not contain its description.
  describe_library "$(on_platform openmp)" "${preprocessor[@]}" <"$work/exported"
fi
say "$stamp" >"$work/result/libfaiss_c.stamp"
{
  notice "FAISS $version" "$source_dir/LICENSE"
  on_platform notices
} >"$work/result/libfaiss_c.notices.txt"
finish "$(wc -l <"$work/exported") functions, $(wc -l <"$work/missing") that the headers declare are missing"
on_platform archive

store
publish "$work/result" "$output"
say "$library: $(summary "$output") (built in $(elapsed) into $(short "$output"))"
