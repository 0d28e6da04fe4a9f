#!/usr/bin/env bash
# Builds the packages and checks their content, what they require of a system, and that projects outside of the checkout can
# install them, run with them and be published with them.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"

# The versions of the oldest systems that the native packages for Linux support.
glibc=2.34 glibcxx=3.4.30

usage() {
  cat <<END
Usage: scripts/check-packages.sh [--version V | --source DIR] [--every-level]

Builds the packages with scripts/pack.sh and tries them out in projects of their own; programs for linux-arm64 in an emulator.

  --version V    pack this release of FAISS
  --source DIR   pack this FAISS tree; default: Debian's source package faiss
  --every-level  pack every SIMD level of every platform, not of linux-x64 alone
  --help         show this text
END
}

pack_options=() quick=--quick
while (($#)); do
  case $1 in
    --version | --source) need_value "$@"; pack_options=("$1" "$2"); shift 2 ;;
    --every-level) quick=''; shift ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
require_dotnet
command -v unzip >/dev/null || install_packages unzip || fail "unzip is missing; install it with: sudo apt-get install unzip"
unset FAISS_SDK_LIBRARY
make_work_folder

fails_with() { # fails_with PATTERN COMMAND…: the command fails, and a line of its output matches the pattern
  ! "${@:2}" >"$work/fails.log" 2>&1 || refuse "'${*:2}' does not fail"
  grep -q -- "$1" "$work/fails.log" || { show_end "$work/fails.log"; refuse "'${*:2}' fails without a message like: $1"; }
}
alone() { env -i HOME="$HOME" PATH="$PATH" "$@"; } # alone COMMAND…: without the variables of this shell
# refuse_with NAME TEXT…: shows the output of the command that run_as ran under that name, and refuses.
refuse_with() { indent <"$work/$1.log"; refuse "${@:2}"; }

"$root/scripts/pack.sh" "${pack_options[@]}" $quick --output "$work/packages"
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
osx=() arm='' musl='' win=''
for rid in osx-arm64 osx-x64; do [[ ! -e $work/packages/FaissSdk.Native.$rid.$version.nupkg ]] || osx+=("$rid"); done
[[ ! -e $work/packages/FaissSdk.Native.linux-musl-x64.$version.nupkg ]] || musl=1
[[ ! -e $work/packages/FaissSdk.Native.linux-arm64.$version.nupkg ]] || arm=FaissSdk.Native.linux-arm64.$version.nupkg
[[ ! -e $work/packages/FaissSdk.Native.win-x64.$version.nupkg ]] || win=FaissSdk.Native.win-x64.$version.nupkg

# ---- the content

