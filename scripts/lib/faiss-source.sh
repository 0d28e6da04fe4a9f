# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh and of build-on-mac.sh
# FAISS's source: what a tree holds, and where to get one. The first part is the Mac's too: bash 3.2, BSD's tools.

oldest_faiss=1.7.3

# faiss_version TREE: prints the version of a FAISS tree, or nothing if it is not one.
faiss_version() {
  [[ -f $1/CMakeLists.txt ]] || return 0
  tr '\n' ' ' <"$1/CMakeLists.txt" | sed -nE 's/.*project\(faiss[[:space:]]([^)]*[[:space:]])?VERSION[[:space:]]+([0-9][0-9.]*).*/\2/p'
}

# check_tree TREE: sets version; ends the script if the tree is not one of FAISS or too old.
check_tree() {
  [[ -d $1 ]] || fail "--source $1: the folder does not exist"
  version=$(faiss_version "$1")
  [[ -n $version && -d $1/c_api && -f $1/faiss/CMakeLists.txt ]] ||
    fail "--source $1: not a FAISS tree (it needs a CMakeLists.txt with project(faiss VERSION …) and the folders faiss and c_api)"
  at_least "$oldest_faiss" "$version" ||
    fail "--source $1: FAISS $version is too old; $oldest_faiss is the oldest version that the bindings support"
}

# explain_where_to_get_faiss REASON: ends the script with the commands that get and build FAISS.
explain_where_to_get_faiss() {
  fail "$1; clone a release and build it:
  scripts/build-native.sh --version $(newest_release)
or build a tree that you have: scripts/build-native.sh --source DIR"
}

# ---- on Linux

hash_of_tree() {
  (cd "$1" && find faiss c_api cmake CMakeLists.txt -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# Reads from the log why apt does not have a package.
why_apt_failed() { sed -n '/^\$ sh -c apt-get -c /,$p' "$log" | why_no_package; }

# Sets source_dir and source_note: Debian's source package faiss, unpacked.
fetch_from_debian() {
  local apt="$work/apt" kept="${cache:+$cache/source-debian-$codename}"
  if [[ -z $force && -n $kept && -d $kept ]]; then
    source_dir=$kept source_note="kept from an earlier build"
    return
  fi
  network_hint="The package server cannot be reached; check the network, or pass a FAISS tree with --source DIR."
  private_apt "$apt" deb-src "$codename" ||
    explain_where_to_get_faiss "no package source of Debian $codename is configured on this machine"
  # A mirror may serve only some of the lists; all that counts is whether the package is there.
  run sh -c 'apt-get -c "$1" update || true' sh "$apt/apt.conf"
  keep_debian_lists "$apt"
  if ! apt-cache -c "$apt/apt.conf" showsrc faiss 2>>"$log" | grep '^Package: faiss$' >>"$log"; then
    clear_line
    explain_where_to_get_faiss "Debian $codename's source package faiss is not available ($(why_apt_failed); see $(short "$log"))"
  fi
  run sh -c 'cd "$1/download" && apt-get -c "$1/apt.conf" source --download-only faiss' sh "$apt"
  # apt has compared the files with the signed lists; checking the maintainer's own signature would take keys that few machines have.
  run dpkg-source --no-check -x "$apt"/download/*.dsc "$work/source"
  source_dir=$work/source source_note="from Debian $codename"
  [[ -z $kept ]] || { rm -rf -- "$kept"; keep "$source_dir" "$kept"; }
}
