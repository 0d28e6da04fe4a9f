# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# libfaiss_c for Linux: a shared library that contains the OpenBLAS it uses and loads libgomp, and an archive that contains both.
# linux-arm64 is cross-compiled by Debian's compilers with Debian's OpenBLAS for arm64. build-native.sh calls the functions
# linux_NAME as `on_platform NAME`; pack.sh uses linux_target and linux_libgomp, check-extensions.sh linux_link_openblas.

system_library='^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64|ld-linux-aarch64)\.so'
# The functions that native/linux/openblas.c replaces or stands before.
openblas_wraps=(--wrap=getenv --wrap=goto_set_num_threads --wrap=exec_blas)

# Sets what differs between the two platforms, such as the prefix of the tools and the place of OpenBLAS.
linux_target() {
  library=libfaiss_c.so files=(libfaiss_c.so libfaiss_c.a libfaiss_c.notices.txt libfaiss_c.json)
  if [[ $rid == linux-arm64 ]]; then
    tools=aarch64-linux-gnu- cross_compiled=1 packages=(cmake make g++-aarch64-linux-gnu) libgomp_package=libgomp1-arm64-cross
    linux_cmake_options=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64)
  else
    tools='' cross_compiled='' packages=(cmake make g++ libopenblas-openmp-dev) libgomp_package=libgomp1 linux_cmake_options=()
    openblas_dir=/usr/lib/x86_64-linux-gnu/openblas-openmp documents=/usr/share/doc
  fi
  [[ -n ${source_dir:-} ]] || packages+=(dpkg-dev)
  preprocessor=("${tools}gcc")
}

linux_require() {
  [[ $rid != linux-arm64 || -n $codename ]] ||
    unavailable "linux-arm64 can only be built on Debian, whose packages for arm64 contain OpenBLAS"
}

linux_missing_packages() {
  command -v cmake >/dev/null || say cmake
  command -v ninja >/dev/null || command -v make >/dev/null || say make
  if [[ $rid == linux-arm64 ]]; then
    command -v "${tools}g++" >/dev/null || say g++-aarch64-linux-gnu
    command -v dpkg-deb >/dev/null || say dpkg
  else
    command -v g++ >/dev/null || say g++
    [[ -e $openblas_dir/libopenblas.a ]] || say libopenblas-openmp-dev
  fi
  [[ -n $source_dir ]] || command -v dpkg-source >/dev/null || say dpkg-dev
}

linux_identify() {
  compiler="g++ $("${tools}g++" -dumpfullversion)"
  if [[ $rid == linux-arm64 ]]; then
    # Its version is known only after it has been fetched.
    compiler=$tools$compiler blas="OpenBLAS of Debian $codename"
  else
    blas="OpenBLAS $(linux_openblas_version) (OpenMP)"
  fi
  blas_identity=$blas
}

linux_stamp() {
  local part
  for part in scripts/lib/linux.sh native/faiss_c.map native/linux/openblas.c; do sha256sum <"$root/$part"; done
}

linux_build() {
  if [[ $rid == linux-arm64 ]]; then
    linux_fetch_arm64
    blas="OpenBLAS $(linux_openblas_version) (OpenMP)"
  fi
  linux_compile
  linux_link
}

# ---- OpenBLAS and libgomp

