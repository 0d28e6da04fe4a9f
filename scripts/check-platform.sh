#!/usr/bin/env bash
# Builds and tests the SDK on this machine with the library of a package, and installs the packages as a user does. It runs on Linux
# (glibc or musl), on macOS with bash 3.2, and on Windows in Git's bash; the jobs of .github/workflows run it.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/faiss-release.sh"

usage() {
  cat <<END
Usage: scripts/check-platform.sh --packages DIR [options]

Builds the solution, runs the tests with FAISS of the package for this platform (without such a package: the tests that need no
FAISS), installs the packages of DIR in a project of its own, and packs FaissSdk. On a Mac it also builds FAISS by
Apple's tools.

  --packages DIR   the packages that scripts/pack.sh has made
  --version V      the release of FAISS that a Mac builds; default: none
  --class NAME     run this class of tests only
  --help           show this text
END
}

packages='' release='' class=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --packages | --version | --class)
      need_value "$@"
      case $1 in
        --packages) packages=$2 ;;
        --version) release=${2#v} ;;
        --class) class=$2 ;;
      esac
      shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ -n $packages ]] || misuse "--packages is missing"
[[ -z $release ]] || release_commit "$release" >/dev/null
[[ -d $packages ]] || fail "--packages $packages: the folder does not exist; make packages with scripts/pack.sh --output $packages"
packages=$(cd "$packages" && pwd)
sdk=$(cd "$packages" && printf '%s\n' FaissSdk.[0-9]*.nupkg | head -n 1)
[[ -f $packages/$sdk ]] || fail "--packages $packages has no package FaissSdk; make packages with scripts/pack.sh --output DIR"
version=${sdk#FaissSdk.} version=${version%.nupkg}
require_dotnet
command -v unzip >/dev/null || fail "unzip is missing, which opens the packages; install it"
unset FAISS_SDK_LIBRARY
make_work_folder

# ---- this platform

case $(uname -m) in
  x86_64 | amd64) architecture=x64 ;;
  arm64 | aarch64) architecture=arm64 ;;
  *) fail "this processor ($(uname -m)) has no packages; they are for $(rids | list)" ;;
esac
windows=''
case $(uname -s) in
  Linux)
    # The libc of .NET counts: Debian's package musl puts its loader into /lib, too.
    case $(dotnet --info | sed -n 's/^ *RID: *//p') in
      linux-musl* | alpine*) rid=linux-musl-$architecture ;;
      *) rid=linux-$architecture ;;
    esac ;;
  Darwin) rid=osx-$architecture ;;
  MINGW* | MSYS* | CYGWIN*) rid=win-$architecture windows=1 ;;
  *) fail "this system ($(uname -s)) has no packages; they are for $(rids | list)" ;;
esac
# as_dotnet_path PATH: prints the path as .NET reads it.
as_dotnet_path() { if [[ -n $windows ]]; then cygpath -w "$1"; else say "$1"; fi; }
count() { sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 tests, \3 failed, \4 skipped/p' "$1" | tail -n 1; }

library=''
if [[ -f $packages/FaissSdk.Native.$rid.$version.nupkg ]]; then
  mkdir "$work/native"
  unzip -q "$packages/FaissSdk.Native.$rid.$version.nupkg" -d "$work/native"
  for library in "$work/native/runtimes/$rid/native"/*faiss_c.{so,dylib,dll}; do [[ ! -e $library ]] || break; done
  [[ -e $library ]] || refuse "FaissSdk.Native.$rid has no library"
  say "$rid: FAISS $(field "$work/native/runtimes/$rid/native/libfaiss_c.json" faissVersion) of FaissSdk.Native.$rid"
else
  say "$rid: no package contains FAISS for it, so that the managed k-means is tested"
fi

# ---- build and test

cd "$root"
dotnet_quietly build FaissSdk.sln -c Release >"$log" || { build_errors "$log"; refuse "the solution does not build"; }
ok "the solution builds"

run_tests() { # run_tests LIBRARY
  local status=0
  env OMP_WAIT_POLICY=passive FAISS_SDK_LIBRARY="$1" dotnet tests/FaissSdk.Tests/bin/Release/net10.0/FaissSdk.Tests.dll -noColor -noLogo \
    ${class:+-class "$class"} >"$work/tests.log" 2>&1 || status=$?
  [[ $status -eq 0 && -n $(count "$work/tests.log") ]] || { grep -A 8 '\[FAIL\]' "$work/tests.log" | head -n 200 | indent; show_end "$work/tests.log"; refuse "the tests fail (exit status $status)"; }
  ok "$(count "$work/tests.log")"
}
if [[ -n $library ]]; then
  run_tests "$(as_dotnet_path "$library")"
  run_as sample env FAISS_SDK_LIBRARY="$(as_dotnet_path "$library")" dotnet run -c Release --project tests/FaissSdk.AotSample
  ok "the sample: $(tail -n 1 "$work/sample.log")"
else
  run_tests "$(as_dotnet_path "$work/absent")"
fi

# ---- a user's project

mkdir "$work/user"
cd "$work/user"
cat >nuget.config <<END
<configuration>
  <packageSources><add key="faiss-sdk" value="$(as_dotnet_path "$packages")" /></packageSources>
  <config><add key="globalPackagesFolder" value="$(as_dotnet_path "$work/installed")" /></config>
</configuration>
END
run_as new dotnet new console -n app
awk '/^```csharp$/ { inside = 1; next } inside && /^```$/ { exit } inside' "$root/src/FaissSdk/README.md" >app/Program.cs
started=$SECONDS
run_as add dotnet add app package FaissSdk --version "$version"
if [[ -n $library ]]; then
  run_as add dotnet add app package FaissSdk.Native --version "$version"
  run_as run dotnet run --project app -c Release
  [[ $(head -n 1 "$work/run.log" | tr -d '\r') == "0 0" ]] || { indent <"$work/run.log"; refuse "the first neighbor is not the vector itself"; }
  ok "dotnet add package FaissSdk.Native and a first search take $((SECONDS - started)) s"
else
  run_as build dotnet build app -c Release
  ok "a program with FaissSdk builds"
fi

# ---- pack, and a Mac's own build

cd "$root"
run_as pack scripts/pack.sh --managed-only --output "$work/packed"
ok "scripts/pack.sh --managed-only"
if [[ $rid == osx-* && -n $release ]]; then
  scripts/build-native.sh --version "$release" --output "$work/built"
  run_tests "$work/built/libfaiss_c.dylib"
  scripts/check-osx.sh --output "$work/built"
fi
