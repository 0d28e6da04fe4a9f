#!/usr/bin/env bash
# Builds FAISS with its C API from source: a shared library and a static one that holds all it needs, libfaiss_c.so or .dylib
# and libfaiss_c.a, and libfaiss_c.json, which describes them.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[[ $(uname -s) != Darwin ]] || exec /bin/bash "$root/scripts/lib/build-on-mac.sh" "$@"
rid=linux-x64
oldest_faiss=1.7.3
oldest_cmake=3.24
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/linked.sh
. "$root/scripts/lib/linked.sh"
# shellcheck source=scripts/lib/linux.sh
. "$root/scripts/lib/linux.sh"
# shellcheck source=scripts/lib/osx-arm64.sh
. "$root/scripts/lib/osx-arm64.sh"

usage() {
  cat <<EOF
Usage: scripts/build-native.sh [options]

Builds FAISS with its C API into native/runtimes/RID/native: libfaiss_c.so (libfaiss_c.dylib for osx-arm64); libfaiss_c.a,
which a program links with nothing else but C++'s library; and libfaiss_c.json. What was built is reused until the
scripts, the source, the options or the tools change.

linux-arm64 is cross-compiled by Debian's compilers, with OpenBLAS from its packages for arm64.
osx-arm64 is built on Linux by Zig ($zig_version, from npm), and on a Mac by Apple's tools. What comes from Linux is proven to
link, and its code to run in an emulator (scripts/check-osx-arm64.sh); that it runs on a Mac only a Mac can show. The way on a
Mac was rehearsed on Linux, with imitations of Apple's tools.

  --rid RID           linux-x64 (default), linux-arm64 or osx-arm64
  --source DIR        build this FAISS tree ($oldest_faiss or newer); without it, Debian's source package faiss
  --opt-level LEVEL   host (default: the highest level of this processor that the FAISS version has), generic, avx2,
                      or, where the FAISS version has them, avx512, avx512_spr, dd (chosen at run time);
                      for the others there is generic only
  --output DIR        put the library there
  --force             build even if the library is up to date or in the cache
  --print-stamp       print what identifies the library that these options give, and stop
  --help              this text

Cache: \${XDG_CACHE_HOME:-~/.cache}/faiss-sdk/native
EOF
}

say() { printf '%s\n' "$*"; }
fail() { printf 'build-native: %s\n' "$*" >&2; exit 1; }
# For what this machine cannot have, which is no fault of the script or the source.
unavailable() { printf 'build-native: %s\n' "$*" >&2; exit 77; }
misuse() { printf 'build-native: %s\n' "$*" >&2; say "Try scripts/build-native.sh --help" >&2; exit 2; }

# ---- options

source_dir='' level=host output='' log='' force='' print_stamp=''
while (($#)); do
  case $1 in
    --rid | --source | --opt-level | --output)
      [[ -n ${2:-} ]] || misuse "$1 needs a value"
      case $1 in
        --rid) rid=$2 ;;
        --source) source_dir=$2 ;;
        --opt-level) level=$2 ;;
        --output) output=$(realpath -m -- "$2"); log=$output/build-native.log ;;
      esac
      shift 2 ;;
    --rid=* | --source=* | --opt-level=* | --output=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --force) force=1; shift ;;
    --print-stamp) print_stamp=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done

