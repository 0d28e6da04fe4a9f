#!/usr/bin/env bash
# Builds what is missing and measures the SDK against its raw bindings and against C, on the same library:
# prints a Markdown table of ratios, and what the C loops take in a process without .NET.
#
#   --full [ARG…]    runs the single benchmarks with BenchmarkDotNet instead; what follows goes to it, such as --filter '*Search*'
#   --rounds N       paired rounds for each row of the table (301)
#   --library FILE   measures this libfaiss_c.so instead of the one that scripts/build-native.sh builds
#
# FAISS gets one thread, unless OMP_NUM_THREADS says otherwise: the cost of a call is what is measured.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/lib/dotnet.sh
. scripts/lib/dotnet.sh

mode=compare rounds=301 library=${FAISS_SDK_LIBRARY:-} arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --full) mode=full; shift; arguments=("$@"); break ;;
        --rounds) rounds=${2:?"--rounds needs a number"}; shift 2 ;;
        --library) library=$(cd "$caller" && realpath -- "${2:?"--library needs a file"}"); shift 2 ;;
        -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "benchmark: unknown option $1 (see --help)" >&2; exit 2 ;;
    esac
done

require_dotnet
command -v gcc >/dev/null || { echo "benchmark: gcc is needed for the C side (Debian: sudo apt-get install gcc)" >&2; exit 1; }
if [ -z "$library" ]; then
    scripts/build-native.sh
    library=$PWD/native/runtimes/linux-x64/native/libfaiss_c.so
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
source=tests/FaissSdk.Benchmarks
# Unrolled: around a call of four cycles, a loop's own jump costs up to half as much again, depending on where it lies.
compile=(gcc -O2 -funroll-loops -Wall -Wextra -Werror)
"${compile[@]}" -shared -fPIC -o "$scratch/loops.so" "$source/loops.c" -ldl
"${compile[@]}" -o "$scratch/main" "$source/main.c" "$source/loops.c" -ldl
dotnet_quietly build "$source" -c Release

export FAISS_SDK_LIBRARY=$library FAISS_SDK_BENCHMARK_LOOPS=$scratch/loops.so OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
benchmarks=(dotnet "$source/bin/Release/net10.0/FaissSdk.Benchmarks.dll")
echo
if [ "$mode" = full ]; then
    # Without arguments BenchmarkDotNet would ask which.
    [ ${#arguments[@]} -gt 0 ] || arguments=(--filter '*')
    "${benchmarks[@]}" "${arguments[@]}"
else
    "${benchmarks[@]}" compare "$rounds"
    echo
    "$scratch/main" "$library"
fi
