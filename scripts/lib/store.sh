# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of build-native.sh
# Finished builds: the stamp that identifies one, the cache that keeps them, and how their files get into the output folder.

# make_stamp LEVEL: prints a hash of all that influences the library. steps.sh, common.sh and this file only report, copy and hash.
make_stamp() {
  local source_identity level_identity=$1 part
  if [[ -n $tree ]]; then
    source_identity="tree $(hash_of_tree "$tree")" level_identity=$resolved_level
  else
    # This needs no network: within a Debian release the source package, its levels and what apt.sh fetches stay the same.
    source_identity="debian $codename faiss"
    [[ $1 != host || $rid != linux-x64 ]] || level_identity="host $(highest_level)"
  fi
  {
    for part in scripts/build-native.sh scripts/lib/{faiss-source,simd-levels,describe}.sh native/{CMakeLists.txt,description.c,layouts.cpp,linked.cpp,threads.cpp}; do
      sha256sum <"$root/$part"
    done
    cat "$root"/native/extensions/*
    bound_functions "$root"
    say "$rid" "$source_identity" "$level_identity" "$compiler" "$blas_identity"
    on_platform stamp
  } | sha256sum | cut -d ' ' -f 1
}

summary() { say "FAISS $(field "$1/libfaiss_c.json" faissVersion), $(field "$1/libfaiss_c.json" simdLevel)"; } # summary FOLDER
is_whole() { # is_whole FOLDER
  local file
  for file in "${files[@]}"; do [[ -s $1/$file ]] || return 1; done
}
has_stamp() { is_whole "$1" && [[ $(cat "$1/libfaiss_c.stamp" 2>/dev/null) == "$stamp" ]]; } # has_stamp FOLDER

exit_if_up_to_date() { # exit_if_up_to_date [REASON]
  [[ -z $force ]] && has_stamp "$output" || return 0
  say "$library: $(summary "$output") (${1:-up to date})"
  exit 0
}

# Sets cache (empty if there is no place for one), and waits while another run builds the same library or writes to the same folder.
open_store() {
  local locks
  mkdir -p -- "$output"
  cache=$(cache_folder native)
  locks=$cache/locks
  if [[ -z $cache ]] || ! mkdir -p -- "$cache" "$locks" 2>/dev/null || [[ ! -w $cache ]]; then
    cache='' locks=${TMPDIR:-/tmp}/faiss-sdk-locks-$UID
    mkdir -p -- "$locks"
  fi
  exec 8>"$locks/output-$(printf %s "$output" | sha256sum | cut -c 1-16)" 9>"$locks/stamp-${stamp:0:16}"
  lock 8 "$(short "$output")"
  lock 9 "the same library"
}
lock() { # lock DESCRIPTOR NAME
  flock -n "$1" || { say "Waiting for another build of $2"; flock "$1"; }
}

announce_replacement() {
  local from="Debian's FAISS"
  [[ -z $force ]] && is_whole "$output" || return 0
  [[ -z $tree ]] || from="FAISS $version"
  say "$library: replacing $(summary "$output") by $from, level $level"
}

exit_if_stored() {
  [[ -z $force && -n $cache ]] && has_stamp "$cache/$stamp" || return 0
  touch -- "$cache/$stamp"
  publish "$cache/$stamp" "$output"
  say "$library: $(summary "$output") (from the cache)"
  exit 0
}

# publish FROM TO: the files appear whole, and a process that has mapped the old library keeps it.
publish() {
  local file
  mkdir -p -- "$2"
  for file in "${files[@]}" libfaiss_c.stamp; do
    scraps+=("$2/.$file.$$")
    cp -- "$1/$file" "$2/.$file.$$"
  done
  trap '' INT TERM HUP
  rm -f -- "$2/libfaiss_c.stamp"
  for file in "${files[@]}" libfaiss_c.stamp; do mv -f -- "$2/.$file.$$" "$2/$file"; done
}

# keep FROM TO: copies a folder into the cache, where it appears whole.
keep() {
  scraps+=("$2.$$")
  cp -r -- "$1" "$2.$$"
  mv -T -- "$2.$$" "$2"
}

# Puts the finished build into the cache, and drops those that nobody has used for two months.
store() {
  local by_name
  [[ -n $cache ]] || return 0
  find "$cache" -mindepth 1 -maxdepth 1 -type d -name '[0-9a-f]*' ! -name '*[!0-9a-f]*' -mtime +60 -exec rm -rf -- {} +
  store_as "$stamp"
  # The level that "host" was resolved to can also be asked for by its name.
  by_name=$(make_stamp "$resolved_level")
  [[ $by_name == "$stamp" ]] || store_as "$by_name"
}
store_as() { # store_as STAMP
  scraps+=("$cache/.$1.$$")
  mkdir -p -- "$cache/.$1.$$"
  cp -- "$work"/result/* "$cache/.$1.$$"
  say "$1" >"$cache/.$1.$$/libfaiss_c.stamp"
  rm -rf -- "${cache:?}/$1"
  mv -T -- "$cache/.$1.$$" "$cache/$1"
}
