#!/usr/bin/env bash
# Checks that FaissSdk finds its native library in programs that are not the application it was restored for: plugins, scripts, tasks
# of MSBuild and single files.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"

usage() {
  cat <<END
Usage: scripts/check-hosts.sh [--packages DIR]

Installs the packages FaissSdk and FaissSdk.Native.linux-x64 in a folder of its own, and runs a search in a plugin in a collectible
load context, in a folder loaded by Assembly.LoadFrom, in a script of dotnet fsi, in a file-based program, in a task of MSBuild, and in
a single file with and without self-extraction.

  --packages DIR   use the packages in DIR (default: packages of this checkout and of its native library)
  --help           show this text
END
}

packages=''
while (($#)); do
  case $1 in
    --packages) need_value "$@"; packages=$(realpath -- "$2"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] || fail "the hosts can only be checked on Linux on x86_64"
require_dotnet
unset FAISS_SDK_LIBRARY
make_work_folder
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")

# Packs the native library of this checkout, without archives and levels, which no host needs.
pack_here() {
  local built=$root/native/runtimes/linux-x64/native content=$work/content
  [[ -s $built/libfaiss_c.so ]] || "$root/scripts/build-native.sh"
  mkdir -p "$content/runtimes/linux-x64/native"
  cp -- "$built/libfaiss_c.so" "$content/runtimes/linux-x64/native"
  cp -L -- "$(gcc -print-file-name=libgomp.so.1)" "$content/runtimes/linux-x64/native"
  cp -- "$root/LICENSE" "$content/README.md"
  run_as pack-native dotnet pack "$root/native/FaissSdk.Native.csproj" -c Release -o "$packages" -p:NativeRuntime=linux-x64 \
    -p:NativeContent="$content" -p:NativeFaissVersion=any -p:NativeLicense=MIT
  run_as pack "$root/scripts/pack.sh" --managed-only --output "$work/managed"
  mv -- "$work"/managed/*.nupkg "$packages"
}
if [[ -z $packages ]]; then
  packages=$work/packages
  mkdir "$packages"
  pack_here
fi

# ---- the projects

# A separate home: restored packages are removed with it, and no host finds those of the user.
fetched=${NUGET_PACKAGES:-$HOME/.nuget/packages}
export HOME=$work/home DOTNET_CLI_HOME=$work/home DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1
unset NUGET_PACKAGES
mkdir -p "$HOME/.nuget/NuGet" "$work/a user"/{plugin,host,app}
cat >"$HOME/.nuget/NuGet/NuGet.Config" <<END
<configuration>
  <packageSources><clear /><add key="faiss-sdk" value="$packages" /></packageSources>
  <fallbackPackageFolders><add key="fetched" value="$fetched" /></fallbackPackageFolders>
</configuration>
END
cd "$work/a user"

references="<PackageReference Include=\"FaissSdk\" Version=\"$version\" /><PackageReference Include=\"FaissSdk.Native.linux-x64\" Version=\"$version\" />"
project() { # project NAME PROPERTIES ITEMS
  cat >"$1/$1.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>$2</PropertyGroup>
  <ItemGroup>$3</ItemGroup>
</Project>
END
}
search='using var index = new FaissSdk.IndexFlatL2(2);
        index.Add([0, 0, 1, 1]);
        var info = FaissSdk.FaissLibrary.Info;
        var found = $"{index.Assign([1f, 1f])[0]} {info.SimdLevel ?? "no description"} {info.Path}";'

project plugin '<EnableDynamicLoading>true</EnableDynamicLoading>' \
  "$references<Reference Include=\"\$(MSBuildToolsPath)/Microsoft.Build.Framework.dll\" Private=\"false\" />"
cat >plugin/Plugin.cs <<END
using Microsoft.Build.Framework;

public static class Plugin
{
    public static string Run()
    {
        $search
        return found;
    }
}

public class FaissTask : ITask
{
    public IBuildEngine BuildEngine { get; set; } = null!;

    public ITaskHost HostObject { get; set; } = null!;

    public bool Execute()
    {
        BuildEngine.LogMessageEvent(new BuildMessageEventArgs("found: " + Plugin.Run(), "", "", MessageImportance.High));
        return true;
    }
}
END

project host '<OutputType>Exe</OutputType>' ''
cat >host/Program.cs <<'END'
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

if (args[0] == "from")
{
    // As PowerShell's Add-Type -Path does.
    AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) => Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(args[1])!, new AssemblyName(wanted.Name).Name + ".dll"));
    Console.WriteLine("found: " + Assembly.LoadFrom(args[1]).GetType("Plugin")!.GetMethod("Run")!.Invoke(null, null));
    return;
}

var context = Run(args[1], native: args[0] == "native");
for (var i = 0; i < 20 && context.IsAlive; i++)
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
}

Console.WriteLine(context.IsAlive ? "not unloaded" : "unloaded");

[MethodImpl(MethodImplOptions.NoInlining)]
static WeakReference Run(string path, bool native)
{
    var context = new Plugins(path, native);
    Console.WriteLine("found: " + context.LoadFromAssemblyPath(path).GetType("Plugin")!.GetMethod("Run")!.Invoke(null, null));
    context.Unload();
    return new WeakReference(context);
}

class Plugins(string path, bool native) : AssemblyLoadContext(isCollectible: true)
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null;

    protected override nint LoadUnmanagedDll(string name) => native && _resolver.ResolveUnmanagedDllToPath(name) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}
END

project app '<OutputType>Exe</OutputType>' "$references"
cat >app/Program.cs <<END
public static class Program
{
    public static void Main()
    {
        $search
        Console.WriteLine("found: " + found);
    }
}
END

run_as plugin dotnet build plugin -c Release
run_as host dotnet build host -c Release

# expect NAME PATTERN COMMAND…: the command finds the vector, in a library whose path matches the pattern, which contains its description.
expect() {
  run_as "$1" "${@:3}"
  grep -qE "found: 1 [a-z0-9_]+ $2" "$work/$1.log" || { indent <"$work/$1.log"; refuse "$1: no search in a library in $2"; }
  ok "$1: $(grep -oE 'found: .*' "$work/$1.log" | head -n 1 | sed "s#$work/##")"
}

# ---- the hosts

output="$work/a user/plugin/bin/Release/net10.0"
host=(dotnet host/bin/Release/net10.0/host.dll)
expect plugin-alone "$output/runtimes/linux-x64/native/" "${host[@]}" managed "$output/plugin.dll"
grep -qx unloaded "$work/plugin-alone.log" || refuse "the load context of the plugin is not collected"
expect plugin-resolver "$output/runtimes/linux-x64/native/" "${host[@]}" native "$output/plugin.dll"
expect load-from "$output/runtimes/linux-x64/native/" "${host[@]}" from "$output/plugin.dll"

cat >task.proj <<END
<Project>
  <UsingTask TaskName="FaissTask" AssemblyFile="$output/plugin.dll" />
  <Target Name="Search"><FaissTask /></Target>
</Project>
END
expect msbuild-task "$output/runtimes/linux-x64/native/" dotnet msbuild task.proj -nologo -nodeReuse:false

cat >script.fsx <<END
#r "nuget: FaissSdk, $version"
#r "nuget: FaissSdk.Native.linux-x64, $version"
let index = new FaissSdk.IndexFlatL2(2)
index.Add(System.ReadOnlySpan<float32>([| 0f; 0f; 1f; 1f |]))
let info = FaissSdk.FaissLibrary.Info
printfn "found: %d %s %s" (index.Assign(System.ReadOnlySpan<float32>([| 1f; 1f |]), 1)[0]) info.SimdLevel info.Path
END
expect fsi "$HOME/.nuget/packages/faisssdk.native.linux-x64/$version/runtimes/linux-x64/native/" dotnet fsi script.fsx

mkdir files
{
  say "#:package FaissSdk@$version"
  say "#:package FaissSdk.Native.linux-x64@$version"
  say "$search"
  say 'Console.WriteLine("found: " + found);'
} >files/app.cs
cd files
expect file-based "/.*libfaiss_c" dotnet run app.cs
cd ..

publish() { # publish NAME OPTION…
  run_as "publish-$1" dotnet publish app -c Release -r linux-x64 --no-self-contained -p:PublishSingleFile=true -o "$work/$1" "${@:2}"
}
publish single-file
expect single-file "$work/single-file/libfaiss_c" "$work/single-file/app"
rm -f -- "$work/single-file"/*.json
expect single-file-without-json "$work/single-file/libfaiss_c" "$work/single-file/app"
publish self-extracting -p:IncludeNativeLibrariesForSelfExtract=true
[[ -z $(find "$work/self-extracting" -name 'libfaiss_c*.so') ]] || refuse "self-extracting: the library lies beside the program"
expect self-extracting "$HOME/.net/app/[^/]*/libfaiss_c" "$work/self-extracting/app"
