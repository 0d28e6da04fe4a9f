#!/usr/bin/env bash
# Publishes tests/FaissSdk.AotSample by NativeAOT for linux-x64, with FAISS linked in and with the shared library, and runs both.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"

library=$root/native/runtimes/linux-x64/native
while (($#)); do
  case $1 in
    --library) library=$(realpath -- "${2:?"--library needs a folder"}"); shift 2 ;;
    --help | -h)
      echo "Usage: scripts/check-aot.sh [--library DIR]"
      echo "Publishes the NativeAOT sample with the libfaiss_c that scripts/build-native.sh built (into DIR), static and shared, and runs it."
      exit 0 ;;
    *) echo "check-aot: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done
[[ -s $library/libfaiss_c.a ]] || { echo "check-aot: $library has no libfaiss_c.a; run scripts/build-native.sh" >&2; exit 1; }
require_dotnet

work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-check.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
say() { printf '%s\n' "$*"; }
refuse() { say "FAULT  $*"; exit 1; }
field() { sed -n 's/^  "'"$1"'": "\(.*\)",\{0,1\}$/\1/p' "$library/libfaiss_c.json"; }
level=$(field simdLevel)

publish() { # publish NAME OPTION…
  local started=$SECONDS
  dotnet publish "$root/tests/FaissSdk.AotSample" -c Release -r linux-x64 -o "$work/$1" -nologo "${@:2}" >"$work/$1.log" 2>&1 ||
    { grep -E 'error|undefined' "$work/$1.log" | sort -u | head -n 20; refuse "$1: publishing failed"; }
  ! grep -E 'warning [A-Z]' "$work/$1.log" | sort -u || refuse "$1: publishing gives the warnings above"
  say "ok     $1: published in $((SECONDS - started)) s without a warning; $(($(stat -c %s "$work/$1/aot-sample") / 1024)) KB"
}
run() { # run NAME COMMAND…
  "${@:2}" >"$work/$1.out" 2>"$work/$1.err" || { cat "$work/$1.out"; tail -n 5 "$work/$1.err"; refuse "$1: the sample ends with an error"; }
  sed 's/^/       /' "$work/$1.out"
}
first_search() { # the milliseconds of 21 runs, in order
  local i start
  for i in $(seq 22); do
    start=$(date +%s%N)
    "${@}" --first-search || return 1
    ((i == 1)) || say "$(($(date +%s%N) - start))"
  done | sort -n | awk '{ printf "%.1f\n", $1 / 1e6 }'
}
report_first_search() { # report_first_search NAME COMMAND…
  local times
  mapfile -t times < <(first_search "${@:2}")
  ((${#times[@]} == 21)) || refuse "$1: the first search fails"
  say "ok     $1: start to the end of a first search $(printf '%s ms at best, %s in the median, %s at worst' "${times[0]}" "${times[10]}" "${times[20]}") (goal: 30)"
  awk -v median="${times[10]}" 'BEGIN { exit !(median < 30) }' || refuse "$1: the first search takes longer than the goal"
}

say "FAISS $(field faissVersion), $level: libfaiss_c.a $(($(stat -c %s "$library/libfaiss_c.a") / 1024)) KB, libfaiss_c.so $(($(stat -c %s "$library/libfaiss_c.so") / 1024)) KB"

publish static -p:FaissSdkStatic=true -p:FaissSdkNativeFolder="$library" -p:FaissSdkArchiveLevel="$level" -p:FaissSdkStaticLevel="$level"
[[ -z $(find "$work/static" -name 'lib*') ]] || refuse "static: a shared library went along"
needed=$(readelf -d "$work/static/aot-sample" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p' | sort | paste -s -d ' ')
[[ -z $(tr ' ' '\n' <<<"$needed" | grep -vE '^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64)\.so\.[0-9]$') ]] || refuse "static: it needs $needed"
run static "$work/static/aot-sample"
grep -q 'linked in' "$work/static.out" || refuse "static: the sample does not say that FAISS is linked in"
say "ok     static: it runs, and needs $needed"
report_first_search static "$work/static/aot-sample"

publish shared
run shared env FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$work/shared/aot-sample"
say "ok     shared: it runs"
report_first_search shared env FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$work/shared/aot-sample"

# Asked by OPENBLAS_VERBOSE, OpenBLAS tells which kernels it took.
kernels() { env -u OPENBLAS_CORETYPE OPENBLAS_VERBOSE=2 FAISS_SDK_LIBRARY="$library/libfaiss_c.so" "$@" --first-search 2>&1 | sed -n 's/^Core: //p'; }
expected=any
! grep -qw avx2 /proc/cpuinfo || expected='Haswell|Zen'
! grep -qw avx512bw /proc/cpuinfo || expected=SkylakeX
for kind in static shared; do
  taken=$(kernels "$work/$kind/aot-sample")
  [[ -n $taken && ($expected == any || $taken =~ ^($expected)$) ]] || refuse "$kind: OpenBLAS takes its kernels for '$taken', expected: $expected"
  [[ $(kernels OPENBLAS_CORETYPE=Nehalem "$work/$kind/aot-sample") == Nehalem ]] || refuse "$kind: OPENBLAS_CORETYPE does not decide"
done
say "ok     both: OpenBLAS takes its kernels by what the processor can do ($taken here), or by OPENBLAS_CORETYPE"

# A processor with no more than SSE4.2, as an emulator shows it.
if [[ $level == avx* ]]; then
  if ! command -v qemu-x86_64 >/dev/null && ! install_packages qemu-user; then
    say "not run: what the program says on a processor without $level (needs qemu-user)"
    exit 0
  fi
  # The shell itself would tell of the abort.
  ! { qemu-x86_64 -cpu Nehalem "$work/static/aot-sample" >"$work/lesser" 2>&1; } 2>/dev/null || refuse "static: it runs where there is no $level"
  grep -q "^Unhandled exception. System.PlatformNotSupportedException: .* level $level, which this processor lacks" "$work/lesser" ||
    { head -n 5 "$work/lesser"; refuse "static: on a processor without $level it ends as above"; }
  say "ok     static: on a processor without $level it says so: $(sed -n 's/^Unhandled exception. //p' "$work/lesser")"
fi
