# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of build-native.sh and of build-on-mac.sh
# What a build says about itself: libfaiss_c.json and description.inc, which native/description.c puts into the libraries, the
# notices, and linked.inc, which native/linked.cpp puts into the archive.
# The Mac sources this too: bash 3.2, BSD's tools.

# bound_functions ROOT: prints "TYPE NAME" for every function that the bindings call, with a C type of the same class.
bound_functions() {
  find "$1/bindings/Generated" "$1/bindings/Extensions" -name '*.g.cs' -exec sed -nE 's/^ *public static extern ([^ ]+) (faiss_[A-Za-z0-9_]+)\(.*/\1 \2/p' {} + |
    awk '{ print ($1 ~ /\*$/ ? "void*" : $1 == "void" || $1 == "float" || $1 == "double" ? $1 : $1 == "long" || $1 == "nuint" ? "long" : "int"), $2 }' |
    LC_ALL=C sort -u -k 2
}

# Copies function names from stdin without those of native/threads.cpp, which the bindings look up by name.
bound_names() { grep -vE '^faiss_sdk_(set_)?max_threads$' | LC_ALL=C sort -u; }

# declared_functions TREE COMPILER…: prints the functions that the headers of the C API declare, outside of gpu/. Macros declare
# many of them, so the headers are preprocessed; functions that they define inline are left out.
declared_functions() {
  local c_api=$1/c_api tree=$1
  shift
  (cd "$c_api" && find . -path ./gpu -prune -o -name '*.h' ! -name '*_impl.h' -print) | sort | sed 's/.*/#include "&"/' >"$work/umbrella.h"
  (cd "$c_api" && "$@" -E -P -x c -I . -I .. -I "$tree" "$work/umbrella.h") >"$work/declarations" 2>>"$log" ||
    refuse "the headers of the C API cannot be preprocessed"
  { printf ' '; tr '\n' ' ' <"$work/declarations"; } | awk '{
    gsub(/[^A-Za-z0-9_]inline[^A-Za-z0-9_][^(]*\(/, " ")
    while (match($0, /[^A-Za-z0-9_]faiss_[A-Za-z0-9_]+[ \t]*\(/)) {
      name = substr($0, RSTART + 1, RLENGTH - 2)
      sub(/[ \t]+$/, "", name)
      print name
      $0 = substr($0, RSTART + RLENGTH - 1)
    }
  }' | LC_ALL=C sort -u
}

quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"; }

# describe OPENMP: prints libfaiss_c.json; $work/missing lists the declared functions that the library lacks.
describe() {
  say "{"
  say "  \"faissVersion\": $(quoted "$version"),"
  say "  \"simdLevel\": $(quoted "$resolved_level"),"
  say "  \"blas\": $(quoted "$blas"),"
  say "  \"openmp\": $(quoted "$1"),"
  say "  \"compiler\": $(quoted "$compiler"),"
  say "  \"rid\": $(quoted "$rid"),"
  [[ -z ${cross_compiled:-} ]] || say '  "crossCompiled": true,'
  say "  \"missingFunctions\": [$(sed 's/.*/"&"/' "$work/missing" | paste -s -d , - | sed 's/,/, /g')]"
  say "}"
}

# describe_library OPENMP COMPILER…: writes libfaiss_c.json and description.inc before the library is linked, which contains them.
# stdin: the functions that the C wrappers define.
describe_library() {
  { cat; say faiss_sdk_description; } | bound_names >"$work/defined"
  declared_functions "$source_dir" "${@:2}" | comm -23 - "$work/defined" >"$work/missing"
  describe "$1" >"$work/result/libfaiss_c.json"
  {
    printf '#define DESCRIPTION '
    sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' "$work/result/libfaiss_c.json" | tr '\n' ' '
    printf '\n'
  } >"$work/description.inc"
}

# check_described: refuses a library whose functions ($work/exported) are others than its description was made from.
check_described() {
  diff "$work/defined" "$work/exported" >>"$log" || refuse "the library exports other functions of the C API than the C wrappers define, see above"
}

# notice HEADING FILE: prints a licence under a heading. pack.sh refuses to pack a library without one of its licences.
notice() {
  printf '==== %s\n\n' "$1"
  cat -- "$2" 2>>"$log" || say "Its licence is not on the machine that built this."
  say
}

# write_linked_inc ROOT DEFINED FEATURES: prints linked.inc. DEFINED is a file with the functions that the archive defines, FEATURES
# the processor features that its code needs, by GCC's names.
write_linked_inc() {
  local feature
  if [[ -n $3 ]]; then
    printf '#define NEEDED_FEATURES'
    for feature in $3; do printf ' NEEDED("%s")' "$feature"; done
    printf '\n'
  fi
  printf '#define FUNCTIONS '
  sed 's/.*/"&\\n"/' "$2" | tr '\n' ' '
  printf '\n#define ABSENT_FUNCTIONS'
  bound_functions "$1" | awk 'FILENAME != "-" { defined[$1]; next } !($2 in defined) { printf " ABSENT(%s, %s)", $1, $2 }' "$2" -
  printf '\n'
}
