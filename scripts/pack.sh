#!/usr/bin/env bash
# Builds the NuGet packages FaissSdk, FaissSdk.Extensions.DependencyInjection, FaissSdk.VectorData, FaissSdk.Orleans, FaissSdk.Tool,
# FaissSdk.Native.RID for each platform, and FaissSdk.Native, which depends on those.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/linux.sh"
. "$root/scripts/lib/faiss-release.sh"

usage() {
  cat <<EOF
Usage: scripts/pack.sh [options]

Builds FAISS for $(rids | list), and packs it and the SDK. The packages for x64 have a library that
chooses its SIMD level at run time (before FAISS 1.14: one for every processor and one for those with AVX2), and never the one that
was built for this machine's own level. The package FaissSdk.Native depends on those of all platforms.

  --version V          pack this release of FAISS, such as $(newest_release), which is cloned and verified: the way for production
  --source DIR         pack this FAISS tree (1.7.3 or newer); default: Debian's source package faiss
  --output DIR         put the packages there, in place of all packages of FaissSdk, or with --managed-only in place of those that are
                       built; default: bin/packages
  --package-version V  the version of the packages; default: the one in Directory.Build.props
  --quick              pack one SIMD level for the platforms other than linux-x64
  --managed-only       build only the packages that contain nothing native
  --help               show this text

FAISS_REPOSITORY names the repository that --version clones; default: FAISS's public one (see scripts/build-native.sh --help).

If a platform cannot be built here, its package is left out with a message.
EOF
}

release='' source_dir='' output=$root/bin/packages version='' quick='' managed_only=''
while (($#)); do
  case $1 in
    --version | --source | --output | --package-version)
      need_value "$@"
      case $1 in
        --version) release=${2#v} ;;
        --source) source_dir=$(absolute "$2") ;;
        --output) output=$(absolute "$2") ;;
        --package-version) version=$2 ;;
      esac
      shift 2 ;;
    --quick) quick=1; shift ;;
    --managed-only) managed_only=1; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -z $release || -z $source_dir ]] || misuse "use only one of --version and --source"
