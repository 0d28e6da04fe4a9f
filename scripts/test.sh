#!/usr/bin/env bash
# Builds what is missing and runs everything that proves the project, in named stages.
#
#   --faiss DIR     also builds the FAISS source tree in DIR and runs every test against it
#   --cases N       tries every property of the k-means on N cases (1,000 without it; 100,000 take about an hour)
#   --mutations N   mutates a file of every kind of index N times (50 without it; 1,000 take about 6 minutes)
#
# Last it tells what was not executed here, as this machine has not what it takes, and how that was proven instead; the last line
# counts the tests: N passed, M failed, K skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/lib/dotnet.sh
. scripts/lib/dotnet.sh

other_faiss='' other_version='' cases='' mutations=''
while [ $# -gt 0 ]; do
  case $1 in
    --faiss) other_faiss=${2:?"--faiss needs a folder"}; shift 2 ;;
    --cases)
      cases=${2:?"--cases needs a number"}
      [[ $cases =~ ^[1-9][0-9]{0,6}$ ]] || { echo "test: --cases $cases is no number of cases" >&2; exit 2; }
      shift 2 ;;
    --mutations)
      mutations=${2:?"--mutations needs a number"}
      [[ $mutations =~ ^[1-9][0-9]{0,6}$ ]] || { echo "test: --mutations $mutations is no number of mutations" >&2; exit 2; }
      shift 2 ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done

require_dotnet
export FAISS_SDK_MUTATIONS=$mutations FAISS_SDK_CASES=$cases

passed=0 failed=0 skipped=0 summary=
declare -A verdicts=()
scratch=$(mktemp -d)
output=$scratch/output
trap 'rm -rf "$scratch"' EXIT

# stage NAME COMMAND…: a command that passes or fails as one.
stage() {
  local name=$1 start=$SECONDS verdict=passed
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) verdict=FAILED
  fi
  note "$name" "$start" "$verdict"
}

# stage_if_possible NAME COMMAND…: a stage that counts as skipped when its command ends with status 77, with its last line as the reason.
stage_if_possible() {
  local name=$1 start=$SECONDS status=0 verdict
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$output" || status=$?
  case $status in
    0) passed=$((passed + 1)) verdict=passed ;;
    77) skipped=$((skipped + 1)) verdict="skipped: $(tail -n 1 "$output")" ;;
    *) failed=$((failed + 1)) verdict=FAILED ;;
  esac
  note "$name" "$start" "$verdict"
}

# test_stage NAME COMMAND…: a test program, whose own counts are added.
test_stage() {
  local name=$1 start=$SECONDS status=0 counts
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$output" || status=$?
  counts=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$output" | tail -n 1)
  if [ -z "$counts" ]; then
    failed=$((failed + 1))
    note "$name" "$start" "FAILED: ended without a summary, exit code $status"
    return
  fi
  # shellcheck disable=SC2086
  set -- $counts
  passed=$((passed + $1 - $3 - $4)) failed=$((failed + $2 + $3)) skipped=$((skipped + $4))
  note "$name" "$start" "$(($1 - $3 - $4)) passed, $(($2 + $3)) failed, $4 skipped"
}

note() {
  verdicts[$1]=$3
  summary+=$(printf '%5d s  %-34s %s' $((SECONDS - $2)) "$1" "$3")$'\n'
}

generator_tests=(dotnet tests/FaissSdk.Generator.Tests/bin/Release/net10.0/FaissSdk.Generator.Tests.dll -noColor -noLogo)
# Test classes run side by side: threads of FAISS that spin while they wait would take each other's cores.
tests=(env OMP_WAIT_POLICY=passive dotnet tests/FaissSdk.Tests/bin/Release/net10.0/FaissSdk.Tests.dll -noColor -noLogo)
cli=(dotnet src/FaissSdk.Cli/bin/Release/net10.0/faiss-sdk.dll)

stage "native library" scripts/build-native.sh
stage "build" dotnet_quietly build FaissSdk.sln -c Release
test_stage "tests, native library" "${tests[@]}"
test_stage "tests, no native library" env FAISS_SDK_LIBRARY=/nonexistent/libfaiss_c.so "${tests[@]}"
# The same laws on the paths of lesser processors; fewer cases, as what differs is in every one.
kmeans=("${tests[@]}" -namespace FaissSdk.Tests.KMeansTests -class- FaissSdk.Tests.KMeansTests.KMeansOnRealDataTests)
# What .NET has of this machine's processor: a container or a switch may hide some of it.
machine=$("${cli[@]}" doctor || true)
has() { grep -qE "^  (accelerated|instructions) .* $1 yes" <<<"$machine"; }
if has Vector512; then
  test_stage "k-means, 256-bit vectors" env DOTNET_EnableAVX512=0 FAISS_SDK_CASES=200 "${kmeans[@]}"