[[ $rid == linux-x64 || $rid == linux-arm64 || $rid == osx-arm64 ]] || misuse "--rid $rid: there are linux-x64, linux-arm64 and osx-arm64"
[[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] ||
  fail "$rid is built on Linux on x86_64 only for now, and this is $(uname -s) on $(uname -m)"
library=libfaiss_c.so files=(libfaiss_c.so libfaiss_c.a libfaiss_c.notices.txt libfaiss_c.json)
linux_target "$rid"
if [[ $rid == osx-arm64 ]]; then library=libfaiss_c.a files=(libfaiss_c.a libfaiss_c.dylib libfaiss_c.notices.txt libfaiss_c.json); fi
: "${output:=$root/native/runtimes/$rid/native}" "${log:=$root/native/build-native.log}"

# Flags for a compiler that come with the environment would go into the library, but not into its stamp.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR CMAKE_GENERATOR CMAKE_TOOLCHAIN_FILE CMAKE_BUILD_TYPE

# ---- what goes wrong, and what must not stay behind

work='' child='' step='' started=$SECONDS scraps=()

stop_child() {
  [[ -n $child ]] || return 0
  kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=''
}
clean_up() {
  stop_child
  [[ -z $work ]] || scraps+=("$work")
  # A compiler that dies slowly may still write.
  ((${#scraps[@]} == 0)) || rm -rf -- "${scraps[@]}" 2>/dev/null || { sleep 1; rm -rf -- "${scraps[@]}"; }
}
trap clean_up EXIT
trap 'say >&2; say "build-native: interrupted; what was there before is untouched" >&2; exit 130' INT
trap 'exit 143' TERM HUP

elapsed() {
  local s=$((SECONDS - ${1:-$started}))
  if ((s < 60)); then printf '%d s' "$s"; else printf '%d min %02d s' $((s / 60)) $((s % 60)); fi
}

short() { say "${1#"$PWD"/}"; }

clear_line() { [[ ! -t 1 ]] || printf '\r\033[K'; }

describe_failure() {
  clear_line
  {
    say "build-native: the step '$step' failed; the end of $(short "$log"):"
    tail -n 15 -- "$log" | cut -c 1-300 | sed 's/^/    /'
    case $step in
      dependencies | source | libraries) grep -qE 'Could not resolve|Temporary failure|Unable to connect|Failed to fetch' "$log" &&
        say "The package server cannot be reached: check the network, or give a FAISS tree with --source DIR." ;;
      compile) grep -qE 'Killed|out of memory|cannot allocate' "$log" &&
        say "Memory ran out: close something, or add swap." ;;
      toolchain | 'LLVM source') grep -qE 'Could not resolve|Temporary failure|Unable to connect|Failed to fetch|npm .*(E[A-Z]+|network)' "$log" &&
        say "The package servers of npm and Debian are needed the first time: check the network, or npm's configured registry." ;;
      configure) say "If a tool or a library is missing: sudo apt-get install ${packages[*]}" ;;
    esac
  } >&2 || true
  [[ $rid-$step != *-arm64-@(dependencies|libraries|toolchain|LLVM source) || -n ${refused:-} ]] || exit 77
  exit 1
}

refused=''
refuse() { refused=1; say "$*" >>"$log"; describe_failure; }

begin() { step=$1 step_started=$SECONDS; [[ ! -t 1 ]] || printf '  %-13s' "$step"; }
finish() {
  clear_line
  printf '  %-13s%s (%s)\n' "$step" "$1" "$(elapsed "$step_started")"
}

# Runs a command of the current step: its output goes to the log, its progress to the terminal.
run() {
  local mark done=0 total percent shown=0
  printf '\n$ %s\n' "$*" >>"$log"
  # A process group of its own, so that an interrupt stops all of it, also below a build tool.
  setsid "$@" >>"$log" 2>&1 </dev/null &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    [[ $step == compile ]] || continue
    mark=$(tail -c 4000 -- "$log" | grep -oE '^\[( *[0-9]+%|[0-9]+/[0-9]+)\]' | tail -n 1 | tr -d '[] %') || continue
    done=${mark%/*} total=100
    [[ $mark != */* ]] || total=${mark#*/}
    percent=$((done * 100 / total))
    if [[ -t 1 ]]; then
      printf '\r\033[K  %-13s%3d %% (%s)' "$step" "$percent" "$(elapsed "$step_started")"
    elif ((percent / 10 > shown / 10 && percent < 100)); then
      shown=$percent
      printf '  %-13s%3d %% (%s)\n' "$step" "$percent" "$(elapsed "$step_started")"
    fi
  done
  local code=0
  wait "$child" || code=$?
  child=''
  ((code == 0)) || describe_failure
}

# ---- a given source: is it one?

at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; } # at_least OLDEST VERSION

version_of() { sed -n '/^project(faiss\b/,/)/ s/.*\bVERSION *\([0-9][0-9.]*\).*/\1/p' "$1/CMakeLists.txt" 2>/dev/null | head -n 1 || true; }

levels_of() {
  say generic
  [[ $rid == linux-x64 ]] || return 0
  sed -n 's/^ *add_library(faiss_\(avx[a-z0-9_]*\).*/\1/p' "$1/faiss/CMakeLists.txt"
  if grep -q 'FAISS_OPT_LEVEL STREQUAL "dd"' "$1/faiss/CMakeLists.txt"; then say dd; fi
}

