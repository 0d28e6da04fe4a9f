#!/usr/bin/env bash
# Builds what is missing and runs the demo: k-means over the .NET reference documentation, by FAISS and in C#.
# Passes its options to the demo, for example: scripts/quickstart.sh --query "compress a stream"
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
require_dotnet

if ! "$root/scripts/build-native.sh"; then
  say "quickstart: continuing with a library that was built before, if there is one, or with the managed k-means alone" >&2
fi

# Run in the checkout, because global.json there selects the SDK.
(cd "$root" && dotnet_quietly build src/FaissSdk.Cli -c Release)
exec dotnet "$root/src/FaissSdk.Cli/bin/Release/net10.0/faiss-sdk.dll" demo "$@"
