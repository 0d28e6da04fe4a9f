# shellcheck shell=bash
# What the scripts share around the dotnet command and NativeAOT's compiler. Sourced after common.sh.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Ends the script if there is no .NET 10 SDK.
require_dotnet() {
  local output
  output=$(dotnet --version 2>&1) ||
    fail "the .NET 10 SDK is missing; install it (package dotnet-sdk-10.0, or https://dotnet.microsoft.com/download). 'dotnet --version' prints:
$output"
}

# dotnet_quietly COMMAND…: runs dotnet and shows its output only if it fails.
dotnet_quietly() {
  local output status=0
  say "dotnet ${*#"$root"/}"
  output=$(dotnet "$@" -nologo 2>&1) || status=$?
  if ((status != 0)); then
    { grep -E 'error|Error' <<<"$output" | sort -u || say "$output"; } | head -n 40 >&2 || true
  fi
  return "$status"
}

# Makes all builds of this script, and of those that it calls, use one compiler process: compiling takes half as long. Its name is its
# own, so that stop_compiler ends no other one; left alone, it ends after ten minutes.
start_compiler() { export UseSharedCompilation=true SharedCompilationId=faiss-sdk-$$; }

stop_compiler() {
  local version folder
  version=$(dotnet --version)
  folder=$(dotnet --list-sdks | sed -n "s/^$version \[\(.*\)\]$/\1/p")/$version/Roslyn/bincore
  [[ ! -e $folder/VBCSCompiler.dll ]] || dotnet "$folder/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1 || true
}

# build_errors LOG: prints the errors of a build.
build_errors() { grep -E ' error[ :]|undefined' "$1" | sort -u | head -n 20 | indent; }

# no_such_package LOG: succeeds if a build failed because a NuGet package is not available.
no_such_package() { grep -qE 'error NU1(10[123]|301)' "$1"; }

# find_ilc RESPONSE TARGET: prints the path of NativeAOT's compiler for this machine. RESPONSE is the file with the compiler's
# arguments that the SDK writes for a program for TARGET, such as linux-arm64; the compiler lies beside the framework in it.
find_ilc() {
  local host=x64
  [[ $(uname -m) == x86_64 ]] || host=arm64
  sed -n "s#^-r:\(.*\)/microsoft.netcore.app.runtime.nativeaot.$2/\([^/]*\)/.*#\1/runtime.linux-$host.microsoft.dotnet.ilcompiler/\2/tools/ilc#p" "$1" | sort -u
}
