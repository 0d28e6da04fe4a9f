#!/usr/bin/env bash
# Runs the managed k-means, compiled by NativeAOT for AVX-512 and for AVX-VNNI, in an emulator of a processor that has both.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib/dotnet.sh
. "$root/scripts/lib/dotnet.sh"
# shellcheck source=scripts/lib/apt.sh
. "$root/scripts/lib/apt.sh"

# Bochs 3.0 is the first in Debian with a processor that has AVX-VNNI; with its libraries, kernel and boot loader from the same suite.
suite=trixie
limit=900

usage() {
  cat <<USAGE
Usage: scripts/check-emulated.sh [--keep DIR]

Publishes tests/FaissSdk.EmulatedSample by NativeAOT for linux-x64 with IlcInstructionSet x86-64-v3 and x86-64-v4, runs the
first here (and the second where this processor has AVX-512), boots a Linux in the emulator Bochs that runs both, on a processor
with AVX-512 and AVX-VNNI, and compares what they print, bit for bit. The emulator comes from Debian $suite's packages, unpacked
and not installed: about 80 MB, kept in the cache folder, or in DIR.
Status 77: this machine cannot have the tools.
USAGE
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
keep=${cache:+$cache/faiss-sdk/emulator-$suite}
while (($#)); do
  case $1 in
    --keep) keep=$(realpath -m -- "${2:?"--keep needs a folder"}"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "check-emulated: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/faiss-sdk-check.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
log=$work/log
say() { printf '%s\n' "$*"; }
refuse() { say "FAULT  $*"; exit 1; }
unavailable() { say "check-emulated: $*" >&2; exit 77; }
run() { "$@" >>"$log" 2>&1 || { tail -n 15 "$log" | sed 's/^/       /'; refuse "'$1' failed"; }; }

# ---- what it takes

[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable "the programs are for linux-x64, and so is the emulator"
! grep -q '^flags' /proc/cpuinfo || { grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; } ||
  unavailable "this processor has no AVX2 and FMA, so there is nothing to compare with"
require_dotnet

packages=(bochs bochs-term busybox-static isolinux syslinux-common xorriso)
fetch_tools() { # fetch_tools FOLDER
  local apt=$work/apt codename kernel file
  codename=$(debian_codename)
  { [[ -n $codename ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; } || unavailable "the emulator comes from Debian's packages, and this is no Debian"
  private_apt "$apt" deb "$codename" "$suite" || unavailable "no package source of Debian is set up here, for the emulator"
  apt-get -c "$apt/apt.conf" update >"$work/said" 2>&1 || true
  keep_debian_lists "$apt"
  kernel=$(apt-cache -c "$apt/apt.conf" depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1) || true
  [[ -n $kernel ]] || unavailable "Debian $suite's packages cannot be had: $(why_no_package <"$work/said")"
  # As nothing counts as installed, all that Bochs loads comes along, down to the C library.
  { apt-get -c "$apt/apt.conf" install --download-only --no-install-recommends -y "${packages[@]}" &&
    (cd "$apt/download" && apt-get -c "$apt/apt.conf" download "$kernel"); } >"$work/said" 2>&1 ||
    unavailable "Debian $suite's packages cannot be had: $(why_no_package <"$work/said")"
  mkdir -p "$1"
  for file in "$apt"/cache/archives/*.deb; do
    case ${file##*/} in
      lib* | bochs* | vgabios_* | seabios_* | busybox-static_* | isolinux_* | syslinux-common_* | xorriso_*) run dpkg-deb -x "$file" "$1" ;;
    esac
  done
  # Of the kernel its modules are not needed.
  run sh -c 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards "./boot/vmlinuz-*"' sh "$(find "$apt/download" -name "*.deb")" "$1"
  mv -- "$1"/boot/vmlinuz-* "$1/vmlinuz"
  dpkg-deb -f "$apt"/cache/archives/bochs_*.deb Version >"$1/bochs-version"
  say "${kernel#linux-image-}" >"$1/kernel-version"
  rm -rf -- "$apt"
}

started=$SECONDS
if [[ -n $keep && -s $keep/kernel-version ]]; then
  tools=$keep
else
  fetch_tools "$work/tools"
  tools=$work/tools
  if [[ -n $keep ]]; then
    mkdir -p "$(dirname "$keep")"
    rm -rf -- "$keep"
    mv -T -- "$tools" "$keep"
    tools=$keep
  fi
fi
libraries=$tools/usr/lib/x86_64-linux-gnu
with_tools() { "$tools/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$tools/usr/bin/$1" "${@:2}"; }
say "ok     Bochs $(cat "$tools/bochs-version") and Linux $(cat "$tools/kernel-version") of Debian $suite: $((SECONDS - started)) s"

# ---- the programs

levels=(x86-64-v3 x86-64-v4)
mkdir -p "$work/root/bin"
for level in "${levels[@]}"; do
  started=$SECONDS
  dotnet publish "$root/tests/FaissSdk.EmulatedSample" -c Release -r linux-x64 -p:IlcInstructionSet="$level" -o "$work/$level" -nologo >"$work/publish" 2>&1 ||
    { grep -E 'error|undefined' "$work/publish" | sort -u | head -n 20; refuse "$level: publishing failed"; }
  cp -- "$work/$level/emulated-sample" "$work/root/bin/$level"
  say "ok     $level: published in $((SECONDS - started)) s"
done
here() { # here LEVEL: as it runs natively, but for the line on the instructions
  "$work/root/bin/$1" >"$work/here.$1" || refuse "$1: the program ends with an error on this processor"
  say "       here, $1: $(head -n 1 "$work/here.$1")"
  sed -i 1d "$work/here.$1"
}
here x86-64-v3
if grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && grep -qw avx512dq /proc/cpuinfo && grep -qw avx512cd /proc/cpuinfo; then
  here x86-64-v4
  diff "$work/here.x86-64-v3" "$work/here.x86-64-v4" || refuse "x86-64-v4 differs from x86-64-v3 on this processor, as above"
fi

# ---- a disc that boots, and runs them

ldd "$work/root/bin/x86-64-v4" | sed -nE 's/^(.* => )?[[:space:]]*(\/[^ ]+) \(.*/\2/p' | while read -r library; do
  mkdir -p "$work/root/$(dirname "$library")"
  cp -L -- "$library" "$work/root/$library"
done
mkdir -p "$work"/root/{dev,proc} "$work/disc/isolinux"
cp -- "$tools/usr/bin/busybox" "$work/root/bin/busybox"
cat >"$work/root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
echo "processor $(/bin/busybox sed -n 's/^model name[^:]*: //p' /proc/cpuinfo)"
for program in /bin/x86-64-*; do
  echo "begin ${program#/bin/}"
  "$program"
  echo "end ${program#/bin/} $?"
done
echo "all done"
/bin/busybox sleep 0.1
/bin/busybox poweroff -f
INIT
chmod +x "$work/root/init"
(cd "$work/root" && find . | "$tools/usr/bin/busybox" cpio -o -H newc 2>>"$log" | gzip -1) >"$work/disc/initrd"
cp -- "$tools/vmlinuz" "$tools/usr/lib/ISOLINUX/isolinux.bin" "$tools/usr/lib/syslinux/modules/bios/ldlinux.c32" "$work/disc/isolinux"
cat >"$work/disc/isolinux/isolinux.cfg" <<'CONFIG'
DEFAULT linux
PROMPT 0
LABEL linux
 KERNEL vmlinuz
 INITRD /initrd
 APPEND console=ttyS0,115200 quiet loglevel=1 nokaslr mitigations=off random.trust_cpu=on
CONFIG
run with_tools xorriso -as mkisofs -o "$work/disc.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/disc"

# ---- the emulator

# With all of these features Linux stops early in its boot; which of them it is was not looked into, but for XSAVEC, of whose area
# Bochs tells a wrong size.
without=cet,pku,umip,sha,movdiri,movdir64b,la57,uintr,amx,amx_int8,amx_bf16,waitpkg,serialize,xsavec,xsaves,mwait,vmx
share=$tools/usr/share/bochs
cat >"$work/bochsrc" <<CONFIG
config_interface: textconfig
display_library: term
megs: 768
cpu: model=sapphire_rapids, count=1, ips=50000000, reset_on_triple_fault=0, exclude_features="$without"
romimage: file="$share/BIOS-bochs-latest"
vgaromimage: file="$tools/usr/share/vgabios/vgabios.bin"
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path="$work/disc.iso", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev="$work/serial"
log: $work/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
clock: sync=none
sound: driver=dummy
CONFIG
# Debian's is built with its debugger, which waits for a command.
say c >"$work/commands"
started=$SECONDS
: >"$work/serial"
# That the machine is switched off counts as an error; and it does not end by a mere SIGTERM.
TERM=vt100 LTDL_LIBRARY_PATH="$libraries/bochs/plugins" BXSHARE="$share" \
  timeout -s KILL "$limit" "$tools/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$tools/usr/bin/bochs-bin" -q -f "$work/bochsrc" -rc "$work/commands" \
  </dev/null >"$work/screen" 2>&1 || true
tr -d '\r' <"$work/serial" >"$work/told"
grep -qx 'all done' "$work/told" || { tail -n 5 "$work/told"; tail -n 3 "$work/bochs.log"; refuse "the emulated machine does not come to its end in $((SECONDS - started)) s; it and Bochs last said the above"; }
say "ok     emulated, $(sed -n 's/^processor //p' "$work/told"): booted, all run, and off after $((SECONDS - started)) s"

# ---- what it told

emulated() { # emulated LEVEL INSTRUCTIONS KERNEL…: the kernels of integers that it has to have
  local lines first kernel
  sed -n "/^begin $1\$/,/^end $1 /p" "$work/told" >"$work/emulated"
  grep -qx "end $1 0" "$work/emulated" || { tail -n 5 "$work/emulated"; refuse "$1: the program ends with an error in the emulator"; }
  first=$(sed -n 2p "$work/emulated")
  [[ $first == "$2; integers of "* ]] || refuse "$1: in the emulator it says '$first', expected '$2'"
  for kernel in "${@:3}"; do
    [[ $first == *"$kernel"* ]] || refuse "$1: in the emulator it says '$first', without the kernel '$kernel'"
  done
  sed '1,2d;$d' "$work/emulated" | diff "$work/here.x86-64-v3" - || refuse "$1: emulated it differs from x86-64-v3 on this processor, as above"
  lines=$(wc -l <"$work/here.x86-64-v3")
  say "ok     $1: $first; $lines results are those of x86-64-v3 here, bit for bit"
}
# Both find AVX-VNNI: NativeAOT compiles the check for it in.
emulated x86-64-v3 'kernel Vector256, FMA True, AVX-512 False, AVX-VNNI True' '8-bit, AVX-VNNI' '7-bit, AVX2' '16-bit, AVX2'
emulated x86-64-v4 'kernel Vector512, FMA True, AVX-512 True, AVX-VNNI True' '8-bit, AVX-VNNI' '7-bit, AVX-512' '16-bit, AVX-512'

# ---- arm64

if command -v qemu-aarch64 >/dev/null && [[ -d /usr/aarch64-linux-gnu ]]; then
  run dotnet publish "$root/tests/FaissSdk.EmulatedSample" -c Release -r linux-arm64 --self-contained -p:PublishAot=false -o "$work/arm64" -nologo
  qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/arm64/emulated-sample" >"$work/told" 2>>"$log" || { tail -n 5 "$log"; refuse "linux-arm64: the program ends with an error in the emulator"; }
  first=$(head -n 1 "$work/told")
  [[ $first == 'kernel AdvSimd, '* ]] || refuse "linux-arm64: in the emulator it says '$first', expected the kernel AdvSimd"
  sed 1d "$work/told" | diff "$work/here.x86-64-v3" - || refuse "linux-arm64: emulated it differs from x86-64-v3 on this processor, as above"
  say "ok     linux-arm64: kernel AdvSimd; $(wc -l <"$work/here.x86-64-v3") results are those of x86-64-v3 here, bit for bit"
else
  say "not run: linux-arm64, which needs qemu-user and Debian's C library for it (scripts/check-packages.sh installs both)"
fi
