#!/usr/bin/env bash
# Builds what is missing and runs all tests and checks of the project, in named stages.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"
. "$root/scripts/lib/faiss-source.sh"

usage() {
  cat <<END
Usage: scripts/test.sh [options]

Builds what is missing and runs all tests and checks of the project, in named stages, on Debian on x86_64.

  --faiss DIR     also build the FAISS source tree in DIR and run every test against it
  --cases N       check every property of the k-means on N cases (default: 1,000; 100,000 take about an hour)
  --mutations N   mutate a file of every kind of index N times (default: 50; 1,000 take about 6 minutes)
  --sequences N   run N random sequences of calls (default: 300; 10,000 take about half an hour)
  --vector-store  prove the vector store for longer: 100 rounds of kill -9, 60 s of readers beside a writer, 8 times as many random
                  sequences (about 10 minutes)
  --sanitize      also run the C program of our functions with all of FAISS compiled with sanitizers (about 10 minutes)
  --orleans       also run three silos as processes, and end each under load (about 4 minutes)
  --platforms     also run all tests for win-x64 under wine, indexes of 1,000,000 vectors under musl, and build win-x64, osx-x64 and linux-musl-x64 with AVX2 (about 20 minutes)
  --help          show this text

At the end it lists what this machine could not execute and how that was checked instead. The last line counts the tests:
N passed, M failed, K skipped.
END
}

other_faiss='' other_version='' cases='' mutations='' sequences='' vector_store='' sanitize='' orleans='' platforms=''
while (($#)); do
  case $1 in
    --faiss | --cases | --mutations | --sequences)
      need_value "$@"
      [[ $1 == --faiss || $2 =~ ^[1-9][0-9]{0,6}$ ]] || misuse "$1 $2 is not a number from 1 to 9999999"
      case $1 in
        --faiss) other_faiss=$(absolute "$2") ;;
        --cases) cases=$2 ;;
        --mutations) mutations=$2 ;;
        --sequences) sequences=$2 ;;
      esac
      shift 2 ;;
    --vector-store) vector_store=long; shift ;;
    --sanitize) sanitize=yes; shift ;;
    --platforms) platforms=yes; shift ;;
    --orleans) orleans=yes; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
if [[ -n $other_faiss ]]; then
  reason=$( (check_tree "$other_faiss") 2>&1) || misuse "--faiss${reason#*--source}"
fi
[[ $(uname -s)-$(uname -m) == Linux-x86_64 && -n $(debian_codename) ]] ||
  fail "the stages need Debian on x86_64 and its packages; elsewhere, run the test programs with dotnet (CONTRIBUTING.md, \"To run some tests only\"), or scripts/check-platform.sh"
# Indexes of 1,000,000 vectors, each filled and searched under musl, take two minutes.
musl_vectors=200000
[[ -z $platforms ]] || musl_vectors=1000000
cd "$root"

require_dotnet
export FAISS_SDK_MUTATIONS=$mutations FAISS_SDK_CASES=$cases FAISS_SDK_VECTOR_STORE=$vector_store

passed=0 failed=0 skipped=0 summary='' failures=()
declare -A verdicts=()
make_work_folder
output=$work/output
start_compiler
trap 'stop_compiler; remove_scraps' EXIT

# stage NAME COMMAND…: runs a command that passes or fails as a whole.
stage() {
  local name=$1 start=$SECONDS verdict=passed
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) verdict=FAILED
    failures+=("$name")
  fi
  note "$name" "$start" "$verdict"
}

# stage_if_possible NAME COMMAND…: the same, but exit status 77 counts as skipped, with the last line of the output as the reason.
stage_if_possible() {
  local name=$1 start=$SECONDS status=0 verdict
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$output" || status=$?
  case $status in
    0) passed=$((passed + 1)) verdict=passed ;;
    77) skipped=$((skipped + 1)) verdict="skipped: $(tail -n 1 "$output")" ;;
    *) failed=$((failed + 1)) verdict=FAILED; note_failures "$name" < <(last_line) ;;
  esac
  note "$name" "$start" "$verdict"
}

# test_stage NAME COMMAND…: runs a test program and adds its counts.
test_stage() {
  local name=$1 start=$SECONDS status=0 counts
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$output" || status=$?
  note_failures "$name" < <(failed_tests)
  counts=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$output" | tail -n 1)
  if [[ -z $counts ]]; then
    failed=$((failed + 1))
    note_failures "$name" < <(last_line)
    note "$name" "$start" "FAILED: ended without a summary, exit status $status"
    return
  fi
  # shellcheck disable=SC2086
  set -- $counts
  passed=$((passed + $1 - $3 - $4)) failed=$((failed + $2 + $3)) skipped=$((skipped + $4))
  note "$name" "$start" "$(($1 - $3 - $4)) passed, $(($2 + $3)) failed, $4 skipped"
}

