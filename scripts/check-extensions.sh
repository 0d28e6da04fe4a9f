#!/usr/bin/env bash
# Checks our functions beside FAISS's C API (native/extensions): with sanitizers, under valgrind, and with headers of other FAISS versions.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/headers.sh"
. "$root/scripts/lib/faiss-source.sh"
. "$root/scripts/lib/linux.sh"

# Debian's suites that have a newer libfaiss-dev than the one whose source package is built by default.
suites=(trixie sid)

usage() {
  cat <<END
Usage: scripts/check-extensions.sh [options]

Checks the functions of native/extensions/faiss_sdk.h:
  (a) the C program in native/calls calls each of them
  (b) they compile with the headers of FAISS in Debian's suites $(printf '%s\n' "${suites[@]}" | list)
  (c) the program, which calls them with good and bad input, runs with the sanitizers of addresses and undefined behavior
  (d) it runs under valgrind, with the library of scripts/build-native.sh for any processor

  --source DIR  use this FAISS tree for (c) and (d); default: Debian's source package faiss
  --sanitize    in (c), compile all of FAISS with the sanitizers, not only our functions (about 10 minutes)
  --help        show this text

What was compiled is kept in the cache of scripts/build-native.sh, by a hash of the sources and the compiler.
Exit status 77: this machine cannot have the tools.
END
}

source='' build=() sanitize=''
while (($#)); do
  case $1 in
    --source) need_value "$@"; source=$(realpath -m -- "$2"); build=(--source "$source"); shift 2 ;;
    --sanitize) sanitize=all; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -z $source ]] || check_tree "$source"