check_tree() {
  [[ -d $1 ]] || fail "--source $1: there is no such folder"
  version=$(version_of "$1")
  [[ -n $version && -d $1/c_api && -f $1/faiss/CMakeLists.txt ]] ||
    fail "--source $1: not a FAISS tree (it needs a CMakeLists.txt with project(faiss VERSION …), and the folders faiss and c_api)"
  at_least "$oldest_faiss" "$version" ||
    fail "--source $1: FAISS $version is too old; $oldest_faiss is the oldest whose C API the bindings know"
}

if [[ -n $source_dir ]]; then
  check_tree "$source_dir"
  source_dir=$(cd "$source_dir" && pwd)
fi

# ---- which SIMD level

cpu_flags=" $(sed -n '/^flags/ { s/^[^:]*: //p; q }' /proc/cpuinfo) "
features_of() { # what a level needs of the processor, as /proc/cpuinfo names it
  case $1 in
    avx2) say avx2 fma f16c popcnt bmi2 ;;
    avx512) say "$(features_of avx2)" avx512f avx512cd avx512vl avx512dq avx512bw ;;
    avx512_spr) say "$(features_of avx512)" avx512_vnni avx512_vpopcntdq avx512_fp16 avx512_bf16 ;;
  esac
}
cpu_has() {
  local feature
  for feature in $(features_of "$1"); do [[ $cpu_flags == *" $feature "* ]] || return 1; done
}
by_height='avx512_spr avx512 avx2 generic'

check_level() { # of a tree; sets resolved_level
  local has candidate
  has=$(levels_of "$1" | sort -u | tr '\n' ' ')
  if [[ $level == host && $rid != linux-x64 ]]; then
    resolved_level=generic
  elif [[ $level == host ]]; then
    for candidate in $by_height; do
      [[ " $has" != *" $candidate "* ]] || ! cpu_has "$candidate" || break
    done
    resolved_level=$candidate
  else
    [[ " $has" == *" $level "* || $rid == linux-x64 ]] || fail "for $rid there is no level $level, only generic"
    [[ " $has" == *" $level "* ]] || fail "FAISS $version has no level $level; it has: host ${has% }"
    cpu_has "$level" || say "Warning: this processor lacks what $level needs; the library will not run here." >&2
    resolved_level=$level
  fi
}

[[ -z $source_dir ]] || check_level "$source_dir"
[[ $level =~ ^[a-z0-9_]+$ ]] || misuse "--opt-level $level is no level"

# ---- where the source comes from without --source

codename=''
[[ -n $source_dir && $rid == linux-x64 ]] || codename=$(debian_codename)

say_where_to_get_faiss() {
  local newest
  newest=$(sed -n 's:.*<FaissVersion>\(.*\)</FaissVersion>.*:\1:p' "$root/Directory.Build.props" 2>/dev/null | head -n 1)
  {
    say "build-native: $1; get FAISS and build it:"
    say "  git clone --depth 1 ${newest:+--branch v$newest }https://github.com/facebookresearch/faiss"
    say "  scripts/build-native.sh --source faiss"
  } >&2
  exit 1
}

[[ -n $source_dir || -n $codename ]] || say_where_to_get_faiss "this is no Debian, so there is no source package"
[[ $rid != osx-arm64 || -n $codename ]] ||
  unavailable "osx-arm64 is built on Debian, for libomp comes from its source package llvm-toolchain-19; or on a Mac"
[[ $rid != linux-arm64 || -n $codename ]] ||
  unavailable "linux-arm64 is built on Debian, for OpenBLAS comes from its packages for arm64"

# ---- dependencies

packages=(cmake make g++ libopenblas-openmp-dev)
[[ $rid != linux-arm64 ]] || packages=(cmake make g++-aarch64-linux-gnu)
[[ -n $source_dir ]] || packages+=(dpkg-dev)

[[ $rid != osx-arm64 ]] || packages=("${osx_packages[@]}")

missing_packages() {
  if [[ $rid == osx-arm64 ]]; then osx_missing_packages; return; fi
  linux_missing_packages
  [[ -n $source_dir ]] || command -v dpkg-source >/dev/null || say dpkg-dev
}

