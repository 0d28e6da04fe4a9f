#!/usr/bin/env bash
# Builds a program for browser-wasm, where there is neither a native library nor a second thread, and runs it in Node.js: the managed
# engine clusters and searches there, with the same bits as .NET on this machine at the same SIMD level.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"

usage() {
  cat <<END
Usage: scripts/check-browser-wasm.sh

Builds tests/FaissSdk.WasmSample for browser-wasm, runs it in Node.js, and compares its results with those of .NET on this machine.
Skipped (exit status 77) without Node.js, or where the runtime of browser-wasm does not restore from the package feed.
END
}

case ${1:-} in
  '') ;;
  --help | -h) usage; exit 0 ;;
  *) misuse "unknown option $1" ;;
esac
require_dotnet
node --version >/dev/null 2>&1 || unavailable "Node.js is missing; install it (Debian: package nodejs)"
make_work_folder
sample=$root/tests/FaissSdk.WasmSample built=$root/tests/FaissSdk.WasmSample/bin/Release/net10.0

dotnet restore "$sample" >"$log" 2>&1 || {
  ! no_such_package "$log" || unavailable "the runtime of browser-wasm is not available from this package feed"
  show_end "$log"
  refuse "(a) the sample does not restore"
}
dotnet build "$sample" -c Release --no-restore -nologo >"$log" 2>&1 || { build_errors "$log"; refuse "(a) the sample does not build"; }
ok "(a) the sample builds for browser-wasm: $(kilobytes "$built"/FaissSdk.Managed.dll) of managed engine, $(kilobytes "$(find "$built/wwwroot/_framework" -name 'dotnet.native.*.wasm' -print -quit)") of runtime"

# Node.js finds the runtime beside the script.
cp -- "$sample/wwwroot/main.mjs" "$built/wwwroot/main.mjs"
run_as wasm timeout 300 node "$built/wwwroot/main.mjs"
indent <"$work/wasm.log"
[[ $(tail -n 1 "$work/wasm.log") == 'the sample holds' ]] || refuse "(b) the sample fails in Node.js"
ok "(b) without a native library and on one thread it clusters and searches"

# WebAssembly has vectors of 128 bits and no fused multiply-add, as x64 without AVX.
cat >"$work/runtimeconfig.json" <<END
{ "runtimeOptions": { "tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }
END
run_as here env DOTNET_EnableAVX=0 DOTNET_PROCESSOR_COUNT=1 dotnet exec --runtimeconfig "$work/runtimeconfig.json" "$built/wasm-sample.dll"
for name in wasm here; do
  grep '^bits ' "$work/$name.log" >"$work/$name.bits"
done
[[ $(uname -m) != x86_64 ]] || diff "$work/wasm.bits" "$work/here.bits" | indent || refuse "(c) browser-wasm and .NET on this machine differ"
ok "(c) $(wc -l <"$work/wasm.bits") results have the bits of .NET on this machine without AVX"