[[ -z $release ]] || release_commit "$release" >/dev/null
[[ -z $version || $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || misuse "--package-version $version is not a version (such as 1.2.3 or 1.2.3-rc.1)"
[[ -n $managed_only || $(uname -s)-$(uname -m) == Linux-x86_64 ]] ||
  fail "the native packages can only be built on Linux on x86_64; use --managed-only for the packages that contain nothing native"
require_dotnet
make_work_folder

# The packages of a commit are the same to the byte, whenever and wherever they are built.
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
  # In a container the checkout may belong to another user, whose repository git would refuse to read.
  SOURCE_DATE_EPOCH=$(git -c safe.directory="$root" -C "$root" log -1 --format=%ct 2>/dev/null) || {
    SOURCE_DATE_EPOCH=0
    [[ ! -e $root/.git ]] || say "pack: git cannot read the commit of $root, so that the files of the packages are dated 1970; set SOURCE_DATE_EPOCH to another time" >&2
  }
fi
export SOURCE_DATE_EPOCH
# Analyzers do not change the output; they run when the solution is built.
options=(-c Release -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false)
[[ -z $version ]] || options+=("-p:Version=$version")

property() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$root/Directory.Build.props"; } # property NAME: prints a property of all projects

pack() { # pack PROJECT OPTION…
  dotnet_quietly pack "$root/$1" "${options[@]}" -o "$work/packages" "${@:2}" >/dev/null || fail "packing $1 failed"
}

publish() {
  local file id
  mkdir -p -- "$output"
  if [[ -z $managed_only ]]; then
    # Those of an earlier run, also for a platform that is left out now, contain another FAISS.
    rm -f -- "$output"/FaissSdk.*.nupkg "$output"/FaissSdk.*.snupkg
  fi
  for file in "$work"/packages/*.nupkg; do
    id=${file##*/} id=${id%%.[0-9]*}
    rm -f -- "$output/$id".[0-9]*.nupkg "$output/$id".[0-9]*.snupkg
  done
  say "Packages in $(short "$output"):"
  for file in "$work"/packages/*.nupkg; do say "  ${file##*/} $(kilobytes "$file")"; done
  mv -- "$work"/packages/* "$output"
}

if [[ -n $managed_only ]]; then
  pack src/FaissSdk
  pack src/FaissSdk.Extensions.DependencyInjection
  pack src/FaissSdk.VectorData
  pack src/FaissSdk.Orleans
  publish
  exit 0
fi

# ---- the native packages

[[ -z $release ]] || fetch_release "$release"
source_options=()
[[ -z $source_dir ]] || source_options=(--source "$source_dir")
build() { "$root/scripts/build-native.sh" "${source_options[@]}" "$@"; }

# add_build RID BUILD SUFFIX: copies the files of a build to the package's content, under names that end in SUFFIX.
add_build() {
  local rid=$1 native=runtimes/$1/native library name level
  level=$(field "$2/libfaiss_c.json" simdLevel)
  mkdir -p "$work/content/$rid/$native"
  for library in "$2"/libfaiss_c.so "$2"/libfaiss_c.dylib "$2"/faiss_c.dll; do
    [[ -e $library ]] || continue
    name=$(basename "$library")
    add_file "$rid" FaissSdkLibrary "$library" "$native/${name%.*}$3.${name##*.}" "$level"
    # FaissLibrary looks for the description under the name of the library.
    add_file "$rid" FaissSdkLibrary "$2/libfaiss_c.json" "$native/${name%.*}$3.json" "$level"
  done
  if [[ $rid == linux-* && $rid != linux-musl-* ]]; then
    # Beside the library, whose RUNPATH is $ORIGIN.
    linux_target
    cp -L -- "$(linux_libgomp)" "$work/content/$rid/$native/libgomp.so.1"
    # NuGet takes the assets of linux-x64 for linux-musl-x64, which glibc's library does not run on, unless there are closer ones.
    mkdir -p "$work/content/$rid/runtimes/linux-musl-${rid#linux-}/native"
    : >"$work/content/$rid/runtimes/linux-musl-${rid#linux-}/native/_._"
  fi
  [[ ! -e $2/libfaiss_c.a ]] || add_file "$rid" FaissSdkArchive "$2/libfaiss_c.a" "static/$rid/libfaiss_c$3.a" "$level"
}

# add_file RID TYPE FILE PATH LEVEL: copies a file into the package, and names it in an MSBuild item by its full path.
add_file() {
  mkdir -p "$(dirname "$work/content/$1/$4")"
  cp -- "$3" "$work/content/$1/$4"
  say "    <$2 Include=\"\$([System.IO.Path]::GetFullPath('\$(MSBuildThisFileDirectory)../$4'))\" RuntimeIdentifier=\"$1\" SimdLevel=\"$5\" />" >>"$work/$1.items"
}

pack_native() { # pack_native RID BUILD [REMARK]
  local content=$work/content/$1 remark licence
  faiss=$(field "$2/libfaiss_c.json" faissVersion)
  describe_rid "$1"
  remark+=${3:+ $3}
  mkdir -p "$content/buildTransitive"
  cp -- "$2/libfaiss_c.notices.txt" "$content/THIRD-PARTY-NOTICES.txt"
  ! grep -E '^Its licence is not ' "$content/THIRD-PARTY-NOTICES.txt" || fail "a licence is missing in the notices of $1; run scripts/build-native.sh --force where the packages are installed with their documentation"
  cp -- "$root/LICENSE" "$content"
  cp -- "$root/native/FaissSdk.Native.targets" "$content/buildTransitive"
  # A project with two native packages must import the targets once.
  cat >"$content/buildTransitive/FaissSdk.Native.$1.targets" <<EOF
<Project>
  <ItemGroup>
$(cat "$work/$1.items")
  </ItemGroup>
  <Import Project="FaissSdk.Native.targets" Condition="'\$(FaissSdkNativeImported)' == ''" />
  <PropertyGroup>
    <FaissSdkNativeImported>true</FaissSdkNativeImported>
  </PropertyGroup>
</Project>
EOF
  cat >"$content/README.md" <<EOF
# FaissSdk.Native.$1

FAISS $faiss with its C API for $1. The package FaissSdk finds and loads it. $remark

\`\`\`sh
dotnet add package FaissSdk
dotnet add package FaissSdk.Native.$1
\`\`\`

THIRD-PARTY-NOTICES.txt contains the licences of the libraries inside.
EOF
  pack native/FaissSdk.Native.csproj -p:NativeRuntime="$1" -p:NativeContent="$content" -p:NativeRemark="$(sed 's/%/%25/g; s/,/%2C/g; s/;/%3B/g' <<<"$remark")" \
    -p:NativeFaissVersion="$faiss" -p:NativeLicense="$licence"
  packed+=("$1")
}

# describe_rid RID: sets remark, what a package requires and contains, and licence.
describe_rid() {
  local processor
  case $1 in
    linux-musl-*)
      remark="It is for systems with musl, such as Alpine, and requires musl 1.2.3 or later alone. It includes OpenBLAS and OpenMP. It is cross-compiled; C programs were run with it under Debian's musl, but no .NET program."
      licence="MIT AND Apache-2.0 WITH LLVM-exception AND BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1" ;;
    linux-*)
      remark="It requires glibc 2.34 and GCC 12's libstdc++ (GLIBCXX 3.4.30) or later: Debian 12, Ubuntu 22.04, RHEL 9 and newer. It includes OpenBLAS and OpenMP."
      [[ $1 == linux-x64 ]] || remark+=" It is cross-compiled and was run in an emulator."
      licence="MIT AND BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1" ;;
    osx-*)
      processor='Apple Silicon'
      [[ $1 == osx-arm64 ]] || processor='an Intel processor'
      remark="It requires macOS 12 or later on $processor, uses Accelerate and includes OpenMP. It is cross-compiled; programs link with it and its code runs in a stand-in for macOS, but it has not been run on a Mac."
      licence="MIT AND Apache-2.0 WITH LLVM-exception" ;;
    win-*)
      remark="It requires Windows 10 or later and includes OpenBLAS, LAPACK and OpenMP. It is cross-compiled and was run under wine, but not yet on Windows."
      licence="MIT AND BSD-3-Clause AND Apache-2.0 WITH LLVM-exception AND ZPL-2.1" ;;
    *) fail "scripts/pack.sh does not describe the package for $1" ;;
  esac
}

# The package FaissSdk.Native, which depends on those of the platforms. It has a nuspec of its own, as a project would have to
# restore them.
pack_all() {
  local content=$work/all platform remark=''
  # With one level there is nothing to leave out, and naming another one is an error.
  [[ $levels != *' '* ]] || remark="The property \`FaissSdkLevel\`, \`${levels/ /\` or \`}\`, leaves out the libraries of the other SIMD level."
  mkdir "$content"
  cp -- "$root/LICENSE" "$content"
  cat >"$content/README.md" <<EOF
# FaissSdk.Native

FAISS $faiss with its C API for $(printf '%s\n' "${packed[@]}" | list): this package depends on one package for each. A publish for one platform contains its library alone.

\`\`\`sh
dotnet add package FaissSdk
dotnet add package FaissSdk.Native
\`\`\`
${remark:+
$remark}
EOF
  {
    say '<package><metadata>'
    say "<id>FaissSdk.Native</id><version>$package_version</version><authors>$authors</authors>"
    say '<license type="expression">MIT</license><readme>README.md</readme><tags>faiss native</tags>'
    say "<description>The native libraries of FaissSdk: FAISS $faiss with its C API for $(printf '%s\n' "${packed[@]}" | list).</description>"
    say '<dependencies><group targetFramework="net10.0">'
    # MSBuild assets flow to a project only if include names them.
    for platform in "${packed[@]}"; do say "<dependency id=\"FaissSdk.Native.$platform\" version=\"[$package_version]\" include=\"All\" />"; done
    say '</group></dependencies></metadata><files><file src="README.md" /><file src="LICENSE" /></files></package>'
  } >"$content/FaissSdk.Native.nuspec"
  pack native/FaissSdk.Native.csproj -p:NuspecFile="$content/FaissSdk.Native.nuspec" -p:NuspecBasePath="$content"
}

levels='generic avx2'
[[ -z $source_dir ]] || ! grep -qs 'FAISS_OPT_LEVEL STREQUAL "dd"' "$source_dir/faiss/CMakeLists.txt" || levels='dd'

pack_platform() { # pack_platform RID: builds and packs a platform, if it can be built here
  local status=0 level suffix own_levels=host remark=''
  if [[ $1 == linux-x64 || ($1 == *-x64 && -z $quick) ]]; then own_levels=$levels remark="SIMD levels: ${levels/ / and }."; fi
  for level in $own_levels; do
    build --rid "$1" --opt-level "$level" --output "$work/build/$1-$level" || { status=$?; break; }
  done
  case $status in
    0) ;;
    77) say "pack: FaissSdk.Native.$1 is left out, as this machine cannot build $1"; return ;;
    *) fail "the native library for $1 does not build" ;;
  esac
  for level in $own_levels; do
    suffix=''
    [[ $level != avx2 ]] || suffix=_avx2
    add_build "$1" "$work/build/$1-$level" "$suffix"
  done
  pack_native "$1" "$work/build/$1-${own_levels%% *}" "$remark"
}
package_version=${version:-$(property Version)} authors=$(property Authors) packed=() faiss=''
for rid in $(rids); do pack_platform "$rid"; done
pack_all

# ---- the managed packages

pack src/FaissSdk
pack src/FaissSdk.Extensions.DependencyInjection
pack src/FaissSdk.VectorData
pack src/FaissSdk.Orleans
mkdir "$work/runtimes"
for content in "$work"/content/*; do cp -r -- "$content"/runtimes/* "$work/runtimes"; done
find "$work/runtimes" -name _._ -delete
find "$work/runtimes" -type d -empty -delete
cat -- "$work"/content/*/THIRD-PARTY-NOTICES.txt >"$work/THIRD-PARTY-NOTICES.txt"
pack src/FaissSdk.Cli -p:FaissSdkRuntimes="$work/runtimes" -p:FaissSdkNotices="$work/THIRD-PARTY-NOTICES.txt"
publish