for package in "$work"/packages/*nupkg; do
  name=$(basename "$package")
  mkdir -p "$work/content/$name"
  unzip -q "$package" -d "$work/content/$name"
  (cd "$work/content/$name" && find . -type f ! -path './_rels/*' ! -path './package/*' ! -name '*Content_Types*' ! -name '*.nuspec' | sed 's#^\./##' | sort) >"$work/content/$name.files"
done
expect_files() { # expect_files PACKAGE NAME…
  printf '%s\n' "${@:2}" | sort >"$work/expected"
  if ! diff "$work/expected" "$work/content/$1.files" >"$work/diff"; then
    grep '^[<>]' "$work/diff" | sed 's/^</missing:/; s/^>/not expected:/' | indent
    refuse "$1 does not contain the expected files"
  fi
  ok "$1 contains the $(wc -l <"$work/expected") expected files, $(kilobytes "$work/packages/$1")"
}
native=FaissSdk.Native.linux-x64.$version.nupkg
runtimes=runtimes/linux-x64/native
builds='libfaiss_c libfaiss_c_avx2'
! grep -q '"simdLevel": "dd"' "$work/content/$native/$runtimes/libfaiss_c.json" || builds=libfaiss_c # it chooses the level at run time
common=(LICENSE README.md THIRD-PARTY-NOTICES.txt buildTransitive/FaissSdk.Native.targets)
linux=("$runtimes/libgomp.so.1" runtimes/linux-musl-x64/native/_._)
for build in $builds; do linux+=("$runtimes/$build.so" "$runtimes/$build.json" "static/linux-x64/$build.a"); done
expect_files "FaissSdk.$version.nupkg" README.md buildTransitive/FaissSdk{,.Rids}.targets lib/net10.0/FaissSdk{,.Interop,.Managed}.{dll,xml}
for extension in FaissSdk.Extensions.DependencyInjection FaissSdk.VectorData FaissSdk.Orleans; do
  expect_files "$extension.$version.nupkg" README.md "lib/net10.0/$extension".{dll,xml}
done
expect_files "FaissSdk.$version.snupkg" lib/net10.0/FaissSdk{,.Interop,.Managed}.pdb
expect_files "$native" "${common[@]}" buildTransitive/FaissSdk.Native.linux-x64.targets "${linux[@]}"
for rid in "${osx[@]}" ${musl:+linux-musl-x64}; do
  files=("${common[@]}" "buildTransitive/FaissSdk.Native.$rid.targets")
  own_builds=libfaiss_c file_type=dylib
  [[ $rid != *-x64 || -n $quick ]] || own_builds=$builds
  [[ $rid != *musl* ]] || file_type=so
  for build in $own_builds; do
    files+=("runtimes/$rid/native/$build.$file_type" "runtimes/$rid/native/$build.json")
    [[ $rid == *musl* ]] || files+=("static/$rid/$build.a")
  done
  expect_files "FaissSdk.Native.$rid.$version.nupkg" "${files[@]}"
done
[[ -z $arm ]] || expect_files "$arm" "${common[@]}" buildTransitive/FaissSdk.Native.linux-arm64.targets static/linux-arm64/libfaiss_c.a \
  runtimes/linux-arm64/native/{libfaiss_c.so,libfaiss_c.json,libgomp.so.1} runtimes/linux-musl-arm64/native/_._
windows=() windows_builds=libfaiss_c
[[ -n $quick ]] || windows_builds=$builds
for build in $windows_builds; do windows+=("runtimes/win-x64/native/${build#lib}".{dll,json}); done
[[ -z $win ]] || expect_files "$win" "${common[@]}" buildTransitive/FaissSdk.Native.win-x64.targets "${windows[@]}"
expect_files "FaissSdk.Native.$version.nupkg" LICENSE README.md
tool=FaissSdk.Tool.$version.nupkg
for name in "${linux[@]}" ${win:+"${windows[@]}"}; do
  [[ $name == static/* || $name == */_._ || -e $work/content/$tool/tools/net10.0/any/$name ]] || refuse "$tool lacks $name"
done
ok "$tool contains the native libraries, $(kilobytes "$work/packages/$tool")"

dependencies=$(sed -nE 's/.*<dependency id="([^"]*)".*/\1/p' "$work/content/FaissSdk.$version.nupkg/FaissSdk.nuspec" | paste -s -d ' ')
[[ $dependencies == System.Numerics.Tensors ]] || refuse "FaissSdk depends on $dependencies; expected: System.Numerics.Tensors"
for extension in FaissSdk.Extensions.DependencyInjection FaissSdk.VectorData FaissSdk.Orleans; do
  dependencies=$(sed -nE 's/.*<dependency id="([^"]*)".*/\1/p' "$work/content/$extension.$version.nupkg/$extension.nuspec" | sed -nE '/^Microsoft\.(Extensions\.|Orleans\.|Data\.Sqlite$)/!p' | list)
  [[ $dependencies == FaissSdk ]] || refuse "$extension depends on $dependencies besides Microsoft.Extensions.*, Microsoft.Orleans.* and Microsoft.Data.Sqlite; expected: FaissSdk"
done
dependencies=$(sed -nE 's/.*<dependency id="FaissSdk.Native.([^"]*)" version="\['"$version"'\]".*/\1/p' "$work/content/FaissSdk.Native.$version.nupkg/FaissSdk.Native.nuspec" | list)
packed=$(for rid in $(rids); do [[ ! -e $work/packages/FaissSdk.Native.$rid.$version.nupkg ]] || say "$rid"; done | list)
[[ $dependencies == "$packed" ]] || refuse "FaissSdk.Native depends on packages for $dependencies; expected: $packed"
for notice in FAISS 'OpenBLAS and LAPACK' libgomp; do
  grep -q "^==== $notice" "$work/content/$native/THIRD-PARTY-NOTICES.txt" || refuse "the notices of $native lack $notice"
done
for notice in FAISS OpenBLAS LAPACK libomp libc++ MinGW-w64; do
  [[ -z $win ]] || grep -q "^==== $notice" "$work/content/$win/THIRD-PARTY-NOTICES.txt" || refuse "the notices of $win lack $notice"
