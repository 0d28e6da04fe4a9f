# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# libfaiss_c for linux-x64: a shared library with OpenBLAS and OpenMP beside it, and an archive that holds them too.
# build-native.sh sources this and provides run, begin, finish, say, refuse and the variables of its steps.

openblas_dir=/usr/lib/x86_64-linux-gnu/openblas-openmp

linux_packages=(cmake make g++ libopenblas-openmp-dev)
linux_missing_packages() {
  command -v cmake >/dev/null || say cmake
  command -v ninja >/dev/null || command -v make >/dev/null || say make
  command -v g++ >/dev/null || say g++
  [[ -e $openblas_dir/libopenblas.so && -e $openblas_dir/libopenblas.a ]] || say libopenblas-openmp-dev
}

linux_openblas_version() { readlink -f "$openblas_dir/libopenblas.so" | sed -n 's/.*-r\([0-9][0-9.]*\)\.so.*/\1/p'; }

linux_libgomp_is() {
  local date version
  date=$(echo _OPENMP | g++ -fopenmp -E -P -x c++ - | tail -n 1)
  case $date in
    201511) date=4.5 ;; 201811) date=5.0 ;; 202011) date=5.1 ;; 202111) date=5.2 ;; 202411) date=6.0 ;;
  esac
  version=$(dpkg-query -W -f '${Version}' libgomp1 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//') || true
  say "libgomp ${version:-$(g++ -dumpfullversion)} (GNU OpenMP $date)"
}

# A copy of what a package of Debian says of its licence, under a heading.
debian_notice() { # debian_notice WHAT PACKAGE
  printf "\n==== %s: Debian's package %s\n\n" "$1" "$2 $(dpkg-query -W -f '${Version}, source package ${source:Package}' "$2" 2>/dev/null)"
  cat -- "/usr/share/doc/$2/copyright" 2>>"$log" || say "Its licence is not on the machine that built this."
}

linux_notices() {
  debian_notice "OpenBLAS and LAPACK" libopenblas0-openmp
  debian_notice "libgomp, with the GCC Runtime Library Exception" libgomp1
  debian_notice "libgfortran, with the GCC Runtime Library Exception (beside the shared library only)" libgfortran5
  debian_notice "libquadmath (beside the shared library only)" libquadmath0
}

# What the shared library loads besides the system's, as "NAME FILE"; packages carry copies of these.
linux_libraries() { # linux_libraries LIBRARY
  env -u LD_LIBRARY_PATH -u LD_PRELOAD ldd "$1" | sed -nE 's/^[[:space:]]*(lib(openblas|gomp|gfortran|quadmath)[^ ]*) => ([^ ]*).*/\1 \3/p'
}

linux_compile() {
  begin configure
  run cmake -S "$root/native" -B "$work/build" -G "$generator" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ \
    -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL="$resolved_level" -DOPENBLAS_DIR="$openblas_dir" \
    -DFORTRAN_LIBRARIES="$(linux_libraries "$openblas_dir/libopenblas.so" | sed -nE 's/^lib(gfortran|quadmath)[^ ]* //p' | paste -s -d ';')"
  finish "$resolved_level, Release"

  begin compile
  run cmake --build "$work/build" --target compile -j "$jobs"
  finish "with $jobs jobs"
}

linux_link() {
  begin link
  run cmake --build "$work/build" --target shared
  cp -- "$work/build/libfaiss_c.so" "$work/result"
  finish "$(($(stat -c %s "$work/result/libfaiss_c.so") / 1024)) KB"
}

