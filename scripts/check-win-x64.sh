#!/usr/bin/env bash
# Checks on Linux that faiss_c.dll needs nothing but Windows 10, and that C programs, the C# sample and the tests run with it under wine.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/absent.sh"
. "$root/scripts/lib/osx.sh"
. "$root/scripts/lib/win-x64-libraries.sh"
. "$root/scripts/lib/win-x64.sh"

wine=/usr/lib/wine/wine64 wineserver=/usr/lib/wine/wineserver
# Generous, as this machine may be slow or busy: a time-out is for what never ends.
group_size=12 group_seconds=2400 class_seconds=1200

usage() {
  cat <<END
Usage: scripts/check-win-x64.sh [options]

Builds faiss_c.dll for win-x64 with scripts/build-native.sh and checks:
  (a) it exports the C API alone and needs nothing that Windows 10 lacks
  (b) native/kmeans.c and native/search.c run with it under wine, and OpenBLAS chooses its kernels by the processor
  (c) tests/FaissSdk.AotSample runs with it under wine, published self-contained for win-x64 (not compiled by NativeAOT)
  (d) FaissSdk.Tests runs with it under wine, published self-contained for win-x64

  --source DIR   build this FAISS tree; default: Debian's source package faiss
  --output DIR   put the library there
  --level LEVEL  its SIMD level; default: generic, or in newer FAISS versions one that is chosen at run time
  --all          run all tests with all their cases; default: those of indexes, files and the library, and the k-means with 50 cases; but
                 the long ones in the variable left_out of this script
  --quick        run only the tests of the classes in the variable quick of this script, which see what is Windows' own
  --class CLASS  run only the tests of this class, such as FaissSdk.Tests.Indexes.SaveTests; may be given several times
  --help         show this text

Exit status 77: this machine cannot have the tools.
END
}

output=$root/native/runtimes/win-x64/native arguments=() all='' only=()
# Names and handles of files, consoles, loading, threads, and each engine once.
quick=(Cli.ConsoleEventTests Files.FileNameTests Files.IndexCheckTests Indexes.SaveTests Indexes.StreamTests Indexes.FastScanTests
  Indexes.EnsureCapacityTests Indexes.SelectorTests Interop.FaissLibraryTests KMeansTests.KMeansBehaviourTests KMeansTests.KMeansCrossCheckTests)
