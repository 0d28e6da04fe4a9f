# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of common.sh, faiss-source.sh and the scripts
# FAISS's releases: cloned by git, compared with the commits of faiss-releases.txt, kept in the cache. The Mac sources this too:
# bash 3.2, BSD's tools. It does not enter the stamp of a library, which has the hash of the tree.

# releases: prints "VERSION COMMIT" for every release, the newest first.
releases() { grep -v '^#' "$root/scripts/lib/faiss-releases.txt"; }

newest_release() { releases | sed -n '1s/ .*//p'; }

# release_commit VERSION: prints the commit of a release; ends the script if there is no such release.
release_commit() {
  local commit
  commit=$(releases | awk -v version="$1" '$1 == version { print $2 }')
  [[ $commit =~ ^[0-9a-f]{40}$ ]] ||
    misuse "--version $1 is not a release of FAISS whose commit is known; choose one of $(releases | sed 's/ .*//' | list), or pass a tree with --source DIR"
  say "$commit"
}

# release_git ARGUMENT…: git without the user's settings and hooks that could change the files that it checks out.
release_git() {
  GIT_NO_REPLACE_OBJECTS=1 GIT_TERMINAL_PROMPT=0 git -c core.autocrlf=false -c core.hooksPath=/dev/null -c core.fsmonitor=false \
    -c core.sparseCheckout=false -c advice.detachedHead=false -c http.lowSpeedLimit=1000 -c http.lowSpeedTime=60 "$@"
}

# is_release TREE COMMIT: succeeds if the tree is a whole checkout of the commit, without other files.
is_release() {
  local folder changes
  [[ -d $1/.git && $(release_git -C "$1" rev-parse --verify --quiet 'HEAD^{commit}' 2>/dev/null) == "$2" ]] || return 1
  # A new index, because git does not compare the content of files that the tree's own index calls unchanged.
  folder=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-index.XXXXXX")
  scraps+=("$folder")
  changes=$(export GIT_INDEX_FILE="$folder/index"
    release_git -C "$1" read-tree HEAD 2>&1 && release_git -C "$1" status --porcelain --ignored --untracked-files=all 2>&1) || return 1
  [[ -z $changes ]]
}

# fetch_release VERSION: sets source_dir to the tree of a release, which is cloned unless the cache has it.
fetch_release() {
  local commit kept part repository=${FAISS_REPOSITORY:-https://github.com/facebookresearch/faiss} variable reason found
  commit=$(release_commit "$1") || exit
  command -v git >/dev/null ||
    fail "git is missing, which clones FAISS $1; install it (Debian: sudo apt-get install git), or pass a tree with --source DIR"
  # GIT_DIR and the like would point git to another repository.
  for variable in $(git rev-parse --local-env-vars) GIT_TEMPLATE_DIR; do unset "$variable"; done
  kept=$(cache_folder native)
  [[ -n $kept ]] || fail "there is no folder for the clone of FAISS $1; set HOME or XDG_CACHE_HOME, or pass a tree with --source DIR"
  kept=$kept/source-faiss-$1
  if is_release "$kept" "$commit"; then
    source_dir=$kept
    return
  fi
  mkdir -p "${kept%/*}" 2>/dev/null || true
  [[ -w ${kept%/*} ]] ||
    fail "the folder ${kept%/*} for the clone of FAISS $1 cannot be written; set XDG_CACHE_HOME to one that can"
  # Another run may be cloning the same release. macOS has no flock, so that it is looked for once more before the clone is put there.
  if command -v flock >/dev/null; then
    mkdir -p "${kept%/*}/locks"
    exec 7>"${kept%/*}/locks/source-faiss-$1"
    flock 7
    if is_release "$kept" "$commit"; then
      exec 7>&-
      source_dir=$kept
      return
    fi
  fi
  [[ ! -e $kept ]] || say "$script: $kept is not the whole of FAISS $1; it is cloned again" >&2
  say "$script: cloning FAISS $1 from $repository" >&2

  # Moved into its place when it is complete and verified, so that an interrupt leaves no part of it there.
  part=${kept%/*}/.source-faiss-$1.$$
  scraps+=("$part")
  rm -rf -- "$part"
  # --no-local: git would not verify the objects of a folder that it only copies.
  if ! reason=$(release_git clone --quiet --no-local --depth 1 --branch "v$1" --template= -- "$repository" "$part" 2>&1 | tr -d '\0'); then
    if [[ $reason == *"Remote branch v$1 not found"* ]]; then fail "$repository has no tag v$1; set FAISS_REPOSITORY to a whole copy of FAISS's repository"; fi
    fail "FAISS $1 cannot be cloned from $repository ($(printf '%s\n' "$reason" | grep -v '^$' | sed 's/^[a-z]*: //' | head -n 1)); check the network, set FAISS_REPOSITORY to the address of a mirror, or pass a tree with --source DIR"
  fi
  found=$(release_git -C "$part" rev-parse --verify --quiet 'HEAD^{commit}' || true)
  [[ $found == "$commit" ]] ||
    fail "the tag v$1 of $repository is the commit ${found:-(none)}, not $commit, which FAISS released; set FAISS_REPOSITORY to another copy"
  is_release "$part" "$commit" || fail "the clone of FAISS $1 from $repository is not complete; try again"
  if ! is_release "$kept" "$commit"; then
    rm -rf -- "$kept"
    mv "$part" "$kept"
    is_release "$kept" "$commit" || fail "$kept was changed by another process; try again"
  fi
  exec 7>&-
  source_dir=$kept
}
