#!/usr/bin/env bash
# Runs three silos as processes, with localhost clustering and with Redis, and ends each in turn under load; then the sample's other commands.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"

usage() {
  cat <<END
Usage: scripts/check-orleans.sh [options]

Runs three silos as processes, with localhost clustering and with Redis, and ends each in turn under load: counts failed calls,
measures the time to the first answer, and compares all answers with those of one index, also after the silo has come back, and
with a silo that has no native library. With Redis, it does so with two replicas and with one. Redis is Debian's redis-server,
which is installed where that is possible, and runs on a port of the loopback until the end. Then it answers queries from
standard input, and traces the messages with 3, 21 and 100 shards.

  --seconds N  the load lasts N seconds before a silo ends, and N + 2 afterwards (default: 3)
  --help       show this text
END
}

seconds=3
while (($#)); do
  case $1 in
    --seconds) need_value "$@"; seconds=$2; shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
[[ $seconds =~ ^[1-9][0-9]{0,2}$ ]] || misuse "--seconds $seconds is not a number from 1 to 999"

require_dotnet
make_work_folder
redis=''
stop_redis() {
  [[ -z $redis ]] || kill "$redis" 2>/dev/null || true
  [[ -z $redis ]] || wait "$redis" 2>/dev/null || true
  redis=''
}
trap 'stop_redis; remove_scraps' EXIT

run dotnet_quietly build "$root/tests/FaissSdk.Orleans.Host" -c Release
host() { # host COMMAND PORT OPTION…: runs a command of the sample, for at most 5 minutes
  local command=$1
  shift
  OMP_WAIT_POLICY=passive timeout -k 5 300 dotnet "$root/tests/FaissSdk.Orleans.Host/bin/Release/net10.0/orleans-host.dll" "$command" --store "$work/store-$1" --seconds "$seconds" --port "$@"
}

host walk 21111 || refuse "with localhost clustering a silo that ended was not replaced"
ok "localhost clustering: answers stay complete when silos other than the first end"

printf '%s\n' 5 none '' | host serve 21121 >"$work/served" || refuse "the sample does not serve"
grep -q '^5 (0.000), ' "$work/served" || { show_end "$work/served"; refuse "vector 5 is not its own nearest"; }
ok "queries from standard input are answered"
host simulate 21131 | tee "$work/simulated" || refuse "the messages cannot be traced"
for messages in 8 44 202; do # 2(S + 1) with S = 3, 21, 100
  grep -q ": $messages messages" "$work/simulated" || refuse "a search does not take $messages messages"
done
ok "searches take 2(S + 1) messages"

command -v redis-server >/dev/null || install_packages redis-server || unavailable "Redis clustering was not checked: redis-server cannot be installed"
port=21211
redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$work" >"$work/redis.log" 2>&1 &
redis=$!
for ((i = 0; i < 50; i++)); do
  ! redis-cli -p "$port" ping >/dev/null 2>&1 || break
  sleep 0.1
done
redis-cli -p "$port" ping >/dev/null 2>&1 || { show_end "$work/redis.log"; refuse "redis-server does not answer"; }
for replicas in 2 1; do
  # A silo that joins has to reach all silos of the table, so those that an earlier walk has killed must not be in it.
  redis-cli -p "$port" flushall >/dev/null
  host walk "$((21301 + 10 * replicas))" --redis "127.0.0.1:$port" --replicas "$replicas" || refuse "with Redis clustering and $replicas replicas a silo that ended was not replaced"
done
ok "Redis clustering: answers stay complete whichever silo ends"
