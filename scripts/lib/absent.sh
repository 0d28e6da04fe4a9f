# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # work, definitions and lacking are variables of the scripts
# C programs with a shared library whose FAISS lacks functions that they call. An archive defines such functions itself.

# write_absent EXPORTS PROGRAM.c: writes lacking=$work/absent.c, which defines the functions of the program that are not in the file
# EXPORTS: each is an error. Sets definitions, the options with which the program is compiled to call them.
write_absent() {
  local name absent
  mapfile -t absent < <(grep -oE '^[a-z].* \*?faiss_[A-Za-z0-9_]+\(' "$2" | sed 's/.*[ *]\(faiss_[A-Za-z0-9_]*\)(/\1/' | sort -u | comm -23 - "$1")
  lacking=$work/absent.c definitions=(-Dfaiss_get_last_error=last_error)
  {
    printf 'const char *faiss_get_last_error(void);\nstatic int lacked;\n'
    printf 'const char *last_error(void) { int was = lacked; lacked = 0; return was ? "not in this FAISS" : faiss_get_last_error(); }\n'
    ((${#absent[@]} == 0)) || printf 'int lacking_%s(void) { lacked = 1; return -1; }\n' "${absent[@]}"
  } >"$lacking"
  for name in "${absent[@]}"; do definitions+=("-D$name=lacking_$name"); done
}
