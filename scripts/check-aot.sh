#!/usr/bin/env bash
# Publishes tests/FaissSdk.AotSample by NativeAOT for linux-x64, with FAISS linked in and with the shared library, and runs both.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"

goal=30 # milliseconds from the start of the program to the end of its first search

usage() {
  cat <<END
Usage: scripts/check-aot.sh [--library DIR]

Publishes the NativeAOT sample for linux-x64, once with FAISS linked in and once with the shared library, and checks that neither
gives a warning, that both run, that the median time to the end of a first search is below $goal ms, that OpenBLAS chooses its
kernels by the processor's features, and that a program for a SIMD level reports a processor without it.

  --library DIR   use the libfaiss_c.a and libfaiss_c.so in DIR (default: native/runtimes/linux-x64/native)
  --help          show this text
END
}

library=$root/native/runtimes/linux-x64/native
while (($#)); do
  case $1 in
    --library) need_value "$@"; library=$(realpath -- "$2"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -s $library/libfaiss_c.a ]] || fail "$library has no libfaiss_c.a; run scripts/build-native.sh"
require_dotnet
make_work_folder
level=$(field "$library/libfaiss_c.json" simdLevel)

publish() { # publish NAME OPTION…
  local started=$SECONDS
  dotnet publish "$root/tests/${project:-FaissSdk.AotSample}" -c Release -r linux-x64 -o "$work/$1" -nologo "${@:2}" >"$work/$1.log" 2>&1 ||
    { build_errors "$work/$1.log"; refuse "$1: publishing failed"; }
  ! grep -E 'warning [A-Z]' "$work/$1.log" | sort -u | indent | grep . || refuse "$1: publishing gives the warnings above"
  ok "$1: published without a warning in $((SECONDS - started)) s, $(kilobytes "$work/$1/${program:-aot-sample}")"
}
run_sample() { # run_sample NAME COMMAND…
  run_as "$@"
  indent <"$work/$1.log"
}
first_search() { # first_search COMMAND…: prints the milliseconds of 21 runs, sorted; a run before them warms up
  local i start
  for i in $(seq 22); do
    start=$(date +%s%N)
    "$@" --first-search || return 1
    ((i == 1)) || say "$(($(date +%s%N) - start))"
  done | sort -n | awk '{ printf "%.1f\n", $1 / 1e6 }'
}
check_first_search() { # check_first_search NAME COMMAND…
  local times
  mapfile -t times < <(first_search "${@:2}")
  ((${#times[@]} == 21)) || refuse "$1: the first search fails"
  ok "$1: start to the end of a first search in ${times[0]} ms at best, ${times[10]} ms in the median, ${times[20]} ms at worst (goal: $goal)"
  awk -v median="${times[10]}" -v goal="$goal" 'BEGIN { exit !(median < goal) }' || refuse "$1: the first search takes longer than $goal ms in the median"
}

# ---- with FAISS linked in

say "FAISS $(field "$library/libfaiss_c.json" faissVersion), $level: libfaiss_c.a $(kilobytes "$library/libfaiss_c.a"), libfaiss_c.so $(kilobytes "$library/libfaiss_c.so")"
publish static -p:FaissSdkStatic=true -p:FaissSdkNativeFolder="$library" -p:FaissSdkArchiveLevel="$level" -p:FaissSdkStaticLevel="$level"
[[ -z $(find "$work/static" -name 'lib*') ]] || refuse "static: a shared library was published beside the program"
needed=$(readelf -d "$work/static/aot-sample" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p' | sort | paste -s -d ' ')
! tr ' ' '\n' <<<"$needed" | grep -qvE '^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64)\.so\.[0-9]$' ||
  refuse "static: the program needs libraries that not every system has: $needed"
run_sample static "$work/static/aot-sample"
grep -q 'linked in' "$work/static.log" || refuse "static: the sample does not report that FAISS is linked in"
ok "static: the program runs, and needs $needed"
check_first_search static "$work/static/aot-sample"

# ---- with the shared library

publish shared
run_sample shared env FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$work/shared/aot-sample"
ok "shared: the program runs"
check_first_search shared env FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$work/shared/aot-sample"

# ---- the vector store, with a dynamic collection

project=FaissSdk.VectorData.AotSample program=vector-store-aot-sample publish vector-store
run_sample vector-store env FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$work/vector-store/vector-store-aot-sample"
ok "vector store: the program runs"

# ---- processors

# kernels COMMAND…: prints the kernels that OpenBLAS chooses, which it reports if OPENBLAS_VERBOSE is 2.
kernels() { env -u OPENBLAS_CORETYPE OPENBLAS_VERBOSE=2 FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$@" --first-search 2>&1 | sed -n 's/^Core: //p'; }
expected=any
! grep -qw avx2 /proc/cpuinfo || expected='Haswell|Zen'
! grep -qw avx512bw /proc/cpuinfo || expected=SkylakeX
for kind in static shared; do
  chosen=$(kernels "$work/$kind/aot-sample")
  [[ -n $chosen && ($expected == any || $chosen =~ ^($expected)$) ]] || refuse "$kind: OpenBLAS chooses its kernels for '$chosen'; expected: $expected"
  [[ $(kernels OPENBLAS_CORETYPE=Nehalem "$work/$kind/aot-sample") == Nehalem ]] || refuse "$kind: OpenBLAS ignores OPENBLAS_CORETYPE"
done
ok "both: OpenBLAS chooses its kernels by the processor's features (here: $chosen), unless OPENBLAS_CORETYPE names others"

# The emulator shows the program a processor whose highest level is SSE4.2.
if [[ $level == avx* ]]; then
  if ! command -v qemu-x86_64 >/dev/null && ! install_packages qemu-user; then
    say "not run: what the program reports on a processor without $level (needs qemu-user)"
    exit 0
  fi
  # In braces, as the shell itself would print a line about the abort.
  ! { qemu-x86_64 -cpu Nehalem "$work/static/aot-sample" >"$work/lesser" 2>&1; } 2>/dev/null || refuse "static: the program runs on a processor without $level"
  grep -q "^Unhandled exception. System.PlatformNotSupportedException: .* level $level, which this processor does not support" "$work/lesser" ||
    { head -n 5 "$work/lesser" | indent; refuse "static: on a processor without $level the program ends as above"; }
  ok "static: on a processor without $level the program reports it: $(sed -n 's/^Unhandled exception. //p' "$work/lesser")"
fi
