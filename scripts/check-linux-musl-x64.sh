#!/usr/bin/env bash
# Checks on Debian that libfaiss_c.so for linux-musl-x64 needs musl alone, and that C programs run with it under Debian's musl.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/absent.sh"
. "$root/scripts/lib/linux-musl-x64.sh"
. "$root/scripts/lib/simd-levels.sh"

usage() {
  cat <<END
Usage: scripts/check-linux-musl-x64.sh [options]

Builds libfaiss_c.so for linux-musl-x64 with scripts/build-native.sh and checks:
  (a) it exports the C API alone and needs musl's libc.so alone
  (b) native/kmeans.c and native/search.c run with it under Debian's musl, and OpenBLAS chooses its kernels by the processor
  (c) a program that loads it by dlopen gets an error in a second thread, and fills and searches an HNSW and an IVF index of a million
      vectors by four threads, whose stacks have 8 MB or what OMP_STACKSIZE names

  --source DIR   build this FAISS tree; default: Debian's source package faiss
  --output DIR   put the library there
  --level LEVEL  its SIMD level; default: generic, or in newer FAISS versions one that is chosen at run time
  --count N      the number of vectors of (c); default: 1000000
  --help         show this text

No C# runs here: .NET's runtime for musl needs Alpine's libstdc++ and libgcc_s, which Debian does not have.
Exit status 77: this machine cannot have the tools.
END
}

output=$root/native/runtimes/linux-musl-x64/native arguments=() vectors=1000000
while (($#)); do
  case $1 in
    --source | --output | --level | --count)
      need_value "$@"
      case $1 in
        --level) arguments+=(--opt-level "$2") ;;
        --count) vectors=$2 ;;
        --output) output=$2; arguments+=("$1" "$2") ;;
        *) arguments+=("$1" "$2") ;;
      esac
      shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ $vectors =~ ^[1-9][0-9]{3,7}$ ]] || misuse "--count $vectors is not a number from 1000 to 99999999"
[[ $output == /* ]] || output=$here/$output
[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable "programs for linux-musl-x64 need Linux on x86_64; this is $(uname -sm)"
command -v musl-gcc >/dev/null || install_packages musl-tools ||
  unavailable "musl and its compiler are missing; install them with: sudo apt-get install musl-tools"
make_work_folder

# ---- (a) the library

"$root/scripts/build-native.sh" --rid linux-musl-x64 "${arguments[@]}"
library=$output/libfaiss_c.so version=$(field "$output/libfaiss_c.json" faissVersion) level=$(field "$output/libfaiss_c.json" simdLevel)
musl_exports "$library" >"$work/exports"
! grep -v '^faiss_' "$work/exports" | indent | grep . || refuse "(a) the library exports the names above, which are not functions of the C API"
grep -qx faiss_sdk_description "$work/exports" || refuse "(a) the library lacks our own functions"
[[ $(musl_needs "$library") == libc.so ]] || { musl_needs "$library" | indent; refuse "(a) the library needs the libraries above; expected: libc.so"; }
ok "(a) FAISS $version for linux-musl-x64, $level: libfaiss_c.so of $(kilobytes "$library") exports $(wc -l <"$work/exports") functions, $(grep -c '^faiss_sdk_' "$work/exports") of them faiss_sdk_, and needs libc.so"
if ! cpu_has "$level"; then
  say "not run: (b) and (c) (this processor lacks instructions of the level $level)"
  exit 0
fi

# ---- (b) C programs

compile() { run musl-gcc -O2 -Wall -Wextra -Werror -std=c11 "${@:2}" -o "$work/$1"; } # compile PROGRAM OPTION…
compile kmeans "$root/native/kmeans.c" "$library" -Wl,-rpath,"$output"
# Functions that this FAISS lacks return an error, as in the archives of other platforms.
write_absent "$work/exports" "$root/native/search.c"
run musl-gcc -O2 -c "$lacking" -o "$work/absent.o"
compile search "${definitions[@]}" "$root/native/search.c" "$work/absent.o" "$library" -Wl,-rpath,"$output"
for program in kmeans search; do
  last='libfaiss_c.a runs'
  [[ $program == kmeans ]] || last='libfaiss_c searches'
  for threads in 1 4; do
    (cd "$work" && OMP_NUM_THREADS=$threads OPENBLAS_VERBOSE=2 timeout 300 "./$program") >"$work/$program.log" 2>&1 || true
    [[ $(tail -n 1 "$work/$program.log") == "$last" ]] || { show_end "$work/$program.log"; refuse "(b) native/$program.c does not run with $threads threads"; }
  done
done
expected='.+'
if cpu_has avx512; then expected=SkylakeX; elif cpu_has avx2; then expected='Haswell|Zen'; fi
kernels=$(sed -n 's/^Core: //p' "$work/kmeans.log")
[[ $kernels =~ ^($expected)$ ]] || refuse "(b) OpenBLAS chooses its kernels for '$kernels'; expected: $expected"
musl=$(dpkg-query -W -f '${Version}' musl 2>/dev/null || say 'of unknown version')
ok "(b) native/kmeans.c and native/search.c run under musl $musl with one thread and with four; OpenBLAS chooses its kernels for $kernels; the last prints"
grep -E '^(ok|FAULT)' "$work/search.log" | cut -c 8- | indent

# ---- (c) loaded by dlopen, threads and their stacks

compile check -rdynamic "$root/native/linux-musl-x64/check.c"
try() { # try COUNT MEGABYTES LIMIT [VARIABLE=VALUE]: runs the program with this ulimit -s; OpenMP's threads must have stacks of MEGABYTES
  (cd "$work" && ulimit -s "$3" && env OMP_NUM_THREADS=4 "${@:4}" timeout 1200 ./check "$library" "$1") >"$work/check.log" 2>&1 || true
  [[ $(tail -n 1 "$work/check.log") == 'libfaiss_c.so runs under musl' ]] || { show_end "$work/check.log"; refuse "(c) native/linux-musl-x64/check.c does not run with $1 vectors${4:+ and $4}"; }
  grep -qE "started [1-9][0-9]* threads with $2 MB of stack" "$work/check.log" || { show_end "$work/check.log"; refuse "(c) OpenMP's threads do not have $2 MB of stack"; }
}
started=$SECONDS
try "$vectors" 8 8192
ok "(c) loaded by dlopen, with an error in a second thread and OpenMP's threads with 8 MB of stack, indexes of $vectors vectors are filled and searched ($((SECONDS - started)) s):"
grep -E 'finds|started' "$work/check.log" | cut -c 8- | indent
try 10000 8 2048
try 10000 1 8192 OMP_STACKSIZE=1M
ok "(c) the stacks have 8 MB where the process has fewer (ulimit -s 2048), and 1 MB with OMP_STACKSIZE=1M"

say
say "Not run here: C# on musl, as .NET's runtime for it needs Alpine's libstdc++ and libgcc_s. On Alpine, scripts/check-platform.sh runs the tests."
