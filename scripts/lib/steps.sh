# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# The steps of a long build: progress on the terminal, output in a log, an explanation on failure, and a clean end on interrupts.
# Replaces run, refuse and make_work_folder of common.sh. Nothing here influences what is built, so it does not enter the stamp.

work='' child='' step='' started=$SECONDS refused='' network_hint='' failure_status=1

elapsed() { # elapsed [START]
  local s=$((SECONDS - ${1:-$started}))
  if ((s < 60)); then printf '%d s' "$s"; else printf '%d min %02d s' $((s / 60)) $((s % 60)); fi
}
clear_line() { [[ ! -t 1 ]] || printf '\r\033[K'; }

# ---- interrupts

stop_child() {
  [[ -n $child ]] || return 0
  kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=''
}
clean_up() {
  stop_child
  # A compiler that dies slowly may still write.
  remove_scraps 2>/dev/null || { sleep 1; remove_scraps; }
}
trap clean_up EXIT
trap 'say >&2; say "$script: interrupted; the existing library is unchanged" >&2; exit 130' INT
trap 'exit 143' TERM HUP

# ---- steps

start_log() {
  [[ -z ${log_started:-} ]] || return 0
  log_started=1
  mkdir -p -- "$(dirname -- "$log")"
  : >"$log"
}

make_build_folder() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-build.XXXXXX")
  scraps+=("$work")
  chmod 755 "$work" # apt reads its lists as a user of its own
  start_log
}

start_work() {
  make_build_folder
  mkdir "$work/result"
  say "Building ${files[*]:0:2} for $rid; the log is $(short "$log")"
  begin dependencies
  finish "cmake $cmake_version, $compiler, $blas"
}

begin() { # begin STEP
  step=$1 step_started=$SECONDS network_hint='' failure_status=1
  [[ ! -t 1 ]] || printf '  %-13s' "$step"
}

# A step that downloads: HINT is shown if the network fails, STATUS is the exit status of a failure.
begin_download() { # begin_download STEP HINT [STATUS]
  begin "$1"
  network_hint=$2 failure_status=${3:-1}
}

finish() { # finish RESULT
  clear_line
  printf '  %-13s%s (%s)\n' "$step" "$1" "$(elapsed "$step_started")"
}

# Runs a command of the current step; its output goes to the log, its progress to the terminal.
run() {
  local mark done=0 total percent shown=0
  printf '\n$ %s\n' "$*" >>"$log"
  # In a process group of its own, so that an interrupt also stops what a build tool has started.
  setsid "$@" >>"$log" 2>&1 </dev/null &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    [[ $step == compile ]] || continue
    mark=$(tail -c 4000 -- "$log" | grep -oE '^\[( *[0-9]+%|[0-9]+/[0-9]+)\]' | tail -n 1 | tr -d '[] %') || continue
    done=${mark%/*} total=100
    [[ $mark != */* ]] || total=${mark#*/}
    percent=$((done * 100 / total))
    if [[ -t 1 ]]; then
      printf '\r\033[K  %-13s%3d %% (%s)' "$step" "$percent" "$(elapsed "$step_started")"
    elif ((percent / 10 > shown / 10 && percent < 100)); then
      shown=$percent
      printf '  %-13s%3d %% (%s)\n' "$step" "$percent" "$(elapsed "$step_started")"
    fi
  done
  local code=0
  wait "$child" || code=$?
  child=''
  ((code == 0)) || explain_failure
}

refuse() { refused=1; say "$*" >>"$log"; explain_failure; }

explain_failure() {
  clear_line
  {
    say "$script: the step '$step' failed; the log $(short "$log") ends with:"
    tail -n 15 -- "$log" | cut -c 1-300 | sed 's/^/    /'
    if [[ -n $network_hint ]] && grep -qE 'Could not resolve|Temporary failure|Unable to connect|Failed to fetch|npm .*(E[A-Z]+|network)' "$log"; then
      say "$network_hint"
    elif [[ $step == compile ]] && grep -qE 'Killed|out of memory|cannot allocate' "$log"; then
      say "Memory ran out; close other programs or add swap space."
    elif [[ $step == configure ]]; then
      say "If a tool or a library is missing, run: sudo apt-get install ${packages[*]}"
    fi
  } >&2 || true
  [[ -n $refused ]] || exit "$failure_status"
  exit 1
}

# ---- dependencies

# A missing tool is an error for this machine's own platform and a reason to skip any other.
lacking() { if [[ $rid != linux-x64 ]]; then unavailable "$@"; else fail "$@"; fi; }

# Installs the packages that on_platform missing_packages prints.
install_dependencies() {
  local missing status=77
  [[ $rid != linux-x64 ]] || status=1
  mapfile -t missing < <(on_platform missing_packages)
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    lacking "these tools are missing, by the names of Debian's packages: ${missing[*]}; install them and try again"
  find_root || lacking "these packages are missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}"
  start_log
  begin_download dependencies "The package server cannot be reached; check the network." "$status"
  run "${apt_update[@]}"
  run "${apt_install[@]}" "${missing[@]}"
  finish "installed ${missing[*]}"
  mapfile -t missing < <(on_platform missing_packages)
  ((${#missing[@]} == 0)) || lacking "these packages are still missing after the installation: ${missing[*]}"
}

# Sets how cmake builds, and how many compilers run at once: the largest files of FAISS take 2 GB each to compile.
choose_jobs() {
  local memory container_memory
  cmake_generator=(-G 'Unix Makefiles')
  ! command -v ninja >/dev/null || cmake_generator=(-G Ninja)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
  container_memory=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || true
  if [[ $container_memory =~ ^[0-9]+$ ]] && ((container_memory / 1048576 < memory)); then
    memory=$((container_memory / 1048576))
  fi
  jobs=$((memory / 2000))
  if ((jobs > $(nproc))); then jobs=$(nproc); fi
  if ((jobs < 1)); then jobs=1; fi
}
