#!/usr/bin/env bash
# Makes the packages and proves them: what is in them, what they want of a system, and that projects outside of the checkout
# install them, run with them, and are published with them.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/clang.sh
. "$root/scripts/lib/clang.sh"

# The oldest systems that the native package for Linux is for.
glibc=2.34 glibcxx=3.4.30
pack_options=()
while (($#)); do
  case $1 in
    --source) pack_options=(--source "${2:?"--source needs a folder"}"); shift 2 ;;
    --help | -h)
      echo "Usage: scripts/check-packages.sh [--source DIR]"
      echo "Makes the packages with scripts/pack.sh, which gets the option, and tries them out in projects of their own."
      exit 0 ;;
    *) echo "check-packages: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done
require_dotnet
command -v unzip >/dev/null || install_packages unzip || { echo "check-packages: unzip is missing; install it with: sudo apt-get install unzip" >&2; exit 1; }
unset FAISS_SDK_LIBRARY

work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-check.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
say() { printf '%s\n' "$*"; }
indent() { sed 's/^/       /'; }
refuse() { say "FAULT  $*"; exit 1; }
run() { # run LOG COMMAND…
  "${@:2}" >"$work/$1.log" 2>&1 || { tail -n 20 "$work/$1.log" | indent; refuse "'${*:2:4}' fails"; }
}
fails_with() { # fails_with TEXT COMMAND…
  ! "${@:2}" >"$work/fails.log" 2>&1 || refuse "'${*:2}' does not fail"
  grep -qF -- "$1" "$work/fails.log" || { tail -n 10 "$work/fails.log" | indent; refuse "'${*:2}' fails without the words: $1"; }
}
alone() { env -i HOME="$HOME" PATH="$PATH" "$@"; } # without the variables of this shell

"$root/scripts/pack.sh" "${pack_options[@]}" --output "$work/packages"
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
osx='' arm=''
[[ ! -e $work/packages/FaissSdk.Native.osx-arm64.$version.nupkg ]] || osx=1
[[ ! -e $work/packages/FaissSdk.Native.linux-arm64.$version.nupkg ]] || arm=FaissSdk.Native.linux-arm64.$version.nupkg

# ---- what is in them

for package in "$work"/packages/*nupkg; do
  name=$(basename "$package")
  mkdir -p "$work/content/$name"
  unzip -q "$package" -d "$work/content/$name"
  (cd "$work/content/$name" && find . -type f ! -path './_rels/*' ! -path './package/*' ! -name '*Content_Types*' ! -name '*.nuspec' | sed 's#^\./##' | sort) >"$work/content/$name.files"
done
expect_files() { # expect_files PACKAGE NAME…
  printf '%s\n' "${@:2}" | sort >"$work/expected"
  if ! diff "$work/expected" "$work/content/$1.files" >"$work/diff"; then
    grep '^[<>]' "$work/diff" | sed 's/^</not there:/; s/^>/not expected:/' | indent
    refuse "$1 does not hold what it should"
  fi
  say "ok     $1 holds the $(wc -l <"$work/expected") files it should, $(($(stat -c %s "$work/packages/$1") / 1024)) KB"
}
native=FaissSdk.Native.linux-x64.$version.nupkg
runtimes=runtimes/linux-x64/native
builds='libfaiss_c libfaiss_c_avx2'
! grep -q '"simdLevel": "dd"' "$work/content/$native/$runtimes/libfaiss_c.json" || builds=libfaiss_c # it chooses by itself
common=(LICENSE README.md THIRD-PARTY-NOTICES.txt buildTransitive/FaissSdk.Native.targets)
linux=("$runtimes/libgomp.so.1")
for build in $builds; do linux+=("$runtimes/$build.so" "$runtimes/$build.json" "static/linux-x64/$build.a"); done
expect_files "FaissSdk.$version.nupkg" README.md buildTransitive/FaissSdk.targets lib/net10.0/FaissSdk{,.Interop,.Managed}.{dll,xml}
expect_files "FaissSdk.$version.snupkg" lib/net10.0/FaissSdk{,.Interop,.Managed}.pdb
expect_files "$native" "${common[@]}" buildTransitive/FaissSdk.Native.linux-x64.targets "${linux[@]}"
[[ -z $osx ]] || expect_files "FaissSdk.Native.osx-arm64.$version.nupkg" "${common[@]}" buildTransitive/FaissSdk.Native.osx-arm64.targets \
  runtimes/osx-arm64/native/libfaiss_c.{dylib,json} static/osx-arm64/libfaiss_c.a
[[ -z $arm ]] || expect_files "$arm" "${common[@]}" buildTransitive/FaissSdk.Native.linux-arm64.targets static/linux-arm64/libfaiss_c.a \
  runtimes/linux-arm64/native/{libfaiss_c.so,libfaiss_c.json,libgomp.so.1}
tool=FaissSdk.Tool.$version.nupkg
for name in "${linux[@]}"; do
  [[ $name == static/* || -e $work/content/$tool/tools/net10.0/any/$name ]] || refuse "$tool lacks $name"
done
say "ok     $tool has the native libraries inside, $(($(stat -c %s "$work/packages/$tool") / 1024)) KB"

dependencies=$(sed -nE 's/.*<dependency id="([^"]*)".*/\1/p' "$work/content/FaissSdk.$version.nupkg/FaissSdk.nuspec" | paste -s -d ' ')
[[ $dependencies == System.Numerics.Tensors ]] || refuse "FaissSdk depends on $dependencies; expected: System.Numerics.Tensors"
for notice in FAISS 'OpenBLAS and LAPACK' libgomp; do
  grep -q "^==== $notice" "$work/content/$native/THIRD-PARTY-NOTICES.txt" || refuse "the notices of $native lack $notice"