# sequences_stage NAME COMMAND…: runs random sequences of calls, and notes the lines that count them.
sequences_stage() {
  local name=$1 start=$SECONDS verdict=passed
  shift
  printf '\n== %s\n' "$name"
  if "$@" 2>&1 | tee "$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) verdict=FAILED
    note_failures "$name" < <(grep -E '^seed [0-9]+: ' "$output" || last_line)
  fi
  note "$name" "$start" "$verdict: $(grep -E '^[0-9,]+ sequences' "$output" | paste -s -d ';' | sed 's/;/; /g')"
}

note() { # note NAME START VERDICT
  verdicts[$1]=$3
  summary+=$(printf '%5d s  %-34s %s' $((SECONDS - $2)) "$1" "$3")$'\n'
}

# CI systems often cut the middle of a log, so its end repeats what has failed.
note_failures() { # note_failures NAME: reads a line for each failure of a stage
  local line
  while IFS= read -r line; do failures+=("$1: ${line:0:400}"); done
}

# Prints a line for each test that failed: its name, and what it said up to the stack trace.
failed_tests() {
  awk '
    function finish() { if (line != "") print line; line = "" }
    / \[FAIL\]$/ { finish(); line = $0; sub(/^ */, "", line); sub(/ \[FAIL\]$/, "", line); next }
    /^ *Stack Trace:$/ { finish() }
    line != "" { sub(/^ */, ""); line = line ": " $0 }
    END { finish() }' "$output"
}

last_line() { grep -v '^[[:space:]]*$' "$output" | tail -n 1; }

