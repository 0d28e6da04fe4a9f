# shellcheck shell=bash
# Downloads the headers of Debian's package libfaiss-dev without installing it.
# Needs lib/common.sh and lib/apt.sh.

# fetch_debian_headers SUITE: prints the folder of the C API's headers, SUITE-VERSION/c_api below the cache folder headers. The folder
# faiss beside it holds those of C++.
# On failure, prints the reason to stderr and returns status 1.
# The package is looked up at most once a day; if that fails, the cached headers are used.
fetch_debian_headers() (
  suite=$1 work='' why='' cache=$(cache_folder headers)
  trap '[[ -z $work ]] || rm -rf -- "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if [[ -z $cache ]] || ! mkdir -p -- "$cache" 2>/dev/null || [[ ! -w $cache ]]; then
    cache=${TMPDIR:-/tmp}/faiss-sdk-headers-$UID
    (umask 077 && mkdir -p -- "$cache")
    [[ -O $cache ]] || { say "$cache belongs to another user" >&2; exit 1; }
  fi
  exec 7>"$cache/.$suite.lock"
  flock 7

  # cached [CONDITIONS OF FIND]: prints the newest cached folder.
  cached() {
    find "$cache" -mindepth 1 -maxdepth 1 -type d -name "$suite-*" "$@" -exec test -d {}/faiss ';' -printf '%T@ %p\n' | sort -n | sed -n '$s/^[^ ]* //p'
  }
  folder=$(cached -mtime -1)
  if [[ -z $folder ]]; then
    work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-headers.XXXXXX")
    chmod 755 "$work" # apt reads its lists as another user
    : >"$work/log"
    download_debian_headers "$suite" "$work" "$cache" || why=$(cat "$work/why")
    folder=$(cached)
    if [[ -z $folder ]]; then
      say "libfaiss-dev of Debian $suite is not available: $why" >&2
      exit 1
    fi
    [[ -z $why ]] || say "Using the headers of ${folder##*-} for Debian $suite, cached on $(date -r "$folder" +%F), because $why" >&2
  fi
  say "$folder/c_api"
)

# download_debian_headers SUITE WORK CACHE: on failure, writes the reason, a clause, to WORK/why.
download_debian_headers() {
  local suite=$1 work=$2 cache=$3 codename package version folder apt=(-c "$2/apt.conf")
  give_up() { say "$*" >"$work/why"; return 1; }

  codename=$(debian_codename)
  if [[ -z $codename ]] || ! command -v apt-get >/dev/null; then give_up "this system is not Debian"; return; fi
  private_apt "$work" deb "$codename" "$suite" || { give_up "this machine has no package source of Debian $codename"; return; }
  # An update may fail for other sources; what matters is whether the package is found.
  apt-get "${apt[@]}" -o Acquire::Retries=1 update >>"$work/log" 2>&1 </dev/null || true
  keep_debian_lists "$work"
  package=$(apt-cache "${apt[@]}" show --no-all-versions libfaiss-dev 2>>"$work/log" | sed -n 's/^Version: //p' | head -n 1) || true
  [[ -n $package ]] || { give_up "$(why_no_package <"$work/log")"; return; }
  version=${package#*:} version=${version%%[-+~]*} folder=$cache/$suite-$version
  if [[ -d $folder/faiss && $(cat "$folder/package" 2>/dev/null) == "$package" ]]; then
    touch -- "$folder"
    return
  fi
  (cd "$work/download" && apt-get "${apt[@]}" -o Acquire::Retries=1 download libfaiss-dev) >>"$work/log" 2>&1 </dev/null ||
    { give_up "$(why_no_package <"$work/log")"; return; }
  mkdir -- "$work/tree"
  dpkg-deb --fsys-tarfile "$work"/download/*.deb 2>>"$work/log" |
    tar -x -C "$work/tree" --strip-components=3 --no-same-owner ./usr/include/faiss 2>>"$work/log" && mv -- "$work/tree/faiss/c_api" "$work/tree" 2>>"$work/log" ||
    { give_up "the package $package contains no headers of the C API: $(tail -n 1 "$work/log")"; return; }
  say "$package" >"$work/tree/package"
  # Copied next to its place first, so that the folder never appears incomplete.
  rm -rf -- "$cache/.$suite.new"
  if ! { cp -r -- "$work/tree" "$cache/.$suite.new" && rm -rf -- "$folder" && mv -T -- "$cache/.$suite.new" "$folder"; } 2>"$work/why"; then
    return 1
  fi
}
