# shellcheck shell=bash
# linked.inc: what native/linked.cpp tells of the archive it is in. Also for macOS, so nothing that its bash 3.2 does not have.

# "TYPE NAME" of every function that the bindings call, with a C type of the same class.
bound_functions() { # bound_functions ROOT
  find "$1/bindings/Generated" -name '*.g.cs' -exec sed -nE 's/^ *public static extern ([^ ]+) (faiss_[A-Za-z0-9_]+)\(.*/\1 \2/p' {} + |
    awk '{ print ($1 ~ /\*$/ ? "void*" : $1 == "void" || $1 == "float" || $1 == "double" ? $1 : $1 == "long" || $1 == "nuint" ? "long" : "int"), $2 }' |
    LC_ALL=C sort -u -k 2
}

# Of names of functions those of FAISS; ours begin with faiss_sdk_.
of_the_c_api() { grep -v '^faiss_sdk_' | LC_ALL=C sort -u; }

# write_linked_inc ROOT DEFINED JSON FEATURES: DEFINED is a file with the functions that the archive has, JSON its description,
# FEATURES what its code needs of the processor, as GCC names it.
write_linked_inc() {
  local feature
  printf '#define DESCRIPTION '
  sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' "$3" | tr '\n' ' '
  printf '\n'
  if [ -n "$4" ]; then
    printf '#define NEEDED_FEATURES'
    for feature in $4; do printf ' NEEDED("%s")' "$feature"; done
    printf '\n'
  fi
  printf '#define FUNCTIONS '
  sed 's/.*/"&\\n"/' "$2" | tr '\n' ' '
  printf '\n#define ABSENT_FUNCTIONS'
  bound_functions "$1" | awk 'FILENAME != "-" { defined[$1]; next } !($2 in defined) { printf " ABSENT(%s, %s)", $1, $2 }' "$2" -
  printf '\n'
}
