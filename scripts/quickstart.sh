#!/usr/bin/env bash
# Builds what is missing and runs the demo: k-means over the .NET reference documentation, by FAISS and in C#.
# Passes its options to the demo, for example: scripts/quickstart.sh --query "compress a stream"
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"

usage() {
  cat <<END
Usage: scripts/quickstart.sh [options]

Builds what is missing and runs the demo: k-means over the .NET reference documentation, by FAISS and in C#. The options are those
of faiss-sdk demo.

  --query TEXT     the text to search the documented members for (default: read all bytes of a file)
  --clusters N     the number of clusters (default: 256)
  --backend NAME   native, managed, auto, both (default) or superkmeans
  --iterations N   the maximum number of iterations (default: 20)
  --docs DIR       a folder of XML documentation files to use instead of those of the .NET SDK
  --help           show this text
END
}

for option; do
  case $option in --help | -h) usage; exit 0 ;; esac
done
require_dotnet

if ! "$root/scripts/build-native.sh"; then
  say "quickstart: continuing with a library that was built before, if there is one, or with the managed k-means alone" >&2
fi

# Run in the checkout, because global.json there selects the SDK.
(cd "$root" && dotnet_quietly build src/FaissSdk.Cli -c Release)
exec dotnet "$root/src/FaissSdk.Cli/bin/Release/net10.0/faiss-sdk.dll" demo "$@"
