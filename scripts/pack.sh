#!/usr/bin/env bash
# Makes the NuGet packages: FaissSdk, FaissSdk.Native.RID for linux-x64, linux-arm64 and osx-arm64, and FaissSdk.Tool.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
# shellcheck source=scripts/lib/linux.sh
. "$root/scripts/lib/linux.sh"

usage() {
  cat <<EOF
Usage: scripts/pack.sh [options]

Builds FAISS for any x64 processor and for those with AVX2 (from FAISS 1.15 on one library that chooses by itself), for
linux-arm64 and for osx-arm64, and makes the packages of them and of the SDK. No package has the library of this machine's
own level.

  --source DIR     pack this FAISS tree (1.7.3 or newer); without it, Debian's source package faiss
  --output DIR     put the packages there (default: bin/packages)
  --version V      the version of the packages (default: what Directory.Build.props says)
  --managed-only   only the package FaissSdk, which has nothing native in it
  --help           this text

Where another platform's cannot be built, its package is left out, and the script says so.
EOF
}

say() { printf '%s\n' "$*"; }
fail() { printf 'pack: %s\n' "$*" >&2; exit 1; }
source_options=() output=$root/bin/packages version='' managed_only=''
while (($#)); do
  case $1 in
    --source | --output | --version)
      [[ -n ${2:-} ]] || { echo "pack: $1 needs a value" >&2; exit 2; }
      case $1 in
        --source) source_options=(--source "$(realpath -m -- "$2")") ;;
        --output) output=$(realpath -m -- "$2") ;;
        --version) version=$2 ;;
      esac
      shift 2 ;;
    --managed-only) managed_only=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) echo "pack: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done