start_log() {
  [[ -z ${log_started:-} ]] || return 0
  log_started=1
  mkdir -p -- "$(dirname -- "$log")"
  : >"$log"
}

lacking() { if [[ $rid != linux-x64 ]]; then unavailable "$@"; else fail "$@"; fi; }

install_dependencies() {
  local missing sudo=()
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    lacking "missing here: ${missing[*]} (these are Debian's package names); install them and try again"
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
      lacking "something is missing here; install it with: sudo apt-get install ${missing[*]}"
    fi
    sudo=(sudo -n)
  fi
  start_log
  begin dependencies
  run "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update
  run "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    install -y --no-install-recommends "${missing[@]}"
  finish "installed ${missing[*]}"
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || lacking "still missing after the installation: ${missing[*]}"
}
[[ $rid != osx-arm64 ]] || osx_require_npm
install_dependencies

cmake_version=$(cmake --version | sed -n '1s/.* //p')
at_least "$oldest_cmake" "$cmake_version" || fail "cmake $oldest_cmake or newer is needed, and this is $cmake_version"
if [[ $rid == linux-arm64 ]]; then
  compiler="${tools}g++ $("${tools}g++" -dumpfullversion)" blas="OpenBLAS of Debian $codename"
elif [[ $rid == linux-x64 ]]; then
  compiler="g++ $(g++ -dumpfullversion)" blas="OpenBLAS $(linux_openblas_version) (OpenMP)"
else
  compiler="zig $zig_version" blas=Accelerate
fi

blas_identity=$blas

# ---- is it there already?