[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable "the sanitizers and valgrind are used on Linux on x86_64; this is $(uname -sm)"
make_work_folder

extensions=$root/native/extensions header=$root/native/extensions/faiss_sdk.h calls=$root/native/calls
jobs=$(nproc)

# ---- (a) every function is called

sed -nE 's:^[^/]*\b(faiss_sdk_[a-z_]+)\(.*:\1:p' "$header" | sort -u >"$work/declared"
cat "$calls"/*.c | grep -oE '\bfaiss_sdk_[a-z_]+\(' | tr -d '(' | sort -u | comm -23 "$work/declared" - >"$work/missing"
[[ ! -s $work/missing ]] || { indent <"$work/missing"; refuse "(a) the program in native/calls does not call the functions above"; }
ok "(a) the program in native/calls calls all $(wc -l <"$work/declared") functions of faiss_sdk.h"

# ---- compiling

[[ -n $source ]] || source=$("$root/scripts/build-native.sh" --print-source) || exit
# FAISS's headers are included as system headers, so that their warnings do not hide ours.
include=(-include "$extensions/printing.hpp" -isystem "$source" -isystem "$source/c_api" -I "$extensions")
sanitizers=(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1)
rid=linux-x64
linux_target
command -v valgrind >/dev/null && command -v cmake >/dev/null && command -v g++ >/dev/null && [[ -e $openblas_dir/libopenblas.a ]] ||
  install_packages valgrind cmake make g++ libopenblas-openmp-dev ||
  unavailable "valgrind or a compiler is missing; install them with: sudo apt-get install valgrind cmake make g++ libopenblas-openmp-dev"

cache=$(cache_folder native)
if [[ -z $cache ]] || ! mkdir -p -- "$cache" 2>/dev/null || [[ ! -w $cache ]]; then cache=$work/cache; fi
compiler="$(g++ -dumpfullversion) ${sanitizers[*]} ${sanitize:-extensions}"
hash_of() { sha256sum | cut -d ' ' -f 1; }

# kept NAME HASH COMMAND…: sets NAME to a folder of the cache, into which the command has written, now or earlier.
kept() {
  local -n folder=$1
  folder=$cache/$2
  if [[ ! -d $folder ]]; then
    scraps+=("$folder.$$")
    mkdir -p -- "$folder.$$"
    "${@:3}" "$folder.$$"
    mv -T -- "$folder.$$" "$folder"
  fi
  touch -- "$folder"
}

# ---- (b) other versions

compile_all() { # compile_all OPTION… FOLDER: compiles the extensions to objects in the folder
  local to=${*: -1}
  find "$extensions" -name '*.cpp' -print0 |
    xargs -0 -P "$jobs" -I FILE sh -c 'file=$1 to=$2; shift 2; exec "$@" -c "$file" -o "$to/$(basename "$file" .cpp).o"' sh FILE "$to" \
      g++ -std=c++17 -fopenmp -Wall -Wextra -Werror "${@:1:$#-1}" >>"$log" 2>&1 || { show_end "$log"; refuse "the extensions do not compile"; }
}
check_headers() { compile_all -fsyntax-only -include "$extensions/printing.hpp" -isystem "$headers" -isystem "$headers/c_api" -I "$extensions" "$1"; }

versions=()
for suite in "${suites[@]}"; do
  headers=$(fetch_debian_headers "$suite") || { say "not run: (b) with Debian $suite"; continue; }
  headers=${headers%/c_api}
  # shellcheck disable=SC2034 # kept sets it
  kept checked "$({ say "$compiler"; cat "$headers/package" "$extensions"/*; } | hash_of)" check_headers
  versions+=("${headers##*-}")
done
((${#versions[@]} == 0)) || ok "(b) the extensions compile with the headers of FAISS $(printf '%s\n' "${versions[@]}" | list)"

# ---- (c) sanitizers

# Compiles FAISS and its C API for any processor.
build_archives() {
  local flags=() flag
  if [[ -n $sanitize ]]; then
    flag="${sanitizers[*]}"
    flags=(-DCMAKE_CXX_FLAGS="$flag" -DCMAKE_C_FLAGS="$flag")
  fi
  run cmake -S "$root/native" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DFAISS_SOURCE_DIR="$source" -DFAISS_OPT_LEVEL=generic "${flags[@]}"
  run cmake --build "$work/build" --target compile -j "$jobs"
  cp -- "$work/build"/libfaiss*.a "$1"
  rm -rf -- "$work/build"
}
build_program() {
  mkdir "$work/objects"
  compile_all -O1 "${sanitizers[@]}" "${include[@]}" "$work/objects"
  compile_program "$work/objects" -O1 "${sanitizers[@]}"
  say 'const char* faiss_sdk_description(void) { return "{ \"faissVersion\": \"\" }"; }' >"$work/description.c"
  # shellcheck disable=SC2034 # linux_link_openblas reads them
  faiss_archive=$archives/libfaiss.a wrappers=$archives/libfaiss_c_wrappers.a
  linux_link_openblas
  # Our objects are instrumented, so those in the archive are not taken.
  run g++ "${sanitizers[@]}" -fopenmp "$work/objects"/*.o -x c "$work/description.c" -x none "$wrappers" "$faiss_archive" "$work/openblas.o" -o "$1/extensions"
}
compile_program() { # compile_program FOLDER OPTION…: compiles the program to objects call_….o
  local file
  for file in "$calls"/*.c; do
    run gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror "${@:2}" "${include[@]:2}" -c "$file" -o "$1/call_$(basename "$file" .c).o"
  done
}
kept archives "$({ say "$compiler"; hash_of_tree "$source"; cat "$root/native/CMakeLists.txt" "$extensions/printing.hpp"; } | hash_of)" build_archives
kept sanitized "$({ say "$archives"; cat "$calls"/* "${BASH_SOURCE[0]}" "$extensions"/*; } | hash_of)" build_program

# Threads that wait must not spin: beside other programs, that takes many times as long.
export OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive
# holds NAME WHAT COMMAND…: runs the program in a folder of its own.
holds() {
  mkdir "$work/$1"
  timeout 900 "${@:3}" "$work/$1" >"$work/$1.log" 2>&1 || true
  [[ $(grep -v '^==' "$work/$1.log" | tail -n 1) == 'the extensions hold' ]] && ! grep -qE 'ERROR: |runtime error|FAULT' "$work/$1.log" ||
    { head -n 60 "$work/$1.log" | indent; refuse "$2"; }
}
holds sanitized "(c) the sanitizers find the fault above" env ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 "$sanitized/extensions"
ok "(c) the program runs with the sanitizers in ${sanitize:+FAISS and }our functions: $(kilobytes "$sanitized/extensions")"

# ---- (d) valgrind

run "$root/scripts/build-native.sh" "${build[@]}" --opt-level generic --output "$work/generic"
mkdir "$work/plain"
compile_program "$work/plain" -O1 -g
run gcc "$work/plain"/*.o "$work/generic/libfaiss_c.so" -Wl,-rpath,"$work/generic" -o "$work/extensions"
holds valgrind "(d) valgrind finds the fault above" valgrind -q --leak-check=full --show-leak-kinds=definite "$work/extensions"
! grep -E '^==[0-9]+== ' "$work/valgrind.log" | head -n 40 | indent | grep . || refuse "(d) valgrind finds the faults above"
ok "(d) it runs under $(valgrind --version) with FAISS $(field "$work/generic/libfaiss_c.json" faissVersion)"