list_failures() {
  local shown=20
  ((${#failures[@]})) || return 0
  say "failed:"
  printf '  %s\n' "${failures[@]:0:shown}"
  ((${#failures[@]} <= shown)) || say "  and $((${#failures[@]} - shown)) more"
}

generator_tests=(dotnet tests/FaissSdk.Generator.Tests/bin/Release/net10.0/FaissSdk.Generator.Tests.dll -noColor -noLogo)
# Test classes run in parallel, so FAISS's threads must not spin while they wait: they would take each other's cores.
tests=(env OMP_WAIT_POLICY=passive dotnet tests/FaissSdk.Tests/bin/Release/net10.0/FaissSdk.Tests.dll -noColor -noLogo)
vector_store_tests=(env OMP_WAIT_POLICY=passive dotnet tests/FaissSdk.VectorData.Tests/bin/Release/net10.0/FaissSdk.VectorData.Tests.dll -noColor -noLogo)
orleans_tests=(env OMP_WAIT_POLICY=passive dotnet tests/FaissSdk.Orleans.Tests/bin/Release/net10.0/FaissSdk.Orleans.Tests.dll -noColor -noLogo)
random_sequences=(dotnet tests/FaissSdk.Sequences/bin/Release/net10.0/sequences.dll --sequences "${sequences:-300}" --model 700)
cli=(dotnet src/FaissSdk.Cli/bin/Release/net10.0/faiss-sdk.dll)

# The tests of the command's reports open them in a browser, and are skipped where there is none.
command -v chromium >/dev/null || install_packages chromium fonts-dejavu-core || true

stage "native library" scripts/build-native.sh
stage "build" dotnet_quietly build FaissSdk.sln -c Release
test_stage "tests, native library" "${tests[@]}"
test_stage "tests, no native library" env FAISS_SDK_LIBRARY=/nonexistent/libfaiss_c.so "${tests[@]}"
test_stage "vector store" "${vector_store_tests[@]}"
test_stage "vector store, no native library" env FAISS_SDK_LIBRARY=/nonexistent/libfaiss_c.so FAISS_SDK_VECTOR_STORE=short "${vector_store_tests[@]}"
sequences_stage "random sequences" "${random_sequences[@]}"
test_stage "shards on three silos" "${orleans_tests[@]}"
[[ -z $orleans ]] || stage_if_possible "silos as processes" scripts/check-orleans.sh
# The same properties on the code paths of older processors; fewer cases suffice, as every case runs the code that differs. Memory does
# not depend on the processor, and the tests of hidden instructions hide them themselves.
kmeans=("${tests[@]}" -namespace FaissSdk.Tests.KMeansTests)
for class in KMeansOnRealDataTests SourceMemoryTests HiddenInstructionsTests KMeansCasesTests; do kmeans+=(-class- "FaissSdk.Tests.KMeansTests.$class"); done
# The instructions that .NET uses here; a container or a switch may hide some of the processor's.
machine=$("${cli[@]}" doctor || true)
has() { grep -qE "^  (accelerated|instructions) .* $1 yes" <<<"$machine"; } # has INSTRUCTIONS
if has Vector512; then
  test_stage "k-means, 256-bit vectors" env DOTNET_EnableAVX512=0 FAISS_SDK_CASES=200 "${kmeans[@]}"
fi
test_stage "k-means, 128-bit vectors" env DOTNET_EnableAVX2=0 FAISS_SDK_CASES=200 "${kmeans[@]}"
test_stage "k-means, no vectors" env DOTNET_EnableHWIntrinsic=0 FAISS_SDK_CASES=100 "${kmeans[@]}"
stage_if_possible "micro-kernels of every level" scripts/check-kernels.sh
stage "bindings from Debian's headers" scripts/regenerate-bindings.sh --debian bookworm --output "$work/Generated"
test_stage "tests of the generator" "${generator_tests[@]}"
stage "demo, both backends" "${cli[@]}" demo
stage "demo, no native library" env FAISS_SDK_LIBRARY=/nonexistent/libfaiss_c.so "${cli[@]}" demo --backend managed
stage "web service under load" dotnet tests/FaissSdk.WebSample/bin/Release/net10.0/web-sample.dll --load 3
stage "NativeAOT, static and shared" scripts/check-aot.sh
stage_if_possible "browser-wasm" scripts/check-browser-wasm.sh
stage_if_possible "workflows" scripts/check-workflows.sh
stage_if_possible "osx-arm64, linked and emulated" scripts/check-osx.sh
stage_if_possible "osx-x64, linked and run" scripts/check-osx.sh --rid osx-x64
stage_if_possible "linux-musl-x64, under musl" scripts/check-linux-musl-x64.sh --count "$musl_vectors"
if [[ -n $platforms ]]; then
  stage_if_possible "osx-x64, AVX2" scripts/check-osx.sh --rid osx-x64 --level avx2 --output "$work/osx-x64-avx2"
  stage_if_possible "linux-musl-x64, AVX2" scripts/check-linux-musl-x64.sh --level avx2 --output "$work/linux-musl-x64-avx2"
fi
[[ -z $platforms ]] || stage_if_possible "win-x64, under wine" scripts/check-win-x64.sh --all
[[ -z $platforms ]] || stage_if_possible "win-x64 with AVX2, under wine" scripts/check-win-x64.sh --level avx2 --output "$work/win-x64-avx2" --all
stage "packages" scripts/check-packages.sh ${platforms:+--every-level}
# This stage follows "packages", which builds the library for any processor and installs the emulator of arm64.
stage_if_possible "our functions, sanitizers, valgrind" scripts/check-extensions.sh
[[ -z $sanitize ]] || stage_if_possible "our functions, FAISS sanitized" scripts/check-extensions.sh --sanitize
stage_if_possible "k-means, other processors emulated" scripts/check-emulated.sh

if [[ -n $other_faiss ]]; then
  other_output=$work/native
  stage "native library from $other_faiss" scripts/build-native.sh --source "$other_faiss" --output "$other_output"
  other_version=$(field "$other_output/libfaiss_c.json" faissVersion || true)
  test_stage "tests of the generator, $other_faiss" env FAISS_SDK_HEADERS="$other_faiss" FAISS_SDK_HEADERS_VERSION="$other_version" "${generator_tests[@]}"
  test_stage "tests, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${tests[@]}"
  test_stage "vector store, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${vector_store_tests[@]}"
  sequences_stage "random sequences, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${random_sequences[@]}"
  stage_if_possible "our functions, $other_faiss" scripts/check-extensions.sh --source "$other_faiss"
  stage "NativeAOT, $other_faiss" scripts/check-aot.sh --library "$other_output"
  stage "demo, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${cli[@]}" demo
  stage_if_possible "osx-arm64, $other_faiss" scripts/check-osx.sh --source "$other_faiss" --output "$work/osx-arm64"
  stage_if_possible "osx-x64, $other_faiss" scripts/check-osx.sh --rid osx-x64 --source "$other_faiss" --output "$work/osx-x64"
  stage_if_possible "linux-musl-x64, $other_faiss" scripts/check-linux-musl-x64.sh --source "$other_faiss" --output "$work/linux-musl-x64"
  [[ -z $platforms ]] || stage_if_possible "win-x64, $other_faiss" scripts/check-win-x64.sh --source "$other_faiss" --output "$work/win-x64"
fi

# ---- what was not executed here

# otherwise STAGE HOW: prints how something that was not executed was checked, if the stage that does so has passed.
otherwise() {
  local verdict=${verdicts[$1]:-not run}
  if [[ $verdict == passed ]]; then say "$2"; else say "nor checked otherwise ($1: $verdict)"; fi
}

# runs_level LEVEL: succeeds if this machine runs the kernels of a level of scripts/check-kernels.sh.
runs_level() {
  local part
  for part in ${1//,/ }; do
    case $part in
      x86-64-v4) has Vector512 ;;
      x86-64-v3) has Vector256 && has AVX2 && has FMA ;;
      x86-64-v2) has Vector128 && ! has AdvSimd ;;
      armv8-a) has AdvSimd ;;
      avxvnni) has AVX-VNNI ;;
      *) false ;;
    esac || return
  done
}

not_executed_here() {
  local level versions how
  for level in $(scripts/check-kernels.sh --levels); do
    runs_level "$level" && continue
    how=$(otherwise "micro-kernels of every level" "their machine code was checked by scripts/check-kernels.sh")
    [[ ${verdicts["k-means, other processors emulated"]:-} != passed ]] || how+=", and they ran in an emulator (scripts/check-emulated.sh)"
    say "micro-kernels for $level; $how"
  done
  if [[ $(uname -m) != aarch64 ]]; then
    if command -v qemu-aarch64 >/dev/null; then
      say "linux-arm64; $(otherwise packages "programs with its package ran in an emulator (scripts/check-packages.sh)")"
    else
      say "linux-arm64; nor checked otherwise, as the emulator (qemu-user) is missing"
    fi
  fi
  [[ ${verdicts[browser-wasm]:-} == passed ]] || say "browser-wasm; nor checked otherwise"
  command -v chromium >/dev/null || say "reports of the command and the page of the vector store's sample in a browser, as chromium is missing; tests have read the reports' markup"
  say "macOS on Apple Silicon; $(otherwise "osx-arm64, linked and emulated" "FAISS was linked for it and ran in an emulator (scripts/check-osx.sh)")"
  say "macOS on Intel; $(otherwise "osx-x64, linked and run" "FAISS was linked for it and ran in a stand-in for macOS (scripts/check-osx.sh)")"
  say "C# on Alpine; $(otherwise "linux-musl-x64, under musl" "C programs ran with FAISS under Debian's musl (scripts/check-linux-musl-x64.sh)")"
  say "Windows; $(otherwise "win-x64, under wine" "programs and all tests ran under wine (scripts/check-win-x64.sh)")"
  versions=$(
    sed -nE '/"versions"/,/\]/s/^ *"([0-9.]+)".*/\1/p' bindings/api-history.json |
      grep -vxF -e "$(sed -n 's/^  FAISS  *//p' <<<"$machine")" -e "${other_version:-none}" | paste -s -d ' '
  ) || true
  [[ -z $versions ]] || say "FAISS ${versions// /, }; the bindings name their functions (bindings/api-history.json), and --faiss DIR runs everything against one of them"
}

printf '\n%s' "$summary"
if [[ -z $cases ]]; then
  say "       not run: 100,000 cases of every property of the k-means (--cases 100000)"
fi
if [[ -z $mutations ]]; then
  say "       not run: 1,000 mutations of every kind of index file (--mutations 1000)"
fi
if [[ -z $sequences ]]; then
  say "       not run: 10,000 random sequences of calls (--sequences 10000)"
fi
if [[ -z $vector_store ]]; then
  say "       not run: 100 rounds of kill -9 and 60 s of readers and a writer for each index of the vector store (--vector-store)"
fi
if [[ -z $sanitize ]]; then
  say "       not run: all of FAISS with sanitizers (--sanitize)"
fi
if [[ -z $orleans ]]; then
  say "       not run: three silos as processes, with localhost clustering and with Redis, each ended under load (--orleans)"
fi
if [[ -z $platforms ]]; then
  say "       not run: the tests for win-x64, under wine; FAISS with AVX2 for win-x64, osx-x64 and linux-musl-x64 (--platforms)"
fi
if [[ -z $other_faiss ]]; then
  say "       not proven here: FAISS newer than $(sed -n 's/^  FAISS  *//p' <<<"$machine") (--faiss DIR)"
fi
not_executed_here | sed 's/^/       not executed here: /'
list_failures
say "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