done
[[ -z $osx ]] || grep -q 'not seen to run on a Mac' "$work/content/FaissSdk.Native.osx-arm64.$version.nupkg/"*.nuspec || refuse "the package for osx-arm64 does not say that no Mac ran it"
if grep -rlaF -e "$root/" -e "$work/" -e "${TMPDIR:-/tmp}/faiss-sdk-" "$work/content" | indent | grep .; then
  refuse "the files above hold paths of this machine"
fi
say "ok     FaissSdk depends on System.Numerics.Tensors alone; the licences are there; no path of this machine is in a package"

# ---- what the libraries for Linux want of a system

highest() { # highest PREFIX FILE
  { readelf -VW "$2" | grep -oE "Name: $1_[0-9.]+" || true; } | sed 's/.*_//' | sort -uV | tail -n 1
}
at_most() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n 1) == "$2" ]]; }
check_versions() { # check_versions FILE
  local wants_glibc wants_glibcxx
  wants_glibc=$(highest GLIBC "$1") wants_glibcxx=$(highest GLIBCXX "$1")
  at_most "$wants_glibc" "$glibc" || refuse "$(basename "$1") wants GLIBC_$wants_glibc, more than $glibc"
  at_most "${wants_glibcxx:-0}" "$glibcxx" || refuse "$(basename "$1") wants GLIBCXX_$wants_glibcxx, more than $glibcxx"
  say "ok     $(basename "$1") wants GLIBC_$wants_glibc${wants_glibcxx:+ and GLIBCXX_$wants_glibcxx}"
}
for library in "$work/content/$native/$runtimes"/*.so* ${arm:+"$work/content/$arm/runtimes/linux-arm64/native"/*.so*}; do check_versions "$library"; done

# ---- the same from anywhere, and its sources found

if [[ -e $root/.git && -z $(git -C "$root" status --porcelain) ]]; then
  commit=$(git -C "$root" rev-parse HEAD)
  for copy in here/faiss-sdk elsewhere/deeper/faiss-sdk; do
    git clone -q "$root" "$work/$copy"
    git -C "$work/$copy" checkout -q -B main "$commit"
    git -C "$work/$copy" remote set-url origin https://github.com/example/faiss-sdk
    run pack "$work/$copy/scripts/pack.sh" --managed-only --output "$work/$copy/packages"
  done
  for package in "FaissSdk.$version.nupkg" "FaissSdk.$version.snupkg"; do
    cmp "$work/here/faiss-sdk/packages/$package" "$work/elsewhere/deeper/faiss-sdk/packages/$package" || refuse "$package differs when it is made in another folder"
  done
  unzip -q "$work/here/faiss-sdk/packages/FaissSdk.$version.snupkg" -d "$work/symbols"
  for symbols in "$work"/symbols/lib/net10.0/*.pdb; do
    grep -qaF "https://raw.githubusercontent.com/example/faiss-sdk/$commit/*" "$symbols" || refuse "$(basename "$symbols") has no Source Link"
  done
  say "ok     FaissSdk is the same to the byte from two folders, and its symbols have Source Link"
else
  say "not run: two clones for Source Link and equal bytes, as there are changes that are not committed"
fi

# ---- a user's project

# Paths with spaces are a user's right.
mkdir "$work/a user"
cd "$work/a user"
# Nothing of it stays behind, and what is not ours is not fetched again.
cat >nuget.config <<EOF
<configuration>
  <packageSources><add key="faiss-sdk" value="$work/packages" /></packageSources>
  <fallbackPackageFolders><add key="fetched" value="${NUGET_PACKAGES:-$HOME/.nuget/packages}" /></fallbackPackageFolders>
  <config><add key="globalPackagesFolder" value="$work/all installed" /></config>
</configuration>
EOF
run new dotnet new console -n app
# The program on the package's page, and what it has loaded.
{
  sed -n '/^```csharp$/,/^```$/p' "$root/src/FaissSdk/README.md" | grep -v '^```'
  say 'Console.WriteLine(FaissLibrary.Info);'
  say 'if (File.Exists("/proc/self/maps")) foreach (var file in File.ReadLines("/proc/self/maps").Where(line => line.Contains(".so")).Select(line => line[line.IndexOf((char)47)..]).Distinct()) Console.WriteLine(file);'
} >app/Program.cs
run add dotnet add app package FaissSdk
run build dotnet build app -c Release
fails_with "dotnet add package FaissSdk.Native.linux-x64" alone dotnet app/bin/Release/net10.0/app.dll
say "ok     without the native package the program names it"
fails_with "FAISSSDK001: FaissSdkStatic links FAISS into the program, and its archive for linux-x64 is in a package of its own: dotnet add package FaissSdk.Native.linux-x64" \
  dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -p:FaissSdkStatic=true
run hint dotnet publish app -c Release -r linux-x64 -p:PublishAot=true
grep -q 'FaissSdk: no native package for linux-x64 is referenced' "$work/hint.log" || refuse "a NativeAOT publish without the native package says nothing of it"
say "ok     a NativeAOT publish without it says so, and with FaissSdkStatic it fails and says what to add"

run add dotnet add app package FaissSdk.Native.linux-x64
run run alone dotnet run --project app -c Release
[[ $(head -n 1 "$work/run.log") == "0 0" ]] || { indent <"$work/run.log"; refuse "the first neighbour is not the vector itself"; }
grep -q '^Native: ' "$work/run.log" || refuse "k-means was not FAISS's"
output="$work/a user/app/bin/Release/net10.0/$runtimes"
file=libfaiss_c.so
if grep -qw avx2 /proc/cpuinfo && [[ $builds == *avx2* ]]; then file=libfaiss_c_avx2.so; fi
grep -qF "Path = $output/$file," "$work/run.log" || { indent <"$work/run.log"; refuse "another library was loaded than $file"; }
grep -qxF "$output/libgomp.so.1" "$work/run.log" || { grep -F libgomp "$work/run.log" | indent; refuse "libgomp.so.1 does not come from the package"; }
say "ok     dotnet add package and dotnet run: the program on the package's page, with $file and the libgomp.so.1 beside it:"
head -n 7 "$work/run.log" | indent
if [[ $file == *avx2* ]]; then
  run generic alone DOTNET_EnableAVX2=0 dotnet app/bin/Release/net10.0/app.dll
  grep -qF "Path = $output/libfaiss_c.so," "$work/generic.log" || refuse "without AVX2 another library was loaded than libfaiss_c.so"
  say "ok     with AVX2 turned off it takes libfaiss_c.so"
fi

publish() { # publish NAME OPTION…: under NativeAOT, and runs it
  run "$1" dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -o "$work/$1" "${@:2}"
  ! grep -E 'warning [A-Z]' "$work/$1.log" || refuse "publishing gives the warnings above"
  run run alone "$work/$1/app"
}
publish shared
grep -qF "Path = $work/shared/$file," "$work/run.log" || { indent <"$work/run.log"; refuse "the published program did not load the $file beside it"; }
say "ok     dotnet publish, NativeAOT with the shared library: it runs"

publish static -p:FaissSdkStatic=true
[[ -z $(find "$work/static" -type f ! -name app ! -name '*.dbg' ! -name '*.pdb') ]] || { find "$work/static" -type f | indent; refuse "more than the program is published"; }
grep -qE 'IsLinked = True.*SimdLevel = (generic|dd)' "$work/run.log" || { indent <"$work/run.log"; refuse "FAISS is not linked in"; }
check_versions "$work/static/app"
say "ok     dotnet publish, NativeAOT static: one file of $(($(stat -c %s "$work/static/app") / 1024)) KB; it runs"
if [[ $file == *avx2* ]]; then
  publish static-level -p:FaissSdkStatic=true -p:FaissSdkStaticLevel=avx2
  grep -qx ' *FaissSdk: FAISS is linked in, SIMD level avx2' "$work/static-level.log" || refuse "not one archive is linked in"
  grep -q 'IsLinked = True.*SimdLevel = avx2' "$work/run.log" || { indent <"$work/run.log"; refuse "another FaissSdkStaticLevel does not link again"; }
  say "ok     with FaissSdkStaticLevel=avx2 it is linked again, at that level; it runs"
  publish static-avx2 -p:FaissSdkStatic=true -p:IlcInstructionSet=x86-64-v3
  grep -q 'IsLinked = True.*SimdLevel = avx2' "$work/run.log" || { indent <"$work/run.log"; refuse "FAISS is not linked in at the level avx2"; }
  say "ok     with IlcInstructionSet=x86-64-v3 FAISS of level avx2 is linked in; it runs"
fi

run run alone dotnet run --project app -c Release -p:PublishAot=true -p:FaissSdkStatic=true
grep -q 'IsLinked = False' "$work/run.log" || { indent <"$work/run.log"; refuse "dotnet run takes FAISS as linked in, which it is in a published program only"; }
say "ok     dotnet run with the same properties takes the shared library"

# ---- where nothing else is installed

bare=$work/bare
mkdir -p "$bare/app" "$bare/proc"
cp -r "$work/shared/." "$bare/app"
{ ldd "$work/shared/app"; ldd "$work/shared/$file"; } | sed -nE 's/^[[:space:]]*(.* => )?(\/[^ ]*) .*/\2/p' |
  grep -E '/(ld-linux-x86-64|lib(c|m|gcc_s|stdc\+\+))\.so' | sort -u >"$work/system"
