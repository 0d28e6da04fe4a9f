# shellcheck shell=bash
# Debian's packages: installed where that needs no password, or downloaded with a private apt configuration. The private one uses
# the machine's servers, keys and proxies, but has its lists, cache and sources in a folder of its own; the machine's apt is only
# read. Sourced after common.sh.

debian_codename() {
  # shellcheck disable=SC1091
  (. /etc/os-release 2>/dev/null && [[ ${ID:-} == debian ]] && printf '%s\n' "${VERSION_CODENAME:-}") || true
}

# write_apt_sources FOLDER TYPE SUITES [OTHER]: copies those entries of the machine's package sources that name one of SUITES,
# as entries of TYPE (deb or deb-src); with OTHER, as entries of that suite on the same servers.
write_apt_sources() {
  local file targets=Packages suites=$3
  [[ $2 == deb ]] || targets=Sources
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    awk -v suites="^($suites)\$" -v type="$2" -v targets="$targets" -v other="${4:-}" '
      function flush(    i, n, s, kept) {
        n = split(suite, s, " ")
        for (i = 1; i <= n; i++) if (s[i] ~ suites) kept = other != "" ? " " other : kept " " s[i]
        if (types ~ /(^| )deb( |$)/ && (" " components " ") ~ / main / && kept != "" && enabled !~ /^(no|false|0)$/)
          printf "Types: %s\nSuites:%s\nComponents: main\nTargets: %s\n%s\n", type, kept, targets, rest
        types = suite = components = enabled = rest = field = ""
      }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      /^[^ \t]/ {
        field = tolower(substr($0, 1, index($0, ":") - 1))
        value = substr($0, index($0, ":") + 1); gsub(/^[ \t]+|[ \t]+$/, "", value); gsub(/\t/, " ", value)
      }
      /^[ \t]/ { value = $0; gsub(/^[ \t]+|[ \t]+$/, "", value); value = " " value }
      field == "types" { types = types value; next }
      field == "suites" { suite = suite value; next }
      field == "components" { components = components value; next }
      field == "enabled" { enabled = value; next }
      field ~ /^(architectures|languages|targets|pdiffs)$/ { next }
      { rest = rest $0 "\n" }
      END { flush() }' "$file" >"$1/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    sed -E 's/#.*//; s/^[[:space:]]*deb[[:space:]]+//; t; d' "$file" | sed 's/^[^[]/[] &/' |
      sed -nE "s#^\[([^]]*)\][[:space:]]*([^[:space:]]+)[[:space:]]+($suites)[[:space:]](.*[[:space:]])?main([[:space:]].*)?\$#$2 [target=$targets \1] \2 ${4:-\\3} main#p" \
      >"$1/$(basename "$file" .list).list"
  done
  find "$1" -type f -empty -delete
  [[ -n $(ls "$1") ]]
}

# private_apt FOLDER TYPE CODENAME [OTHER]: writes FOLDER/apt.conf, for `apt-get -c`; fails if the machine has no package source
# of Debian CODENAME.
private_apt() {
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/download"
  (umask 077 && mkdir -p "$1/sources")
  # Installed packages, pins and a default release would influence which package is chosen.
  : >"$1/status"
  cat >"$1/apt.conf" <<EOF
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$1/sources";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$1/lists";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
APT::Default-Release "";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
  # The lists of a suite that still changes are past their date on a dated snapshot; their signature is checked as always.
  [[ -z ${4:-} ]] || echo 'Acquire::Check-Valid-Until "false";' >>"$1/apt.conf"
  write_apt_sources "$1/sources" "$2" "$3" "${4:-}" ||
    write_apt_sources "$1/sources" "$2" 'stable|oldstable|oldoldstable|testing|unstable|sid' "${4:-}"
}

# keep_debian_lists FOLDER: removes the lists of other distributions that name their suites as Debian does, recognized by the
# signed Release file.
keep_debian_lists() {
  local release prefix
  for release in "$1"/lists/*Release; do
    prefix=${release%Release}
    grep -qs '^Origin: Debian$' "$release" || rm -f -- "${prefix%In}"*
  done
}

# Reads apt's output from stdin and prints in a few words why a package is not available.
why_no_package() {
  local output key
  output=$(cat)
  key=$(sed -n 's/.*NO_PUBKEY \([0-9A-F]*\).*/\1/p' <<<"$output" | sort -u | paste -s -d ' ')
  if [[ -n $key ]]; then
    say "its lists are signed with the key $key, which this machine's keyring lacks; a newer package debian-archive-keyring may have it"
  elif [[ $output =~ (BAD|EXP|EXPKEY|REVKEY)SIG ]]; then
    say "the signature of its lists is invalid"
  elif [[ $output =~ (404|410)\ +(Not\ Found|Gone) ]]; then
    say "the package sources of this machine do not have it"
  elif [[ $output =~ Err:|Failed\ to\ fetch ]]; then
    say "its server cannot be reached or refuses the request"
  else
    say "the package sources of this machine do not have it"
  fi
}

# Sets the commands apt_update and apt_install; fails if they would need a password.
find_root() {
  local sudo=()
  command -v apt-get >/dev/null || return 1
  if ((EUID != 0)); then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    sudo=(sudo -n)
  fi
  apt_update=("${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update)
  apt_install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends)
}

# install_packages NAME…: installs packages where that needs no password; fails otherwise.
install_packages() {
  find_root || return 1
  { "${apt_update[@]}" && "${apt_install[@]}" "$@"; } >/dev/null 2>&1
}