fi
test_stage "k-means, 128-bit vectors" env DOTNET_EnableAVX2=0 FAISS_SDK_CASES=200 "${kmeans[@]}"
test_stage "k-means, no vectors" env DOTNET_EnableHWIntrinsic=0 FAISS_SDK_CASES=100 "${kmeans[@]}"
stage_if_possible "micro-kernels of every level" scripts/check-kernels.sh
stage "bindings from Debian's headers" scripts/regenerate-bindings.sh --debian bookworm --output "$scratch/Generated"
test_stage "tests of the generator" "${generator_tests[@]}"
stage "demo, both backends" "${cli[@]}" demo
stage "demo, no native library" env FAISS_SDK_LIBRARY=/nonexistent/libfaiss_c.so "${cli[@]}" demo --backend managed
stage "NativeAOT, static and shared" scripts/check-aot.sh
stage_if_possible "osx-arm64, linked and emulated" scripts/check-osx-arm64.sh
stage "packages" scripts/check-packages.sh
# After the packages, which install what runs programs for arm64.
stage_if_possible "k-means, other processors emulated" scripts/check-emulated.sh

if [ -n "$other_faiss" ]; then
  other_output=$scratch/native
  stage "native library from $other_faiss" scripts/build-native.sh --source "$other_faiss" --output "$other_output"
  other_version=$(sed -nE 's/.*"faissVersion": "([^"]+)".*/\1/p' "$other_output/libfaiss_c.json" || true)
  test_stage "tests of the generator, $other_faiss" env FAISS_SDK_HEADERS="$other_faiss" FAISS_SDK_HEADERS_VERSION="$other_version" "${generator_tests[@]}"
  test_stage "tests, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${tests[@]}"
  stage "NativeAOT, $other_faiss" scripts/check-aot.sh --library "$other_output"
  stage "demo, $other_faiss" env FAISS_SDK_LIBRARY="$other_output/libfaiss_c.so" "${cli[@]}" demo
  stage_if_possible "osx-arm64, $other_faiss" scripts/check-osx-arm64.sh --source "$other_faiss" --output "$scratch/osx-arm64"
fi

# otherwise STAGE HOW: how that was proven which was not executed, if the stage that does it passed.
otherwise() {
  local verdict=${verdicts[$1]:-not run}
  if [ "$verdict" = passed ]; then echo "$2"; else echo "nor proven otherwise ($1: $verdict)"; fi
}

# Whether this machine runs the kernels of a level, as scripts/check-kernels.sh names it.
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
    how=$(otherwise "micro-kernels of every level" "compiled for it and read by scripts/check-kernels.sh")
    [ "${verdicts["k-means, other processors emulated"]:-}" != passed ] || how+=", run in an emulator by scripts/check-emulated.sh"
    echo "micro-kernels for $level; $how"
  done
  if [ "$(uname -m)" != aarch64 ]; then
    if command -v qemu-aarch64 >/dev/null; then
      echo "linux-arm64; $(otherwise packages "its package ran in an emulator (scripts/check-packages.sh)")"
    else
      echo "linux-arm64; nor in an emulator, which needs qemu-user"
    fi
  fi
  echo "macOS; $(otherwise "osx-arm64, linked and emulated" "FAISS was linked for it and ran in an emulator (scripts/check-osx-arm64.sh)")"
  echo "Windows; nothing native is built for it, and the managed k-means is the same code"
  versions=$(
    sed -nE '/"versions"/,/\]/s/^ *"([0-9.]+)".*/\1/p' bindings/api-history.json |
      grep -vxF -e "$(sed -n 's/^  FAISS  *//p' <<<"$machine")" -e "${other_version:-none}" | paste -s -d ' '
  ) || true
  [ -z "$versions" ] || echo "FAISS ${versions// /, }; the bindings are held to what these have (bindings/api-history.json), and --faiss DIR runs everything against one"
}

printf '\n%s' "$summary"
if [ -z "$cases" ]; then
  echo "       not run: 100,000 cases of every property of the k-means (--cases 100000)"
fi
if [ -z "$mutations" ]; then
  echo "       not run: 1,000 mutations of every kind of index file (--mutations 1000)"
fi
not_executed_here | sed 's/^/       not executed here: /'
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