while read -r library; do
  mkdir -p "$bare$(dirname "$library")"
  cp -L "$library" "$bare$library"
done <"$work/system"
# What is mounted in a namespace of its own is gone with it. .NET itself wants ICU, or to be told to do without.
in_bare_root() { PATH=$PATH:/usr/sbin unshare --mount sh -c 'mount -t proc proc "$1/proc" && exec env -i DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$(command -v chroot)" "$@"' sh "$bare" "$@"; }
if PATH=$PATH:/usr/sbin unshare --mount sh -c 'mount -t proc proc "$1/proc"' sh "$bare" 2>/dev/null; then
  run bare in_bare_root /app/app
  grep -qF "Path = /app/$file," "$work/bare.log" || { indent <"$work/bare.log"; refuse "in an empty root the program loads another library than its own"; }
  say "ok     in a root with nothing but $(sed 's#.*/##' "$work/system" | paste -s -d ' ') it runs"
else
  say "not run: the program in a root without OpenMP (needs to mount)"
fi

# ---- what is told when it cannot be

fails_with "FAISSSDK002: FaissSdkStaticLevel=avx9: for linux-x64 FAISS is there at the levels" \
  dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -p:FaissSdkStatic=true -p:FaissSdkStaticLevel=avx9
fails_with "FAISSSDK001: FaissSdkStatic: for linux-musl-x64 there is no archive of FAISS, only for linux-x64, linux-arm64, osx-arm64" \
  dotnet msbuild app -t:FaissSdkCheckArchive -p:RuntimeIdentifier=linux-musl-x64 -p:PublishAot=true -p:FaissSdkStatic=true
