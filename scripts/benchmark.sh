#!/usr/bin/env bash
# Builds what is missing and measures the SDK against its raw bindings and against C, on the same library:
# prints a Markdown table of ratios, and what the C loops take in a process without .NET.
#
#   --kmeans         measures FAISS's k-means against the managed one instead, with one thread and with two (minutes):
#                    prints the table, and writes it and a plot to kmeans.md and kmeans.svg
#     --quick        a tenth of the points, to see that it runs
#     --output DIR   where the files go, instead of the folder results beside the built benchmarks
#   --full [ARG…]    runs the single benchmarks with BenchmarkDotNet instead; what follows goes to it, such as --filter '*Search*'
#   --rounds N       paired rounds for each row of the table (301; with --kmeans at most 5)
#   --library FILE   measures this libfaiss_c.so instead of the one that scripts/build-native.sh builds
#
# Otherwise FAISS gets one thread, unless OMP_NUM_THREADS says otherwise: the cost of a call is what is measured.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/lib/dotnet.sh
. scripts/lib/dotnet.sh

mode=compare rounds='' library=${FAISS_SDK_LIBRARY:-} arguments=() quick=() output=''
while [ $# -gt 0 ]; do
    case $1 in
        --full) mode=full; shift; arguments=("$@"); break ;;
        --kmeans) mode=kmeans; shift ;;
        --quick) quick=(--quick); shift ;;
        --output) output=$(cd "$caller" && realpath -m -- "${2:?"--output needs a folder"}"); shift 2 ;;
        --rounds) rounds=${2:?"--rounds needs a number"}; shift 2 ;;
        --library) library=$(cd "$caller" && realpath -- "${2:?"--library needs a file"}"); shift 2 ;;
        -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "benchmark: unknown option $1 (see --help)" >&2; exit 2 ;;
    esac
done

if [ "$mode" != kmeans ] && [ "${#quick[@]}${output}" != 0 ]; then
    echo "benchmark: --quick and --output go with --kmeans (see --help)" >&2
    exit 2
fi

require_dotnet
[ "$mode" = kmeans ] || command -v gcc >/dev/null || { echo "benchmark: gcc is needed for the C side (Debian: sudo apt-get install gcc)" >&2; exit 1; }
if [ -z "$library" ]; then
    scripts/build-native.sh
    library=$PWD/native/runtimes/linux-x64/native/libfaiss_c.so
fi

source=tests/FaissSdk.Benchmarks
benchmarks=(dotnet "$source/bin/Release/net10.0/FaissSdk.Benchmarks.dll")
export FAISS_SDK_LIBRARY=$library
if [ "$mode" = kmeans ]; then
    dotnet_quietly build "$source" -c Release
    echo
    exec "${benchmarks[@]}" kmeans "${quick[@]}" ${rounds:+--rounds "$rounds"} ${output:+--output "$output"}
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Unrolled: around a call of four cycles, a loop's own jump costs up to half as much again, depending on where it lies.
compile=(gcc -O2 -funroll-loops -Wall -Wextra -Werror)
"${compile[@]}" -shared -fPIC -o "$scratch/loops.so" "$source/loops.c" -ldl
"${compile[@]}" -o "$scratch/main" "$source/main.c" "$source/loops.c" -ldl
dotnet_quietly build "$source" -c Release

export FAISS_SDK_BENCHMARK_LOOPS=$scratch/loops.so OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
echo
if [ "$mode" = full ]; then
    # Without arguments BenchmarkDotNet would ask which.
    [ ${#arguments[@]} -gt 0 ] || arguments=(--filter '*')
    "${benchmarks[@]}" "${arguments[@]}"
else
    "${benchmarks[@]}" compare "${rounds:-301}"
    echo
    "$scratch/main" "$library"
fi