hash_of_tree() {
  (cd "$1" && find faiss c_api cmake CMakeLists.txt -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

tree=$source_dir
make_stamp() { # make_stamp LEVEL
  local source_identity level_identity=$1 candidate
  if [[ -n $tree ]]; then
    source_identity="tree $(hash_of_tree "$tree")" level_identity=$resolved_level
  else
    # Decided without a network: within a Debian release, the package and so its levels stay what they are, and what
    # lib/apt.sh fetches with them.
    source_identity="debian $codename faiss"
    if [[ $1 == host && $rid == linux-x64 ]]; then
      for candidate in $by_height; do ! cpu_has "$candidate" || break; done
      level_identity="host $candidate"
    fi
  fi
  {
    sha256sum <"$root/scripts/build-native.sh"
    sha256sum <"$root/native/CMakeLists.txt"
    sha256sum <"$root/native/layouts.cpp"
    sha256sum <"$root/native/linked.cpp"
    sha256sum <"$root/native/threads.cpp"
    sha256sum <"$root/scripts/lib/linked.sh"
    bound_functions "$root"
    say "$rid" "$source_identity" "$level_identity" "$compiler" "$blas_identity"
    if [[ $rid == linux-* ]]; then
      sha256sum <"$root/scripts/lib/linux.sh"
      sha256sum <"$root/native/faiss_c.map"
      sha256sum <"$root/native/linux/openblas.c"
    else
      sha256sum <"$root/scripts/lib/osx-arm64.sh"
      sha256sum <"$root/native/osx-arm64/link_with.h"
      say "openmp of $codename" "llvm $(osx_llvm_version)"
    fi
  } | sha256sum | cut -d ' ' -f 1
}

stamp=$(make_stamp "$level")
if [[ -n $print_stamp ]]; then say "$stamp"; exit 0; fi

field() { sed -n 's/^  "'"$2"'": "\(.*\)",\{0,1\}$/\1/p' "$1" 2>/dev/null | head -n 1; }
what_is_in() { say "FAISS $(field "$1/libfaiss_c.json" faissVersion), $(field "$1/libfaiss_c.json" simdLevel)"; }
is_whole() {
  local file
  for file in "${files[@]}"; do [[ -s $1/$file ]] || return 1; done
}

exit_if_up_to_date() {
  [[ -z $force ]] && is_whole "$output" && [[ $(cat "$output/libfaiss_c.stamp" 2>/dev/null) == "$stamp" ]] || return 0
  say "$library: $(what_is_in "$output") (${1:-up to date})"
  exit 0
}
exit_if_up_to_date

# ---- one at a time, and the cache

mkdir -p -- "$output"
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
cache=${cache:+$cache/faiss-sdk/native}
locks=$cache/locks
if [[ -z $cache ]] || ! mkdir -p -- "$cache" "$locks" 2>/dev/null || [[ ! -w $cache ]]; then
  cache='' locks=${TMPDIR:-/tmp}/faiss-sdk-locks-$UID
  mkdir -p -- "$locks"
fi

lock() { # lock DESCRIPTOR NAME
  flock -n "$1" || { say "Another build of $2 is running; waiting for it."; flock "$1"; }
}
exec 8>"$locks/output-$(printf %s "$output" | sha256sum | cut -c 1-16)" 9>"$locks/stamp-${stamp:0:16}"
lock 8 "$(short "$output")"
exit_if_up_to_date "up to date, built by another run"
lock 9 "the same library"

publish() { # publish FOLDER WHERE: the files appear whole, and a process that has the old library mapped keeps it
  local file
  mkdir -p -- "$2"
  for file in "${files[@]}" libfaiss_c.stamp; do
    scraps+=("$2/.$file.$$")
    cp -- "$1/$file" "$2/.$file.$$"
  done
  trap '' INT TERM HUP
  rm -f -- "$2/libfaiss_c.stamp"
  for file in "${files[@]}" libfaiss_c.stamp; do mv -f -- "$2/.$file.$$" "$2/$file"; done
}

if [[ -z $force ]] && is_whole "$output"; then
  from="Debian's FAISS"
  [[ -z $source_dir ]] || from="FAISS $version"
  say "$library: $(what_is_in "$output") is there, of another source or made otherwise; now $from, level $level, takes its place"
fi

if [[ -z $force && -n $cache ]] && is_whole "$cache/$stamp" && [[ $(cat "$cache/$stamp/libfaiss_c.stamp") == "$stamp" ]]; then
  touch -- "$cache/$stamp"
  publish "$cache/$stamp" "$output"
  say "$library: $(what_is_in "$output") (from the cache)"
  exit 0
fi

# ---- source

work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-build.XXXXXX")
chmod 755 "$work" # apt reads its lists as a user of its own
start_log
say "Building ${files[*]:0:2} for $rid; the log is $(short "$log")"
step=dependencies step_started=$SECONDS
finish "cmake $cmake_version, $compiler, $blas"

why_apt_did_not() { sed -n '/^\$ sh -c apt-get -c /,$p' "$log" | why_no_package; }

fetch_from_debian() {
  local apt="$work/apt" kept="${cache:+$cache/source-debian-$codename}"
  if [[ -z $force && -n $kept && -d $kept ]]; then
    source_dir=$kept source_note="kept from an earlier build"
    return
  fi
  private_apt "$apt" deb-src "$codename" ||
    say_where_to_get_faiss "no package source of Debian $codename is set up here"
  # A mirror that serves a part only is no reason to stop: what counts is whether the package is there.
  run sh -c 'apt-get -c "$1" update || true' sh "$apt/apt.conf"
  keep_debian_lists "$apt"
  if ! apt-cache -c "$apt/apt.conf" showsrc faiss 2>>"$log" | grep '^Package: faiss$' >>"$log"; then
    clear_line
    say_where_to_get_faiss "Debian $codename's source package faiss cannot be had ($(why_apt_did_not), see $(short "$log"))"
  fi
  run sh -c 'cd "$1/download" && apt-get -c "$1/apt.conf" source --download-only faiss' sh "$apt"
  # apt has compared the files with the signed lists; the maintainer's own signature needs keys that are seldom there.
  run dpkg-source --no-check -x "$apt"/download/*.dsc "$work/source"
  source_dir=$work/source source_note="from Debian $codename"
  if [[ -n $kept ]]; then
    scraps+=("$kept.$$")
    rm -rf -- "$kept"
    cp -r -- "$source_dir" "$kept.$$"
    mv -T -- "$kept.$$" "$kept"
  fi
}

begin source
if [[ -n $source_dir ]]; then source_note=$source_dir; else fetch_from_debian; fi
check_tree "$source_dir"
finish "FAISS $version, $source_note"
check_level "$source_dir"

# ---- build

memory=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
container_memory=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || true
if [[ $container_memory =~ ^[0-9]+$ ]] && ((container_memory / 1048576 < memory)); then
  memory=$((container_memory / 1048576))
fi
jobs=$((memory / 2000)) # the largest files of FAISS take 2 GB to compile
if ((jobs > $(nproc))); then jobs=$(nproc); fi
if ((jobs < 1)); then jobs=1; fi

generator='Unix Makefiles'
! command -v ninja >/dev/null || generator=Ninja

mkdir -p "$work/result"

if [[ $rid == linux-* ]]; then
  linux_fetch_arm64
  [[ $rid == linux-x64 ]] || blas="OpenBLAS $(linux_openblas_version) (OpenMP)"
  linux_compile
  linux_link
else
  osx_toolchain
  osx_compile
  osx_link
fi

# ---- check and describe

begin check
if [[ $rid == linux-* ]]; then linux_check; else osx_check; fi

preprocessor=${tools}gcc
[[ $rid == linux-* ]] || preprocessor=$work/bin/cc
# The headers declare many functions by macros, so the preprocessor's word counts; what they define inline is not missed.
(
  cd "$source_dir/c_api"
  find . -path ./gpu -prune -o -name '*.h' ! -name '*_impl.h' -print | sort | sed 's/.*/#include "&"/' >"$work/umbrella.h"
  "$preprocessor" -E -P -x c -I . -I .. -I "$source_dir" "$work/umbrella.h" 2>>"$log"
) >"$work/declarations" || refuse "the headers of the C API cannot be read"
tr '\n' ' ' <"$work/declarations" | sed 's/\<inline\>[^(]*(//g' | grep -oE '\bfaiss_\w+\s*\(' | tr -d ' (\t' | sort -u >"$work/declared"
comm -23 "$work/declared" "$work/exported" >"$work/missing"

if [[ $rid == linux-* ]]; then openmp_is=$(linux_libgomp_is); else openmp_is=$(osx_libomp_is); fi

quoted() { local s=${1//\\/\\\\}; printf '"%s"' "${s//\"/\\\"}"; }
say "$stamp" >"$work/result/libfaiss_c.stamp"
{
  say "{"
  say "  \"faissVersion\": $(quoted "$version"),"
  say "  \"simdLevel\": $(quoted "$resolved_level"),"
  say "  \"blas\": $(quoted "$blas"),"
  say "  \"openmp\": $(quoted "$openmp_is"),"
  say "  \"compiler\": $(quoted "$compiler"),"
  say "  \"rid\": $(quoted "$rid"),"
  [[ $rid == linux-x64 ]] || say '  "crossCompiled": true,'
  say "  \"missingFunctions\": [$(sed 's/.*/"&"/' "$work/missing" | paste -s -d , | sed 's/,/, /g')]"
  say "}"
} >"$work/result/libfaiss_c.json"
{
  printf '==== FAISS %s\n\n' "$version"
  cat -- "$source_dir/LICENSE" 2>>"$log" || say "Its licence is not in the tree that this was built from."
  if [[ $rid == linux-* ]]; then linux_notices; else osx_notices; fi
} >"$work/result/libfaiss_c.notices.txt"
finish "$(wc -l <"$work/exported") functions, $(wc -l <"$work/missing") of the headers missing"

if [[ $rid == linux-* ]]; then linux_archive; else osx_archive; fi

# ---- publish

keep_in_cache() { # keep_in_cache STAMP
  scraps+=("$cache/.$1.$$")
  mkdir -p -- "$cache/.$1.$$"
  cp -- "$work"/result/* "$cache/.$1.$$"
  say "$1" >"$cache/.$1.$$/libfaiss_c.stamp"
  rm -rf -- "${cache:?}/$1"
  mv -T -- "$cache/.$1.$$" "$cache/$1"
}
if [[ -n $cache ]]; then
  find "$cache" -mindepth 1 -maxdepth 1 -type d -name '[0-9a-f]*' -mtime +60 -exec rm -rf -- {} +
  keep_in_cache "$stamp"
  # What the host's level was found to be can also be asked for by its name.
  by_name=$(make_stamp "$resolved_level")
  [[ $by_name == "$stamp" ]] || keep_in_cache "$by_name"
fi
publish "$work/result" "$output"
say "$library: $(what_is_in "$output") (built in $(elapsed) into $(short "$output"))"