run jit dotnet publish app -c Release -p:FaissSdkStatic=true -o "$work/jit"
grep -q 'warning FAISSSDK003' "$work/jit.log" || refuse "FaissSdkStatic without NativeAOT gives no warning"
run run alone dotnet "$work/jit/app.dll"
say "ok     an unknown level, a platform without an archive, and FaissSdkStatic without NativeAOT are told"

# ---- the tool, and the other platform

run tool dotnet tool install FaissSdk.Tool --version "$version" --tool-path "$work/tool" --configfile nuget.config
run doctor alone DOTNET_ROOT="$(dirname "$(readlink -f "$(command -v dotnet)")")" "$work/tool/faiss-sdk" doctor
grep -q "$work/tool/.*/$file (loaded" "$work/doctor.log" || { indent <"$work/doctor.log"; refuse "the tool did not load its own $file"; }
say "ok     dotnet tool install, faiss-sdk doctor: $(grep -m 1 '^verdict' "$work/doctor.log")"
if [[ -n $osx ]]; then
  run add dotnet add app package FaissSdk.Native.osx-arm64
  run publish dotnet publish app -c Release -r osx-arm64 --no-self-contained -p:UseAppHost=false -o "$work/osx"
  [[ -s $work/osx/libfaiss_c.dylib ]] || { find "$work/osx" -type f | indent; refuse "a program published for osx-arm64 has no libfaiss_c.dylib beside it"; }
  run run alone dotnet run --project app -c Release
  say "ok     published for osx-arm64 libfaiss_c.dylib goes along; a project with both native packages runs"