# Looks at the library; then $work/exported has its functions.
linux_check() {
  local library=$work/result/libfaiss_c.so resolved name
  nm -D --defined-only "$library" >"$work/symbols"
  ! grep -v ' T faiss_' "$work/symbols" >>"$log" || refuse "the library exports the names above, which are no functions of the C API"
  awk '{ print $3 }' "$work/symbols" | sort >"$work/exported"
  [[ -s $work/exported ]] || refuse "the library exports nothing"

  readelf -d "$library" >"$work/dynamic"
  grep -qE 'RUNPATH.*\[[$]ORIGIN:' "$work/dynamic" || refuse "the library has no RUNPATH that begins with \$ORIGIN"
  grep -q 'NEEDED.*\[libgomp\.so\.1\]' "$work/dynamic" || refuse "the library does not use libgomp"
  for name in $(linux_libraries "$library" | cut -d ' ' -f 1); do
    grep -q "NEEDED.*\[$name\]" "$work/dynamic" || refuse "the library does not name $name, which OpenBLAS needs, so it would not be found beside it"
  done
  resolved=$(linux_libraries "$library" | sed -n 's/^libopenblas[^ ]* //p')
  [[ $resolved == "$openblas_dir"/* ]] || refuse "BLAS resolves to '$resolved', not to a library in $openblas_dir"
  readelf -d "$resolved" | grep -q 'NEEDED.*\[libgomp\.so\.1\]' || refuse "$resolved is not built with OpenMP"
}

# Merges the archive; of OpenBLAS and libgomp it takes what FAISS uses, and shows no other name of theirs.
linux_archive() {
  local faiss_archive wrappers=$work/build/libfaiss_c_wrappers.a error_object=error_impl.cpp.o features
  begin archive
  faiss_archive=$(find "$work/build" -name 'libfaiss*.a' ! -path "$wrappers" -newer "$work/build/CMakeCache.txt")
  [[ -f $faiss_archive ]] || refuse "no single archive of FAISS: $faiss_archive"
  mkdir "$work/archive"
  nm -u --no-sort "$faiss_archive" "$wrappers" 2>>"$log" | awk 'NF == 2 { print $2 }' | sort -u >"$work/archive/used"
  nm --defined-only "$openblas_dir/libopenblas.a" "$(g++ -print-file-name=libgomp.a)" 2>>"$log" |
    awk 'NF == 3 && $2 ~ /^[TDBRVW]$/ { print $3 }' | sort -u | comm -12 - "$work/archive/used" >"$work/archive/wanted"
  run gcc -O2 -fPIC -c "$root/native/linux-x64/concat_string.c" -o "$work/archive/concat_string.o"
  # shellcheck disable=SC2046 # one option a name
  run ld -r -o "$work/archive/libraries.o" $(sed 's/^/-u /' "$work/archive/wanted") \
    "$work/archive/concat_string.o" "$openblas_dir/libopenblas.a" "$(g++ -print-file-name=libgomp.a)"
  run objcopy --keep-global-symbols="$work/archive/wanted" --strip-debug "$work/archive/libraries.o"

  features=$(features_of "$resolved_level" | sed -E 's/avx512_/avx512/g')
  write_linked_inc "$root" "$work/exported" "$work/result/libfaiss_c.json" "$features" >"$work/archive/linked.inc"
  run g++ -std=c++17 -O2 -fPIC -fvisibility=hidden -ffunction-sections -I "$work/archive" -I "$source_dir" \
    -c "$root/native/linked.cpp" -o "$work/archive/linked.o"
  cp -- "$faiss_archive" "$work/archive/faiss.a"
  cp -- "$wrappers" "$work/archive/wrappers.a"
  if [[ -n $features ]]; then
    run objcopy --rename-section .init_array=faiss_initializers "$work/archive/faiss.a"
    run objcopy --rename-section .init_array=faiss_initializers "$work/archive/wrappers.a"
  fi
  # Every user of the C API needs the object of its errors, so what must be in every program is in that one.
  run sh -c 'cd "$1" && ar x wrappers.a "$2" && ar d wrappers.a "$2" && ld -r -o errors.o "$2" linked.o' sh "$work/archive" "$error_object"
  # Members of equal name are nothing to a script of ar.
  printf '%s\n' 'create libfaiss_c.a' 'addlib wrappers.a' 'addlib faiss.a' 'addmod errors.o' 'addmod libraries.o' save end >"$work/archive/script"
  run sh -c 'cd "$1" && ar -M <script' sh "$work/archive"
  mv -- "$work/archive/libfaiss_c.a" "$work/result"
  linux_check_archive
  finish "$(($(stat -c %s "$work/result/libfaiss_c.a") / 1024)) KB"
}

# A program with every function of the C API in it must link with the archive and what every C++ program has.
linux_check_archive() {
  local name
  {
    bound_functions "$root" | awk '{ printf "void %s(void);\n", $2; names = names $2 ", " } END { printf "void (*const all[])(void) = { %s };\n", names }'
    say 'int main(void) { return all[0] == 0; }'
  } >"$work/archive/all.c"
  run gcc -w -fPIE -c "$work/archive/all.c" -o "$work/archive/all.o"
  run g++ -pie "$work/archive/all.o" "$work/result/libfaiss_c.a" -o "$work/archive/all"
  for name in $(readelf -d "$work/archive/all" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p'); do
    [[ $name =~ ^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64)\.so ]] || refuse "a program that is linked with the archive needs $name"
  done
  ! readelf -lW "$work/archive/all" | grep -E 'GNU_STACK.*RWE' >>"$log" || refuse "a program that is linked with the archive has an executable stack"
  ! readelf -SW "$work/archive/faiss.a" 2>/dev/null | grep -E '\.(init_array|ctors)\.' >>"$log" || [[ -z $(features_of "$resolved_level") ]] ||
    refuse "FAISS has initializers with priorities, which the archive does not keep from running"
  ! grep -aoE "($work|$source_dir)/[^[:cntrl:]]*" "$work/result/libfaiss_c.a" >>"$log" || refuse "the archive holds the paths above"
  run "$work/archive/all"
}
