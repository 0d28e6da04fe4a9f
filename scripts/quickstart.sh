#!/usr/bin/env bash
# Builds what is missing and runs the demo: k-means over the .NET reference documentation, by FAISS and in C#.
# Options are handed on to the demo, for example: scripts/quickstart.sh --query "compress a stream"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/lib/dotnet.sh
. scripts/lib/dotnet.sh
require_dotnet

if ! scripts/build-native.sh; then
  echo "quickstart: going on without the native library; the managed k-means does the work." >&2
fi

dotnet_quietly build src/FaissSdk.Cli -c Release
exec dotnet src/FaissSdk.Cli/bin/Release/net10.0/faiss-sdk.dll demo "$@"