# Fetches Debian's OpenBLAS for arm64, which is not installed on this machine.
linux_fetch_arm64() {
  local apt="$work/apt-arm64" kept="${cache:+$cache/openblas-arm64-$codename}" folder=$work/arm64
  begin_download libraries "The package server is needed the first time; check the network." 77
  if [[ -n $kept && -d $kept ]]; then
    folder=$kept
  else
    private_apt "$apt" deb "$codename" || unavailable "no package source of Debian $codename is configured here, which OpenBLAS for arm64 comes from"
    printf 'APT::Architecture "arm64";\nAPT::Architectures { "arm64"; };\n' >>"$apt/apt.conf"
    run sh -c 'apt-get -c "$1" update || true' sh "$apt/apt.conf"
    keep_debian_lists "$apt"
    run sh -c 'cd "$1/download" && apt-get -c "$1/apt.conf" download libopenblas-openmp-dev' sh "$apt"
    run dpkg-deb -x "$apt"/download/*.deb "$folder"
    rm -rf -- "$apt"
    if [[ -n $kept ]]; then keep "$folder" "$kept"; folder=$kept; fi
  fi
  openblas_dir=$folder/usr/lib/aarch64-linux-gnu/openblas-openmp documents=$folder/usr/share/doc
  finish "OpenBLAS $(linux_openblas_version) for arm64, from Debian $codename"
}

linux_openblas_version() { readlink -f "$openblas_dir/libopenblas.a" | sed -n 's/.*-r\([0-9][0-9.]*\)\.a$/\1/p'; }

linux_openmp() {
  local date version
  date=$(echo _OPENMP | "${tools}g++" -fopenmp -E -P -x c++ - | tail -n 1)
  case $date in
    201511) date=4.5 ;; 201811) date=5.0 ;; 202011) date=5.1 ;; 202111) date=5.2 ;; 202411) date=6.0 ;;
  esac
  version=$(dpkg-query -W -f '${Version}' "$libgomp_package" 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//') || true
  say "libgomp ${version:-$("${tools}g++" -dumpfullversion)} (GNU OpenMP $date)"
}

# Prints the path of the libgomp that the shared library loads; the packages contain a copy.
linux_libgomp() { "${tools}g++" -print-file-name=libgomp.so.1; }

debian_notice() { # debian_notice WHAT PACKAGE FOLDER: the licence that Debian's package has in FOLDER
  notice "$1: Debian's package $2 $(dpkg-query -W -f '${Version}, source package ${source:Package}' "$2" 2>/dev/null)" "$3/$2/copyright"
}
linux_notices() {
  debian_notice "OpenBLAS and LAPACK" libopenblas-openmp-dev "$documents"
  debian_notice "libgomp, with the GCC Runtime Library Exception" "$libgomp_package" /usr/share/doc
}

# ---- the shared library

linux_compile() {
  begin configure
  choose_jobs
  run cmake -S "$root/native" -B "$work/build" "${cmake_generator[@]}" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER="${tools}gcc" -DCMAKE_CXX_COMPILER="${tools}g++" "${linux_cmake_options[@]}" \
    -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL="$resolved_level" -DBLAS_OBJECT="$work/openblas.o" -DDESCRIPTION_OBJECT="$work/description.o"
  finish "$resolved_level, Release"

  begin compile
  run cmake --build "$work/build" --target compile -j "$jobs"
  finish "with $jobs jobs"
}

# linux_used_of FILE ARCHIVE…: writes to FILE those names that the archives define and FAISS uses.
linux_used_of() {
  "${tools}nm" -u --no-sort "$faiss_archive" "$wrappers" 2>>"$log" | awk 'NF == 2 { print $2 }' | sort -u >"$work/used"
  "${tools}nm" --defined-only "${@:2}" 2>>"$log" | awk 'NF == 3 && $2 ~ /^[TDBRVW]$/ { print $3 }' | sort -u | comm -12 - "$work/used" >"$1"
}

# Writes $work/openblas.o: what FAISS uses of OpenBLAS, and our functions that stand before some of it.
linux_link_openblas() {
  linux_used_of "$work/blas" "$openblas_dir/libopenblas.a"
  run "${tools}gcc" -O2 -fPIC -c "$root/native/linux/openblas.c" -o "$work/ours.o"
  # shellcheck disable=SC2046 # one option per name
  run "${tools}ld" -r "${openblas_wraps[@]}" -o "$work/openblas.o" $(sed 's/^/-u /' "$work/blas") "$work/ours.o" "$openblas_dir/libopenblas.a"
}

linux_link() {
  begin link
  wrappers=$work/build/libfaiss_c_wrappers.a
  faiss_archive=$(find "$work/build" -name 'libfaiss*.a' ! -path "$wrappers" -newer "$work/build/CMakeCache.txt")
  [[ -f $faiss_archive ]] || refuse "expected one archive of FAISS, found: $faiss_archive"
  linux_link_openblas
  "${tools}nm" --defined-only --no-sort "$wrappers" 2>>"$log" | awk '$2 == "T" && $3 ~ /^faiss_/ { print $3 }' |
    describe_library "$(linux_openmp)" "${preprocessor[@]}"
  run "${tools}gcc" -O2 -fPIC -I "$work" -c "$root/native/description.c" -o "$work/description.o"
  run cmake --build "$work/build" --target shared
  cp -- "$work/build/libfaiss_c.so" "$work/result"
  finish "$(kilobytes "$work/result/libfaiss_c.so")"
}

# Checks the shared library and writes its functions to $work/exported.
linux_check() {
  local library=$work/result/libfaiss_c.so
  "${tools}nm" -D --defined-only "$library" >"$work/symbols"
  ! grep -v ' T faiss_' "$work/symbols" >>"$log" || refuse "the library exports the names above, which are not functions of the C API"
  awk '{ print $3 }' "$work/symbols" | bound_names >"$work/exported"
  [[ -s $work/exported ]] || refuse "the library exports no function of the C API"

  readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p' >"$work/needed"
  readelf -d "$library" | grep -qE 'RUNPATH.*\[[$]ORIGIN\]' || refuse "the library's RUNPATH is not \$ORIGIN"
  grep -qx 'libgomp\.so\.1' "$work/needed" || refuse "the library does not use libgomp"
  ! grep -vE "^libgomp\.so\.1$|$system_library" "$work/needed" >>"$log" || refuse "the library needs the libraries above, which not every system has"
  "${tools}nm" -u "$work/openblas.o" | grep -q ' GOMP_parallel$' || refuse "the library's OpenBLAS was built without OpenMP"
}

# ---- the archive

# Merges the archive. Of OpenBLAS and libgomp it contains what FAISS uses, and exports no other name of theirs.
linux_archive() {
  local error_object=error_impl.cpp.o features libgomp
  begin archive
  libgomp=$("${tools}g++" -print-file-name=libgomp.a)
  mkdir "$work/archive"
  linux_used_of "$work/archive/wanted" "$openblas_dir/libopenblas.a" "$libgomp"
  # shellcheck disable=SC2046 # one option per name
  run "${tools}ld" -r -o "$work/archive/libraries.o" $(sed 's/^/-u /' "$work/archive/wanted") "$work/openblas.o" "$libgomp"
  run "${tools}objcopy" --keep-global-symbols="$work/archive/wanted" --strip-debug "$work/archive/libraries.o"

  features=$(features_of "$resolved_level" | sed -E 's/avx512_/avx512/g')
  write_linked_inc "$root" "$work/exported" "$features" >"$work/archive/linked.inc"
  run "${tools}g++" -std=c++17 -O2 -fPIC -fvisibility=hidden -ffunction-sections -I "$work/archive" -I "$source_dir" \
    -c "$root/native/linked.cpp" -o "$work/archive/linked.o"
  cp -- "$faiss_archive" "$work/archive/faiss.a"
  cp -- "$wrappers" "$work/archive/wrappers.a"
  if [[ -n $features ]]; then
    run "${tools}objcopy" --rename-section .init_array=faiss_initializers "$work/archive/faiss.a"
    run "${tools}objcopy" --rename-section .init_array=faiss_initializers "$work/archive/wrappers.a"
  fi
  # Every user of the C API links the object with its errors, so that object carries what every program must contain.
  run sh -c 'cd "$1" && "$3ar" x wrappers.a "$2" && "$3ar" d wrappers.a "$2" && "$3ld" -r -o errors.o "$2" linked.o ../description.o' sh "$work/archive" "$error_object" "$tools"
  # A script for ar keeps members of the same name apart.
  printf '%s\n' 'create libfaiss_c.a' 'addlib wrappers.a' 'addlib faiss.a' 'addmod errors.o' 'addmod libraries.o' save end >"$work/archive/script"
  run sh -c 'cd "$1" && "$2ar" -M <script' sh "$work/archive" "$tools"
  mv -- "$work/archive/libfaiss_c.a" "$work/result"
  linux_check_archive
  finish "$(kilobytes "$work/result/libfaiss_c.a")"
}

# Links a program that refers to every function of the C API with the archive and the C++ library alone.
linux_check_archive() {
  local name
  {
    bound_functions "$root" | awk '{ printf "void %s(void);\n", $2; names = names $2 ", " } END { printf "void (*const all[])(void) = { %s };\n", names }'
    say 'int main(void) { return all[0] == 0; }'
  } >"$work/archive/all.c"
  run "${tools}gcc" -w -fPIE -c "$work/archive/all.c" -o "$work/archive/all.o"
  run "${tools}g++" -pie "$work/archive/all.o" "$work/result/libfaiss_c.a" -o "$work/archive/all"
  for name in $(readelf -d "$work/archive/all" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p'); do
    [[ $name =~ $system_library ]] || refuse "a program that is linked with the archive needs $name, which not every system has"
  done
  ! readelf -lW "$work/archive/all" | grep -E 'GNU_STACK.*RWE' >>"$log" || refuse "a program that is linked with the archive has an executable stack"
  ! readelf -SW "$work/archive/faiss.a" 2>/dev/null | grep -E '\.(init_array|ctors)\.' >>"$log" || [[ -z $(features_of "$resolved_level") ]] ||
    refuse "FAISS has initializers with priorities, which the archive does not hold back on processors without the level"
  ! grep -aoE "($work|$source_dir)/[^[:cntrl:]]*" "$work/result/libfaiss_c.a" >>"$log" || refuse "the archive contains the paths above of this machine"
  # A program for another processor runs only in an emulator.
  if [[ -z $tools ]]; then
    run env -u OPENBLAS_CORETYPE OPENBLAS_VERBOSE=2 "$work/archive/all"
    name=$(sed -n 's/^Core: //p' "$log" | tail -n 1)
    if cpu_has avx512; then
      [[ $name == SkylakeX ]] || refuse "OpenBLAS uses its kernels for '$name' here, not those for AVX-512"
    elif cpu_has avx2; then
      [[ $name =~ ^(Haswell|Zen)$ ]] || refuse "OpenBLAS uses its kernels for '$name' here, not those for AVX2"
    fi
  elif command -v qemu-aarch64 >/dev/null; then
    run qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/archive/all"
  fi
}
