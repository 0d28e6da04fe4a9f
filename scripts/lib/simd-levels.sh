# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# The SIMD levels that FAISS is built for on x86-64.

by_height='avx512_spr avx512 avx2 generic'
cpu_flags=" $(sed -n '/^flags/ { s/^[^:]*: //p; q }' /proc/cpuinfo) "

# What a level needs of the processor, by the names of /proc/cpuinfo.
features_of() { # features_of LEVEL
  case $1 in
    avx2) say avx2 fma f16c popcnt bmi2 ;;
    avx512) say "$(features_of avx2)" avx512f avx512cd avx512vl avx512dq avx512bw ;;
    avx512_spr) say "$(features_of avx512)" avx512_vnni avx512_vpopcntdq avx512_fp16 avx512_bf16 ;;
  esac
}

cpu_has() { # cpu_has LEVEL
  local feature
  for feature in $(features_of "$1"); do [[ $cpu_flags == *" $feature "* ]] || return 1; done
}

# highest_level [LEVELS]: prints the highest of the levels, or of all, that this processor has.
highest_level() {
  local candidate
  for candidate in $by_height; do
    [[ " ${1:-$by_height} " != *" $candidate "* ]] || ! cpu_has "$candidate" || break
  done
  say "$candidate"
}

levels_of() { # levels_of TREE
  local names='avx[a-z0-9_]*'
  say generic
  [[ $rid == *-x64 ]] || return 0
  # macOS enables AVX-512 for a thread only when it is used, so that its presence cannot be checked as that of the others.
  [[ $rid != osx-x64 ]] || names=avx2
  sed -n "s/^ *add_library(faiss_\\($names\\)[^a-z0-9_].*/\\1/p" "$1/faiss/CMakeLists.txt"
  if grep -q 'FAISS_OPT_LEVEL STREQUAL "dd"' "$1/faiss/CMakeLists.txt"; then say dd; fi
}

# resolve_level TREE: sets resolved_level, the level that is built.
resolve_level() {
  local available
  available=$(levels_of "$1" | sort -u | tr '\n' ' ')
  if [[ $level == host && $rid != linux-x64 ]]; then
    # Not this machine's programs run it.
    resolved_level=generic
    [[ " $available" != *' dd '* ]] || resolved_level=dd
    return
  fi
  if [[ $level == host ]]; then
    resolved_level=$(highest_level "$available")
    return
  fi
  if [[ " $available" != *" $level "* ]]; then
    [[ $rid == *-x64 ]] || fail "$rid has no SIMD level $level, only generic"
    fail "FAISS $version has no SIMD level $level; it has: host ${available% }"
  fi
  cpu_has "$level" || say "Warning: this processor lacks instructions of the level $level, so the library will not run here." >&2
  resolved_level=$level
}