fi

# ---- another processor, in an emulator

if [[ -n $arm ]] && { command -v qemu-aarch64 >/dev/null || install_packages qemu-user; }; then
  emulate() { alone qemu-aarch64 -L /usr/aarch64-linux-gnu -E OMP_NUM_THREADS=1 -E DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$@"; }
  for program in kmeans search; do
    run compile aarch64-linux-gnu-gcc -O2 -c "$root/native/$program.c" -o "$work/$program.o"
    run link aarch64-linux-gnu-g++ "$work/$program.o" "$work/content/$arm/static/linux-arm64/libfaiss_c.a" -o "$work/$program"
    run "$program" emulate "$work/$program"
  done
  run add dotnet add app package FaissSdk.Native.linux-arm64
  run publish dotnet publish app -c Release -r linux-arm64 --self-contained -o "$work/arm64"
  run arm64 emulate "$work/arm64/app"
  grep -q '^Native: ' "$work/arm64.log" && grep -qF "Path = $work/arm64/libfaiss_c.so," "$work/arm64.log" || { indent <"$work/arm64.log"; refuse "on arm64 the program did not use the library beside it"; }
  say "ok     linux-arm64 in an emulator: native/kmeans.c and native/search.c with the archive linked in, and the program on the package's page"
  # NativeAOT tells the linker for which processor by an option that GCC does not have, and does not quote the paths of its own archives.
  clang=$(find_clang) || true
  if [[ -n $clang ]] || install_packages clang; then
    run publish dotnet publish app -c Release -r linux-arm64 -p:PublishAot=true -p:FaissSdkStatic=true -o "$work/arm64-static" \
      -p:RestorePackagesPath="$work/installed" -p:CppCompilerAndLinker="${clang:-clang}" -p:ObjCopyName=aarch64-linux-gnu-objcopy
    ! grep -E 'warning [A-Z]' "$work/publish.log" || refuse "publishing gives the warnings above"
    run arm64 emulate "$work/arm64-static/app"
    [[ $(head -n 1 "$work/arm64.log") == "0 0" ]] && grep -q '^Native: ' "$work/arm64.log" && grep -q 'IsLinked = True' "$work/arm64.log" ||
      { indent <"$work/arm64.log"; refuse "on arm64 FAISS is not linked into the program"; }
    say "ok     dotnet publish, NativeAOT static, for linux-arm64: one file of $(($(stat -c %s "$work/arm64-static/app") / 1024)) KB; it runs in the emulator"
  else
    say "not run: a static program for linux-arm64 (needs clang)"
  fi
else
  say "not run: programs for linux-arm64 (needs its package and qemu-user)"
fi
