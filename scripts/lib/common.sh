# shellcheck shell=bash
# shellcheck disable=SC2034 # here, root, log and work are variables of the scripts
# What the scripts share. Source it before changing the folder:
#   . "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# The Mac's part sources it too, so everything here works in bash 3.2 and with BSD's tools.
#
# Variables
#   root                     the checkout
#   here                     the folder that the script was called from
#   script                   the script's name in messages; build-on-mac.sh sets it to the name that the user typed
#   scraps                   the files and folders that remove_scraps removes
#   work, log                see make_work_folder
#
# Messages
#   say TEXT…                prints a line
#   fail TEXT…               prints "SCRIPT: TEXT" to stderr; exits with status 1
#   misuse TEXT…             does the same for a wrong option and points to --help; exits with status 2
#   unavailable TEXT…        does the same if this machine cannot have the tools; exits with status 77 ("skipped" in test.sh)
#   ok TEXT…                 prints "ok     TEXT": a check holds
#   refuse TEXT…             prints "FAULT  TEXT": a check has found a fault; exits with status 1
#   indent                   copies stdin to stdout, indented below the line of a check
#   short PATH               prints the path relative to the folder that the script was called from
#   kilobytes FILE           prints the file's size, such as "123 KB"
#
# Options
#   need_value OPTION VALUE  reports misuse if the value is missing; call it with "$@"
#
# Temporary files and commands
#   make_work_folder         creates the temporary folder $work and sets log=$work/log; the folder is removed at exit
#   remove_scraps            removes what the array scraps names
#   run COMMAND…             runs a command with its output appended to $log; on failure, prints the log's end and refuses
#   run_as NAME COMMAND…     does the same with a log of its own, $work/NAME.log, which holds the output alone
#   show_end LOG             prints the last 20 lines of a log, indented
#
# Facts
#   field FILE NAME          prints the value of a string of libfaiss_c.json
#   at_least MINIMUM VERSION succeeds if VERSION is MINIMUM or newer
#   rids                     prints the platforms that have a package FaissSdk.Native.RID, one a line
#   list                     copies lines from stdin as one line, separated by ", "
#   absolute PATH            prints the path, from the root of the file system; links and .. stay
#   cache_folder NAME        prints the path of a folder in the user's cache, or nothing if there is no home; creates nothing

# With CDPATH set, cd prints the folder that it enters.
unset CDPATH
here=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
script=${0##*/} script=${script%.sh}
scraps=()

say() { printf '%s\n' "$*"; }
fail() { say "$script: $*" >&2; exit 1; }
misuse() { say "$script: $*" >&2; say "Try scripts/$script.sh --help" >&2; exit 2; }
unavailable() { say "$script: $*" >&2; exit 77; }
ok() { say "ok     $*"; }
refuse() { say "FAULT  $*"; exit 1; }
indent() { sed 's/^/       /'; }
short() { say "${1#"$here"/}"; }
kilobytes() { say "$(($(wc -c <"$1") / 1024)) KB"; }

need_value() { [[ -n ${2:-} ]] || misuse "$1 needs a value"; }

make_work_folder() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-$script.XXXXXX")
  log=$work/log
  : >"$log"
  scraps+=("$work")
  trap remove_scraps EXIT
}

remove_scraps() { [[ ${#scraps[@]} -eq 0 ]] || rm -rf -- "${scraps[@]}"; }

show_end() { tail -n 20 -- "$1" | indent; }

run() {
  printf '\n$ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 || { show_end "$log"; refuse "'$1' failed"; }
}

run_as() {
  local own=$work/$1.log
  shift
  "$@" >"$own" 2>&1 || { show_end "$own"; refuse "'$*' failed"; }
}

field() { sed -n 's/^  "'"$2"'": "\(.*\)",\{0,1\}$/\1/p' "$1" 2>/dev/null | head -n 1; }

rids() { sed -n 's:.*<FaissSdkRids>\(.*\)</FaissSdkRids>.*:\1:p' "$root/src/FaissSdk/buildTransitive/FaissSdk.Rids.targets" | tr ';' '\n'; }

list() { sed -e ':join' -e '$!{N;b join' -e '}' -e 's/\n/, /g'; }

# macOS's realpath knows no path that does not exist.
absolute() { case $1 in /*) say "$1" ;; *) say "$PWD/$1" ;; esac; }

at_least() {
  awk -v minimum="$1" -v version="$2" 'BEGIN {
    n = split(minimum, m, "."); k = split(version, v, ".")
    for (i = 1; i <= n || i <= k; i++) if (m[i] + 0 != v[i] + 0) exit (m[i] + 0 > v[i] + 0)
  }'
}

cache_folder() {
  local cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
  [[ -z $cache ]] || say "$cache/faiss-sdk/$1"
}