done
for rid in "${osx[@]}"; do
  grep -q 'not been run on a Mac' "$work/content/FaissSdk.Native.$rid.$version.nupkg/"*.nuspec || refuse "the package for $rid does not say that it has not been run on a Mac"
done
[[ -z $musl ]] || grep -q 'but no .NET program' "$work/content/FaissSdk.Native.linux-musl-x64.$version.nupkg/"*.nuspec || refuse "the package for linux-musl-x64 does not say what was not run with it"
[[ -z $win ]] || grep -q 'not yet on Windows' "$work/content/$win/"*.nuspec || refuse "the package for win-x64 does not say that it has not been run on Windows"
if grep -rlaF -e "$root/" -e "$work/" -e "${TMPDIR:-/tmp}/faiss-sdk-" "$work/content" | indent | grep .; then
  refuse "the files above contain paths of this machine"
fi
ok "FaissSdk depends on System.Numerics.Tensors alone; the packages contain the licences and no path of this machine"

# ---- what the libraries for Linux require of a system

highest() { # highest PREFIX FILE: prints the highest version of the symbols that the file needs
  { readelf -VW "$2" | grep -oE "Name: $1_[0-9.]+" || true; } | sed 's/.*_//' | sort -uV | tail -n 1
}
check_versions() { # check_versions FILE
  local needs_glibc needs_glibcxx
  needs_glibc=$(highest GLIBC "$1") needs_glibcxx=$(highest GLIBCXX "$1")
  at_least "$needs_glibc" "$glibc" || refuse "$(basename "$1") requires GLIBC_$needs_glibc, newer than $glibc"
  at_least "${needs_glibcxx:-0}" "$glibcxx" || refuse "$(basename "$1") requires GLIBCXX_$needs_glibcxx, newer than $glibcxx"
  ok "$(basename "$1") requires GLIBC_$needs_glibc${needs_glibcxx:+ and GLIBCXX_$needs_glibcxx}"
}
for library in "$work/content/$native/$runtimes"/*.so* ${arm:+"$work/content/$arm/runtimes/linux-arm64/native"/*.so*}; do check_versions "$library"; done

# ---- reproducible, with Source Link

if [[ -e $root/.git && -z $(git -C "$root" status --porcelain) ]]; then
  commit=$(git -C "$root" rev-parse HEAD)
  for copy in here/faiss-sdk elsewhere/deeper/faiss-sdk; do
    git clone -q "$root" "$work/$copy"
    git -C "$work/$copy" checkout -q -B main "$commit"
    git -C "$work/$copy" remote set-url origin https://github.com/example/faiss-sdk
    run_as pack "$work/$copy/scripts/pack.sh" --managed-only --output "$work/$copy/packages"
  done
  for package in "$work"/here/faiss-sdk/packages/*nupkg; do
    cmp "$package" "$work/elsewhere/deeper/faiss-sdk/packages/${package##*/}" || refuse "${package##*/} differs when it is built in another folder"
  done
  unzip -q "$work/here/faiss-sdk/packages/FaissSdk.$version.snupkg" -d "$work/symbols"
  for symbols in "$work"/symbols/lib/net10.0/*.pdb; do
    grep -qaF "https://raw.githubusercontent.com/example/faiss-sdk/$commit/*" "$symbols" || refuse "$(basename "$symbols") has no Source Link"
  done
  ok "the packages without native libraries are the same to the byte from two folders, and the symbols of FaissSdk have Source Link"
else
  say "not run: two clones for Source Link and equal bytes (needs all changes to be committed)"
fi

# ---- a user's project

# Users have paths with spaces.
mkdir "$work/a user"
cd "$work/a user"
# Our packages go to a folder that is removed; other packages come from those that are fetched already.
cat >nuget.config <<EOF
<configuration>
  <packageSources><add key="faiss-sdk" value="$work/packages" /></packageSources>
  <fallbackPackageFolders><add key="fetched" value="${NUGET_PACKAGES:-$HOME/.nuget/packages}" /></fallbackPackageFolders>
  <config><add key="globalPackagesFolder" value="$work/all installed" /></config>
</configuration>
EOF
run_as new dotnet new console -n app
# The program of the package's README, which also prints the libraries that it has loaded.
{
  awk '/^```csharp$/ { inside = 1; next } inside && /^```$/ { exit } inside' "$root/src/FaissSdk/README.md"
  say 'Console.WriteLine(FaissLibrary.Info);'
  say 'if (File.Exists("/proc/self/maps")) foreach (var file in File.ReadLines("/proc/self/maps").Where(line => line.Contains(".so")).Select(line => line[line.IndexOf((char)47)..]).Distinct()) Console.WriteLine(file);'
} >app/Program.cs
run_as add dotnet add app package FaissSdk
run_as build dotnet build app -c Release
fails_with "dotnet add package FaissSdk.Native.linux-x64" alone dotnet app/bin/Release/net10.0/app.dll
ok "without the native package the program names it"
fails_with "FAISSSDK001: .*dotnet add package FaissSdk.Native.linux-x64" \
  dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -p:FaissSdkStatic=true
run_as hint dotnet publish app -c Release -r linux-x64 -p:PublishAot=true
grep -q 'FaissSdk: no native package for linux-x64 is referenced' "$work/hint.log" || refuse "a NativeAOT publish without the native package does not report it"
ok "a NativeAOT publish without it reports it, and with FaissSdkStatic fails and names the command that adds it"

run_as add dotnet add app package FaissSdk.Native.linux-x64
run_as run alone dotnet run --project app -c Release
[[ $(head -n 1 "$work/run.log") == "0 0" ]] || refuse_with run "the first neighbor is not the vector itself"
grep -q '^Native: ' "$work/run.log" || refuse_with run "k-means did not use FAISS"
output="$work/a user/app/bin/Release/net10.0/$runtimes"
file=libfaiss_c.so
if grep -qw avx2 /proc/cpuinfo && [[ $builds == *avx2* ]]; then file=libfaiss_c_avx2.so; fi
grep -qF "Path = $output/$file," "$work/run.log" || refuse_with run "another library was loaded than $file"
grep -qxF "$output/libgomp.so.1" "$work/run.log" || { grep -F libgomp "$work/run.log" | indent; refuse "the libgomp.so.1 above is not that of the package"; }
ok "dotnet add package and dotnet run: the program of the package's README uses $file and the libgomp.so.1 beside it:"
head -n 7 "$work/run.log" | indent
if [[ $file == *avx2* ]]; then
  run_as generic alone DOTNET_EnableAVX2=0 dotnet app/bin/Release/net10.0/app.dll
  grep -qF "Path = $output/libfaiss_c.so," "$work/generic.log" || refuse_with generic "without AVX2 another library was loaded than libfaiss_c.so"
  ok "with AVX2 switched off it loads libfaiss_c.so"
fi

publish() { # publish NAME OPTION…: publishes the program by NativeAOT and runs it
  run_as "$1" dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -o "$work/$1" "${@:2}"
  ! grep -E 'warning [A-Z]' "$work/$1.log" || refuse "publishing gives the warnings above"
  run_as run alone "$work/$1/app"
}
publish shared
grep -qF "Path = $work/shared/$file," "$work/run.log" || refuse_with run "the published program did not load the $file beside it"
ok "dotnet publish, NativeAOT with the shared library: the program runs"

publish static -p:FaissSdkStatic=true
[[ -z $(find "$work/static" -type f ! -name app ! -name '*.dbg' ! -name '*.pdb') ]] || { find "$work/static" -type f | indent; refuse "the files above are published, expected is the program alone"; }
grep -qE 'IsLinked = True.*SimdLevel = (generic|dd)' "$work/run.log" || refuse_with run "FAISS is not linked in"
check_versions "$work/static/app"
ok "dotnet publish, NativeAOT static: the program is one file of $(kilobytes "$work/static/app") and runs"
if [[ $file == *avx2* ]]; then
  publish static-level -p:FaissSdkStatic=true -p:FaissSdkStaticLevel=avx2
  grep -qx ' *FaissSdk: FAISS is linked in, SIMD level avx2' "$work/static-level.log" || refuse_with static-level "the archive of the level avx2 is not linked in, or not alone"
  grep -q 'IsLinked = True.*SimdLevel = avx2' "$work/run.log" || refuse_with run "another FaissSdkStaticLevel does not link the program again"
  ok "with FaissSdkStaticLevel=avx2 the program is linked again, at that level, and runs"
  publish static-avx2 -p:FaissSdkStatic=true -p:IlcInstructionSet=x86-64-v3
  grep -q 'IsLinked = True.*SimdLevel = avx2' "$work/run.log" || refuse_with run "FAISS is not linked in at the level avx2"
  ok "with IlcInstructionSet=x86-64-v3 FAISS is linked in at the level avx2, and the program runs"
fi

run_as run alone dotnet run --project app -c Release -p:PublishAot=true -p:FaissSdkStatic=true
grep -q 'IsLinked = False' "$work/run.log" || refuse_with run "dotnet run expects FAISS to be linked in, which it is in published programs only"
ok "dotnet run with the same properties uses the shared library"

# ---- one platform, one SIMD level

libraries_in() { (cd "$1" && find . -type f -name '*faiss_c*' | sed 's#^\./##' | sort | list); } # libraries_in FOLDER
publish_for() { # publish_for RID NAME OPTION…: publishes the program for a platform to $work/NAME
  run_as "$2" dotnet publish app -c Release -r "$1" --no-self-contained -p:UseAppHost=false -o "$work/$2" "${@:3}"
}
expect_libraries() { # expect_libraries NAME LIBRARIES: the libraries of the published program
  [[ $(libraries_in "$work/$1") == "$2" ]] || refuse "the published program has the libraries $(libraries_in "$work/$1"); expected: ${2:-none}"
}
without_library() { # without_library RID NAME: a program published for the platform has no library, and the build warns of it
  publish_for "$1" "$2"
  expect_libraries "$2" ''
  grep -q "warning FAISSSDK004: .* FAISS for $1: .*managed k-means.*$(rids | list)" "$work/$2.log" || refuse_with "$2" "a publish for $1 without a library gives no warning"
}
without_library linux-musl-x64 musl
publish_for linux-musl-x64 silent -p:NoWarn=FAISSSDK004
! grep -q FAISSSDK004 "$work/silent.log" || refuse_with silent "NoWarn does not switch the warning off"
ok "a publish for linux-musl-x64 takes no library of linux-x64, and warns"
if [[ $builds == *avx2* ]]; then
  publish_for linux-x64 every
  expect_libraries every 'libfaiss_c.json, libfaiss_c.so, libfaiss_c_avx2.json, libfaiss_c_avx2.so'
  ! grep -q 'warning' "$work/every.log" || refuse_with every "a publish for linux-x64 gives warnings"
  for level in generic avx2; do
    publish_for linux-x64 "only-$level" -p:FaissSdkLevel="$level"
    suffix=''
    [[ $level == generic ]] || suffix=_avx2
    expect_libraries "only-$level" "libfaiss_c$suffix.json, libfaiss_c$suffix.so"
    if [[ $level == generic || $file == *avx2* ]]; then
      run_as run alone dotnet "$work/only-$level/app.dll"
      grep -q "SimdLevel = $level" "$work/run.log" || refuse_with run "another level than $level was loaded"
    fi
  done
  run_as portable dotnet publish app -c Release -p:FaissSdkLevel=generic -o "$work/portable"
  expect_libraries portable "$runtimes/libfaiss_c.json, $runtimes/libfaiss_c.so"
  run_as run alone dotnet "$work/portable/app.dll"
  ok "FaissSdkLevel publishes one SIMD level: $(du -sm "$work/every" | cut -f 1) MB with both, $(du -sm "$work/only-avx2" | cut -f 1) MB with avx2 alone"
fi
fails_with "FAISSSDK002: FaissSdkLevel=avx9 .*one of: \(generic, avx2\|dd\)" dotnet publish app -c Release -r linux-x64 -p:FaissSdkLevel=avx9

run_as new dotnet new console -n all
cp app/Program.cs all
run_as add dotnet add all package FaissSdk
run_as add dotnet add all package FaissSdk.Native
run_as run alone dotnet run --project all -c Release
grep -q '^Native: ' "$work/run.log" || refuse_with run "k-means did not use FAISS of the package FaissSdk.Native"
! find all/bin -path '*linux-musl*' ! -name linux-musl-x64 ! -path '*/linux-musl-x64/native' ! -path '*/linux-musl-x64/native/libfaiss_c*' | grep . || refuse "the files above are for musl, and not those of its package"
for rid in $(rids); do
  [[ -e $work/packages/FaissSdk.Native.$rid.$version.nupkg ]] || continue
  run_as "all-$rid" dotnet publish all -c Release -r "$rid" --no-self-contained -p:UseAppHost=false -o "$work/all-$rid"
  diff <(cd "$work/content/FaissSdk.Native.$rid.$version.nupkg/runtimes/$rid/native" && find . -type f | sort) <(cd "$work/all-$rid" && find . -type f ! -name 'all.*' ! -name 'FaissSdk*.dll' ! -name 'System.*.dll' | sort) >"$work/diff" ||
    { indent <"$work/diff"; refuse "a program published for $rid with FaissSdk.Native does not have the files of its platform alone"; }
  ! grep 'warning' "$work/all-$rid.log" || refuse "a publish for $rid with FaissSdk.Native gives the warnings above"
done
run_as musl-arm64 dotnet publish all -c Release -r linux-musl-arm64 --no-self-contained -p:UseAppHost=false -o "$work/musl-arm64"
expect_libraries musl-arm64 ''
grep -q 'warning FAISSSDK004' "$work/musl-arm64.log" || refuse_with musl-arm64 "with FaissSdk.Native a publish for linux-musl-arm64 gives no warning"
if [[ -n $musl ]]; then
  cmp "$work/all-linux-musl-x64/libfaiss_c.so" "$work/content/FaissSdk.Native.linux-musl-x64.$version.nupkg/runtimes/linux-musl-x64/native/libfaiss_c.so" || refuse "a program published for linux-musl-x64 with FaissSdk.Native has another library than musl's"
  ! grep 'warning FAISSSDK004' "$work/all-linux-musl-x64.log" || refuse "a publish for linux-musl-x64 with its library gives the warning above"
fi
ok "FaissSdk.Native: the program runs, and a publish for each of $packed has the files of that platform alone"

# ---- a system where nothing else is installed

bare=$work/bare
mkdir -p "$bare/app" "$bare/proc"
cp -r "$work/shared/." "$bare/app"
{ ldd "$work/shared/app"; ldd "$work/shared/$file"; } | sed -nE 's/^[[:space:]]*(.* => )?(\/[^ ]*) .*/\2/p' |
  grep -E '/(ld-linux-x86-64|lib(c|m|gcc_s|stdc\+\+))\.so' | sort -u >"$work/system"
while read -r library; do
  mkdir -p "$bare$(dirname "$library")"
  cp -L "$library" "$bare$library"
done <"$work/system"
# The mount vanishes with its namespace. .NET needs ICU, or this variable to do without it.
in_bare_root() { PATH=$PATH:/usr/sbin unshare --mount sh -c 'mount -t proc proc "$1/proc" && exec env -i DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$(command -v chroot)" "$@"' sh "$bare" "$@"; }
if PATH=$PATH:/usr/sbin unshare --mount sh -c 'mount -t proc proc "$1/proc"' sh "$bare" 2>/dev/null; then
  run_as bare in_bare_root /app/app
  grep -qF "Path = /app/$file," "$work/bare.log" || refuse_with bare "in an empty root the program loads another library than its own"
  ok "in a root that contains only $(sed 's#.*/##' "$work/system" | paste -s -d ' ') the program runs"
else
  say "not run: the program in a root without OpenMP (needs the right to mount)"
fi

# ---- errors and warnings

fails_with "FAISSSDK002: FaissSdkStaticLevel=avx9 .*linux-x64.*\(generic\|dd\)" \
  dotnet publish app -c Release -r linux-x64 -p:PublishAot=true -p:FaissSdkStatic=true -p:FaissSdkStaticLevel=avx9
fails_with "FAISSSDK001: .*linux-musl-x64.*linux-x64, linux-arm64, osx-arm64" \
  dotnet msbuild app -t:FaissSdkCheckArchive -p:RuntimeIdentifier=linux-musl-x64 -p:PublishAot=true -p:FaissSdkStatic=true
run_as jit dotnet publish app -c Release -p:FaissSdkStatic=true -o "$work/jit"
grep -q 'warning FAISSSDK003' "$work/jit.log" || refuse_with jit "FaissSdkStatic without NativeAOT gives no warning"
run_as run alone dotnet "$work/jit/app.dll"
ok "an unknown level, a platform without an archive, and FaissSdkStatic without NativeAOT are reported"

# ---- plugins, scripts and single files

"$root/scripts/check-hosts.sh" --packages "$work/packages"

# ---- the tool, macOS and Windows

run_as tool dotnet tool install FaissSdk.Tool --version "$version" --tool-path "$work/tool" --configfile nuget.config
run_as doctor alone DOTNET_ROOT="$(dirname "$(readlink -f "$(command -v dotnet)")")" "$work/tool/faiss-sdk" doctor
grep -q "$work/tool/.*/$file (loaded" "$work/doctor.log" || refuse_with doctor "the tool did not load its own $file"
ok "dotnet tool install, faiss-sdk doctor: $(grep -m 1 '^verdict' "$work/doctor.log")"
for rid in "${osx[@]}"; do
  run_as add dotnet add app package "FaissSdk.Native.$rid"
  run_as publish dotnet publish app -c Release -r "$rid" --no-self-contained -p:UseAppHost=false -o "$work/$rid"
  [[ -s $work/$rid/libfaiss_c.dylib ]] || { find "$work/$rid" -type f | indent; refuse "a program published for $rid has only the files above beside it, without libfaiss_c.dylib"; }
  run_as run alone dotnet run --project app -c Release
  ok "a program published for $rid has libfaiss_c.dylib beside it; a project with both native packages runs"
done
if [[ -n $win ]]; then
  run_as add dotnet add app package FaissSdk.Native.win-x64
  publish_for win-x64 win
  expect_libraries win "$(printf '%s\n' "${windows[@]##*/}" | sort | list)"
  ! grep 'warning' "$work/win.log" || refuse "a publish for win-x64 gives the warnings above"
  if [[ $windows_builds == *avx2* ]]; then
    publish_for win-x64 win-avx2 -p:FaissSdkLevel=avx2
    expect_libraries win-avx2 'faiss_c_avx2.dll, faiss_c_avx2.json'
  fi
  ok "a program published for win-x64 has $(list <<<"$(printf '%s\n' "${windows[@]##*/}")") beside it, without a warning"
fi

# ---- linux-arm64 in an emulator

if [[ -n $arm ]] && { command -v qemu-aarch64 >/dev/null || install_packages qemu-user; }; then
  emulate() { alone qemu-aarch64 -L /usr/aarch64-linux-gnu -E OMP_NUM_THREADS=1 -E DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$@"; }
  for program in kmeans search; do
    run_as compile aarch64-linux-gnu-gcc -O2 -c "$root/native/$program.c" -o "$work/$program.o"
    run_as link aarch64-linux-gnu-g++ "$work/$program.o" "$work/content/$arm/static/linux-arm64/libfaiss_c.a" -o "$work/$program"
    run_as "$program" emulate "$work/$program"
  done
  run_as add dotnet add app package FaissSdk.Native.linux-arm64
  run_as publish dotnet publish app -c Release -r linux-arm64 --self-contained -o "$work/arm64"
  run_as arm64 emulate "$work/arm64/app"
  grep -q '^Native: ' "$work/arm64.log" && grep -qF "Path = $work/arm64/libfaiss_c.so," "$work/arm64.log" || refuse_with arm64 "on arm64 the program did not use the library beside it"
  ok "linux-arm64 in an emulator: native/kmeans.c and native/search.c with the archive linked in and the program of the package's README run"
  # Clang links, as NativeAOT names the processor by an option that GCC lacks. Packages are restored to a path without spaces, as
  # NativeAOT does not quote the paths of its own archives.
  clang=${CLANG:-clang}
  if command -v "$clang" >/dev/null || install_packages clang; then
    run_as publish dotnet publish app -c Release -r linux-arm64 -p:PublishAot=true -p:FaissSdkStatic=true -o "$work/arm64-static" \
      -p:RestorePackagesPath="$work/installed" -p:CppCompilerAndLinker="$clang" -p:ObjCopyName=aarch64-linux-gnu-objcopy
    ! grep -E 'warning [A-Z]' "$work/publish.log" || refuse "publishing gives the warnings above"
    run_as arm64 emulate "$work/arm64-static/app"
    [[ $(head -n 1 "$work/arm64.log") == "0 0" ]] && grep -q '^Native: ' "$work/arm64.log" && grep -q 'IsLinked = True' "$work/arm64.log" ||
      refuse_with arm64 "on arm64 FAISS is not linked into the program"
    ok "dotnet publish, NativeAOT static, for linux-arm64: the program is one file of $(kilobytes "$work/arm64-static/app") and runs in the emulator"
  else
    say "not run: a static program for linux-arm64 (needs clang)"
  fi
else
  say "not run: programs for linux-arm64 (needs its package and qemu-user)"
fi
