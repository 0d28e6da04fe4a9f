# shellcheck shell=bash
# What the scripts have in common around the dotnet command.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Ends the script with a word on what to install when there is no .NET 10 SDK.
require_dotnet() {
    if ! dotnet --version >/dev/null 2>&1; then
        echo "The .NET 10 SDK is needed (package dotnet-sdk-10.0, or https://dotnet.microsoft.com/download); 'dotnet --version' fails here:" >&2
        dotnet --version >&2 || true
        exit 1
    fi
}

# Runs dotnet, showing its output only when it fails.
dotnet_quietly() {
    local log status=0
    log=$(mktemp)
    echo "dotnet $*"
    dotnet "$@" -nologo >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        grep -E 'error|Error' "$log" | sort -u | head -40 >&2 || cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}