[[ -z $version || $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "pack: --version $version is no version (such as 1.2.3 or 1.2.3-rc.1)" >&2; exit 2; }
[[ -n $managed_only || $(uname -s)-$(uname -m) == Linux-x86_64 ]] || fail "the native packages are made on Linux on x86_64"
require_dotnet

stage=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-pack.XXXXXX")
trap 'rm -rf -- "$stage"' EXIT
# The packages of a commit are the same to the byte, whenever and wherever they are made.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
options=(-c Release -p:ContinuousIntegrationBuild=true)
[[ -z $version ]] || options+=("-p:Version=$version")

pack() { # pack PROJECT OPTION…
  dotnet_quietly pack "$root/$1" "${options[@]}" -o "$stage/packages" "${@:2}" >/dev/null || fail "packing $1 failed"
}

publish() {
  mkdir -p -- "$output"
  rm -f -- "$output"/FaissSdk.*.nupkg "$output"/FaissSdk.*.snupkg
  mv -- "$stage"/packages/* "$output"
  say "Packages in ${output#"$PWD"/}:"
  (cd "$output" && for file in *.nupkg; do say "  $file $(($(stat -c %s "$file") / 1024)) KB"; done)
}

if [[ -n $managed_only ]]; then
  pack src/FaissSdk
  publish
  exit 0
fi

# ---- what is native

field() { sed -n 's/^  "'"$2"'": "\(.*\)",\{0,1\}$/\1/p' "$1"; }
build() { "$root/scripts/build-native.sh" "${source_options[@]}" "$@"; }

# add_build RID BUILD SUFFIX: a build becomes part of the package's content, under names that end in SUFFIX.
add_build() {
  local native=$stage/content/$1/runtimes/$1/native archives=$stage/content/$1/static/$1 library
  mkdir -p "$native" "$archives"
  for library in "$2"/libfaiss_c.so "$2"/libfaiss_c.dylib; do
    [[ ! -e $library ]] || cp -- "$library" "$native/libfaiss_c$3.${library##*.}"
  done
  cp -- "$2/libfaiss_c.json" "$native/libfaiss_c$3.json"
  # Beside the library, where its $ORIGIN finds it.
  if [[ $1 == linux-* ]]; then
    linux_target "$1"
    cp -L -- "$(linux_libgomp)" "$native/libgomp.so.1"
  fi
  cp -- "$2/libfaiss_c.a" "$archives/libfaiss_c$3.a"
  say "    <FaissSdkArchive Include=\"\$(MSBuildThisFileDirectory)../static/$1/libfaiss_c$3.a\" RuntimeIdentifier=\"$1\" SimdLevel=\"$(field "$2/libfaiss_c.json" simdLevel)\" />" >>"$stage/$1.archives"
}

pack_native() { # pack_native RID BUILD REMARK LICENCE
  local content=$stage/content/$1 faiss
  faiss=$(field "$2/libfaiss_c.json" faissVersion)
  mkdir -p "$content/buildTransitive"
  cp -- "$2/libfaiss_c.notices.txt" "$content/THIRD-PARTY-NOTICES.txt"
  ! grep -E '^Its licence is not ' "$content/THIRD-PARTY-NOTICES.txt" || fail "a licence is missing among the notices of $1"
  cp -- "$root/LICENSE" "$content"
  cp -- "$root/native/FaissSdk.Native.targets" "$content/buildTransitive"
  # Two native packages in a project bring the same targets.
  cat >"$content/buildTransitive/FaissSdk.Native.$1.targets" <<EOF
<Project>
  <ItemGroup>
$(cat "$stage/$1.archives")
  </ItemGroup>
  <Import Project="FaissSdk.Native.targets" Condition="'\$(FaissSdkNativeImported)' == ''" />
  <PropertyGroup>
    <FaissSdkNativeImported>true</FaissSdkNativeImported>
  </PropertyGroup>
</Project>
EOF
  cat >"$content/README.md" <<EOF
# FaissSdk.Native.$1

FAISS $faiss with its C API for $1, for the package FaissSdk, which finds it by itself. $3

\`\`\`sh
dotnet add package FaissSdk
dotnet add package FaissSdk.Native.$1
\`\`\`

What is inside, and under which licences: THIRD-PARTY-NOTICES.txt.
EOF
  pack native/FaissSdk.Native.csproj -p:NativeRuntime="$1" -p:NativeContent="$content" -p:NativeRemark="$(sed 's/%/%25/g; s/,/%2C/g; s/;/%3B/g' <<<"$3")" \
    -p:NativeFaissVersion="$faiss" -p:NativeLicense="$4"
}

levels='generic avx2'
[[ -z ${source_options[*]} ]] || ! grep -qs 'FAISS_OPT_LEVEL STREQUAL "dd"' "${source_options[1]}/faiss/CMakeLists.txt" || levels=dd
for level in $levels; do
  build --opt-level "$level" --output "$stage/build/$level"
  suffix=''
  [[ $level != avx2 ]] || suffix=_avx2
  add_build linux-x64 "$stage/build/$level" "$suffix"
done
linux_remark="It wants glibc 2.34 and GCC 12's libstdc++ (GLIBCXX 3.4.30), or later: Debian 12, Ubuntu 22.04, RHEL 9 and newer. OpenBLAS and OpenMP are inside."
linux_licence="MIT AND BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1"
pack_native linux-x64 "$stage/build/${levels%% *}" "$linux_remark SIMD levels: ${levels/ / and }." "$linux_licence"

pack_other() { # pack_other RID REMARK LICENCE: for another platform, if it can be built here
  local status=0
  build --rid "$1" --output "$stage/build/$1" || status=$?
  case $status in
    0)
      add_build "$1" "$stage/build/$1" ''
      pack_native "$1" "$stage/build/$1" "$2" "$3" ;;
    77) say "pack: FaissSdk.Native.$1 is left out, as $1 cannot be built here" ;;
    *) fail "$1 does not build" ;;
  esac
}
pack_other linux-arm64 "$linux_remark Cross-compiled; seen to run in an emulator." "$linux_licence"
pack_other osx-arm64 "It wants macOS 12 or later on Apple Silicon; BLAS is Accelerate's, OpenMP is inside. Cross-compiled: proven to link, and its code to run in an emulator; not seen to run on a Mac." \
  "MIT AND Apache-2.0 WITH LLVM-exception"

# ---- what is managed

pack src/FaissSdk
mkdir "$stage/runtimes"
for content in "$stage"/content/*; do cp -r -- "$content"/runtimes/* "$stage/runtimes"; done
cat -- "$stage"/content/*/THIRD-PARTY-NOTICES.txt >"$stage/THIRD-PARTY-NOTICES.txt"
pack src/FaissSdk.Cli -p:FaissSdkRuntimes="$stage/runtimes" -p:FaissSdkNotices="$stage/THIRD-PARTY-NOTICES.txt"
publish