while (($#)); do
  case $1 in
    --source | --output | --level | --class)
      need_value "$@"
      case $1 in
        --level) arguments+=(--opt-level "$2") ;;
        --class) only+=("$2") ;;
        --output) output=$2; arguments+=("$1" "$2") ;;
        *) arguments+=("$1" "$2") ;;
      esac
      shift 2 ;;
    --all) all=1; shift ;;
    --quick) only+=("${quick[@]/#/FaissSdk.Tests.}"); shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ $output == /* ]] || output=$here/$output
[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable "wine needs Linux on x86_64; this is $(uname -sm)"
[[ -x $wine ]] || install_packages wine64 wine || unavailable "wine is missing; install it with: sudo apt-get install wine64 wine"
make_work_folder
trap end EXIT
require_dotnet

end() {
  [[ ! -d ${WINEPREFIX:-} ]] || "$wineserver" -k 2>/dev/null || true
  remove_scraps
}

# ---- (a) the library

"$root/scripts/build-native.sh" --rid win-x64 "${arguments[@]}"
dll=$output/faiss_c.dll
version=$(field "$output/libfaiss_c.json" faissVersion)
windows_exports "$dll" >"$work/exports"
! grep -v '^faiss_' "$work/exports" | indent | grep . || refuse "(a) the library exports the names above, which are not functions of the C API"
grep -qx faiss_sdk_open_file "$work/exports" || refuse "(a) the library lacks the functions of native/extensions"
windows_imports "$dll" >"$work/imports"
! grep -viE "$windows_libraries" "$work/imports" | indent | grep . || refuse "(a) the library needs the libraries above, which not every Windows 10 has"
ok "(a) FAISS $version for win-x64, $(field "$output/libfaiss_c.json" simdLevel): faiss_c.dll of $(kilobytes "$dll") exports $(wc -l <"$work/exports") functions, $(grep -c '^faiss_sdk_' "$work/exports") of them faiss_sdk_, and needs $(grep -vi '^api-ms-win-crt-' "$work/imports" | list) and the universal C runtime"

# ---- wine

export WINEPREFIX=$work/wine WINEDEBUG=-all WINEARCH=win64 DISPLAY='' DOTNET_DbgEnableMiniDump=0
mkdir "$WINEPREFIX"
run env LC_ALL=C.UTF-8 timeout 300 "$wine" wineboot -i
"$wineserver" -w
# The server stays, so that programs need not each start its services.
LC_ALL=C.UTF-8 "$wineserver" -p

# windows SECONDS PROGRAM ARGUMENT…: runs a program under wine; its lines end as on Linux.
windows() {
  local status=0
  # wine writes names of files in the character set of the locale.
  LC_ALL=C.UTF-8 timeout -k 10 "$1" "$wine" "${@:2}" >"$work/windows.log" 2>&1 </dev/null || status=$?
  tr -d '\r' <"$work/windows.log"
  return "$status"
}

# ---- (b) C programs

cache=$(cache_folder native)
[[ -d $cache && -w $cache ]] || cache=''
osx_fetch_zig
zig_libraries=${cache:+$cache/zig-$zig_version-libraries} zig_libraries=${zig_libraries:-$work/zig-libraries}
windows_write_compilers
{ printf 'LIBRARY faiss_c.dll\nEXPORTS\n'; cat "$work/exports"; } >"$work/faiss_c.def"
run "$llvm_bin/llvm-dlltool" -m i386:x86-64 -d "$work/faiss_c.def" -l "$work/libfaiss_c.dll.a"
cp -- "$dll" "$work"
link_program() { run env FAISS_SDK_LINK=1 "$work/bin/cc" -O2 -Wall -Wextra -Werror -std=c11 "${@:2}" "$work/libfaiss_c.dll.a" -o "$work/$1.exe"; }
link_program kmeans "$root/native/kmeans.c"
# Functions that this FAISS lacks return an error, as in the archives of other platforms.
write_absent "$work/exports" "$root/native/search.c"
run "$work/bin/cc" -O2 -c "$lacking" -o "$work/absent.o"
link_program search "${definitions[@]}" "$root/native/search.c" "$work/absent.o"
for program in kmeans search; do
  last='libfaiss_c.a runs'
  [[ $program == kmeans ]] || last='libfaiss_c searches'
  for threads in 1 4; do
    (cd "$work" && OMP_NUM_THREADS=$threads OPENBLAS_VERBOSE=2 windows 300 "$program.exe") >"$work/$program.log" || true
    [[ $(tail -n 1 "$work/$program.log") == "$last" ]] || { show_end "$work/$program.log"; refuse "(b) native/$program.c does not run with $threads threads"; }
  done
done
expected=any
! grep -qw avx2 /proc/cpuinfo || expected=Haswell
kernels=$(sed -n 's/^Core: //p' "$work/kmeans.log")
[[ -n $kernels && ($expected == any || $kernels == "$expected") ]] || refuse "(b) OpenBLAS chooses its kernels for '$kernels'; expected: $expected"
# OpenBLAS names its generic kernels after the oldest processor that they serve.
(cd "$work" && OPENBLAS_CORETYPE=Prescott OPENBLAS_VERBOSE=2 windows 300 kmeans.exe) >"$work/kmeans.log" || true
grep -qxE 'Core: (Katmai|Prescott)' "$work/kmeans.log" || refuse "(b) OpenBLAS ignores OPENBLAS_CORETYPE"
ok "(b) native/kmeans.c and native/search.c run under $("$wine" --version) with one thread and with four; OpenBLAS chooses its kernels for $kernels, unless OPENBLAS_CORETYPE names others"

# ---- (c) the C# sample

artifacts=$root/bin/win-x64
run env FAISS_SDK_LINK=1 "$work/bin/cc" -O2 -Wall -Wextra -Werror -municode "$root/native/win-x64/wine/host.c" -o "$work/host.exe"
publish() { # publish PROJECT PROGRAM: sets published to the program, started by our host
  local status=0
  dotnet publish "$root/tests/$1" -c Release -r win-x64 --self-contained --artifacts-path "$artifacts" -nologo -p:PublishAot=false -p:RunAnalyzers=false >"$work/publish.log" 2>&1 || status=$?
  published=$artifacts/publish/$1/release_win-x64/$2.exe
  if ((status == 0)); then
    cp -- "$work/host.exe" "$published"
    # wine 8 fails when .NET frees code that reflection has generated.
    grep -q ForceInterpretedInvoke "${published%.exe}.runtimeconfig.json" ||
      sed -i 's/"configProperties": {/&\n      "Switch.System.Reflection.ForceInterpretedInvoke": true,/' "${published%.exe}.runtimeconfig.json"
    return
  fi
  ! no_such_package "$work/publish.log" || unavailable "the NuGet sources do not have .NET's runtime for win-x64"
  build_errors "$work/publish.log"
  refuse "publishing $1 for win-x64 fails"
}
publish FaissSdk.AotSample aot-sample
library=Z:${dll//\//\\}
FAISS_SDK_LIBRARY=$library windows 120 "$published" >"$work/sample.log" || true
tail -n 3 "$work/sample.log" | grep -q 'all checks passed' || { show_end "$work/sample.log"; refuse "(c) the sample does not run"; }
ok "(c) the C# sample runs under wine: $(tail -n 1 "$work/sample.log")"

# ---- (d) the tests

publish FaissSdk.Tests FaissSdk.Tests
tests=$published
# .NET's own documentation, which tests of the k-means cluster, lies in the SDK.
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
export FAISS_SDK_LIBRARY=$library OMP_WAIT_POLICY=passive DOTNET_ROOT=Z:${sdk//\//\\} FAISS_SDK_CASES=''
[[ -n $all ]] || FAISS_SDK_CASES=50
mapfile -t classes < <(windows 300 "$tests" -list classes | grep -E '^FaissSdk\.Tests\.' | sort -u)
((${#classes[@]} > 0)) || { show_end "$work/windows.log"; refuse "(d) the test program lists no classes"; }

# These alone take a fourth of the time of all others.
left_out='KMeansOnRealDataTests SupportedMetricsTests SizeTests'
# is_chosen CLASS: succeeds if the options choose the class.
is_chosen() {
  if ((${#only[@]})); then [[ " ${only[*]} " == *" $1 "* ]]; return; fi
  [[ -z $all ]] || return 0
  [[ " $left_out " != *" ${1##*.} "* ]] || return 1
  [[ $1 =~ ^FaissSdk\.Tests\.((Indexes|Files|Interop|Transforms|Search|KMeansTests)\.|Cli\.ConsoleEventTests$) ]]
}
chosen=()
for class in "${classes[@]}"; do ! is_chosen "$class" || chosen+=("$class"); done
((${#chosen[@]} > 0)) || misuse "--class ${only[*]} is not a class of FaissSdk.Tests"

passed=0 failed=0 skipped=0
: >"$work/skips"
# run_tests SECONDS CLASS…: runs classes in one process and adds up; fails if it ends without a summary.
run_tests() {
  local arguments=() class counts total errors failures skips started=$SECONDS
  for class in "${@:2}"; do arguments+=(-class "$class"); done
  windows "$1" "$tests" -noColor -noLogo "${arguments[@]}" >"$work/tests.log" || true
  counts=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$work/tests.log" | tail -n 1)
  if [[ -z $counts ]]; then
    # What the process has started goes with it.
    "$wineserver" -k || true
    "$wineserver" -w
    LC_ALL=C.UTF-8 "$wineserver" -p
    show_end "$work/tests.log"
    say "       ended without a summary after $((SECONDS - started)) s: $(printf '%s\n' "${@:2}" | list)"
    return 1
  fi
  read -r total errors failures skips <<<"$counts"
  passed=$((passed + total - failures - skips)) failed=$((failed + errors + failures)) skipped=$((skipped + skips))
  if ((errors + failures > 0)); then
    grep -E -A 12 '\[FAIL\]$' "$work/tests.log" | head -n 100 | indent
    grep -E '\[FAIL\]$' "$work/tests.log" | indent
  fi
  grep -A 1 '\[SKIP\]$' "$work/tests.log" | sed -n 's/^      *\([^ ].*\)/\1/p' | grep -v '\[SKIP\]$' >>"$work/skips" || true
  say "       $((total - failures - skips)) passed, $((errors + failures)) failed, $skips skipped ($((SECONDS - started)) s): $(printf '%s\n' "${@:2}" | sed 's/^FaissSdk\.Tests\.//' | list)"
}
for ((first = 0; first < ${#chosen[@]}; first += group_size)); do
  group=("${chosen[@]:first:group_size}")
  if ((${#group[@]} > 1)) && run_tests "$group_seconds" "${group[@]}"; then continue; fi
  # If a group crashes or hangs, each of its classes runs alone; a class that was alone runs again.
  for class in "${group[@]}"; do
    run_tests "$class_seconds" "$class" || { ((${#group[@]} == 1)) && run_tests "$class_seconds" "$class"; } || failed=$((failed + 1))
  done
done
((failed == 0)) || refuse "(d) $failed tests fail under wine"
say "       the most frequent reasons of skipped tests:"
sed -E 's/^.* needs? FAISS .*/this FAISS is too old for it/' "$work/skips" | sort | uniq -c | sort -rn | head -n 12 | indent
ok "(d) ${#chosen[@]} classes of FaissSdk.Tests run under wine: $passed passed, $skipped skipped"
