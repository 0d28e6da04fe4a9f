#!/usr/bin/env bash
# Runs the managed k-means, compiled by NativeAOT for AVX-512 and for AVX-VNNI, in an emulator of a processor with both.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"

# Debian's first suite with Bochs 3.0, which emulates a processor with AVX-VNNI. Bochs's libraries, the kernel and the boot loader
# come from the same suite.
suite=trixie
limit=900 # seconds

usage() {
  cat <<USAGE
Usage: scripts/check-emulated.sh [--keep DIR]

Publishes tests/FaissSdk.EmulatedSample by NativeAOT for linux-x64 with IlcInstructionSet x86-64-v3 and x86-64-v4. Runs the first
on this machine, and the second too if the processor has AVX-512. Then boots Linux in the emulator Bochs, on a processor with
AVX-512 and AVX-VNNI, runs both there and compares their results, bit for bit. The emulator comes from Debian $suite's packages,
which are unpacked but not installed: about 80 MB in the cache folder.

  --keep DIR   keep the emulator in DIR instead of the cache folder
  --help       show this text

Exit status 77: this machine cannot have the tools.
USAGE
}

keep=$(cache_folder "emulator-$suite")
while (($#)); do
  case $1 in
    --keep) need_value "$@"; keep=$(realpath -m -- "$2"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
make_work_folder

# ---- the emulator

[[ $(uname -sm) == 'Linux x86_64' ]] || unavailable "the programs and the emulator are for linux-x64; this is $(uname -sm)"
! grep -q '^flags' /proc/cpuinfo || { grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; } ||
  unavailable "this processor lacks AVX2 or FMA, so it cannot compute the results to compare with"
require_dotnet

packages=(bochs bochs-term busybox-static isolinux syslinux-common xorriso)
fetch_tools() { # fetch_tools FOLDER
  local apt=$work/apt codename kernel file
  codename=$(debian_codename)
  { [[ -n $codename ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; } || unavailable "the emulator comes from Debian's packages, and this is not Debian"
  private_apt "$apt" deb "$codename" "$suite" || unavailable "no package source of Debian is configured here, which the emulator comes from"
  apt-get -c "$apt/apt.conf" update >"$work/apt.log" 2>&1 || true
  keep_debian_lists "$apt"
  kernel=$(apt-cache -c "$apt/apt.conf" depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1) || true
  [[ -n $kernel ]] || unavailable "Debian $suite's packages are not available: $(why_no_package <"$work/apt.log")"
  # No package counts as installed, so apt downloads everything that Bochs loads, down to the C library.
  { apt-get -c "$apt/apt.conf" install --download-only --no-install-recommends -y "${packages[@]}" &&
    (cd "$apt/download" && apt-get -c "$apt/apt.conf" download "$kernel"); } >"$work/apt.log" 2>&1 ||
    unavailable "Debian $suite's packages are not available: $(why_no_package <"$work/apt.log")"
  mkdir -p "$1"
  for file in "$apt"/cache/archives/*.deb; do
    case ${file##*/} in
      lib* | bochs* | vgabios_* | seabios_* | busybox-static_* | isolinux_* | syslinux-common_* | xorriso_*) run dpkg-deb -x "$file" "$1" ;;
    esac
  done
  # The kernel's modules are not needed.
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
ok "Bochs $(cat "$tools/bochs-version") and Linux $(cat "$tools/kernel-version") of Debian $suite: $((SECONDS - started)) s"

# ---- the programs

levels=(x86-64-v3 x86-64-v4)
mkdir -p "$work/root/bin"
for level in "${levels[@]}"; do
  started=$SECONDS
  dotnet publish "$root/tests/FaissSdk.EmulatedSample" -c Release -r linux-x64 -p:IlcInstructionSet="$level" -o "$work/$level" -nologo >"$work/publish" 2>&1 ||
    { build_errors "$work/publish"; refuse "$level: publishing failed"; }
  cp -- "$work/$level/emulated-sample" "$work/root/bin/$level"
  ok "$level: published in $((SECONDS - started)) s"
done
run_here() { # run_here LEVEL: writes the results on this processor, without the line on its instructions, to $work/here.LEVEL
  "$work/root/bin/$1" >"$work/here.$1" || refuse "$1: the program ends with an error on this processor"
  say "here, $1: $(head -n 1 "$work/here.$1")" | indent
  sed -i 1d "$work/here.$1"
}
run_here x86-64-v3
if grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && grep -qw avx512dq /proc/cpuinfo && grep -qw avx512cd /proc/cpuinfo; then
  run_here x86-64-v4
  diff "$work/here.x86-64-v3" "$work/here.x86-64-v4" || refuse "the results of x86-64-v4 differ from those of x86-64-v3 on this processor as shown above"
fi

# ---- a disc that boots and runs them

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

# ---- the run

# With all of these features Linux stops early in its boot. Bochs reports a wrong size for XSAVEC's area; it was not examined which of the
# others stop it too.
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
# Debian's Bochs is built with its debugger, which waits for the command to continue.
say c >"$work/commands"
started=$SECONDS
: >"$work/serial"
# Bochs ends with an error when the machine is switched off, and SIGTERM alone does not end it.
TERM=vt100 LTDL_LIBRARY_PATH="$libraries/bochs/plugins" BXSHARE="$share" \
  timeout -s KILL "$limit" "$tools/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$tools/usr/bin/bochs-bin" -q -f "$work/bochsrc" -rc "$work/commands" \
  </dev/null >"$work/screen" 2>&1 || true
tr -d '\r' <"$work/serial" >"$work/output"
grep -qx 'all done' "$work/output" || { { tail -n 5 "$work/output"; tail -n 3 "$work/bochs.log"; } | indent; refuse "the emulated machine did not finish in $((SECONDS - started)) s; above are its last lines and those of Bochs"; }
ok "emulated, $(sed -n 's/^processor //p' "$work/output"): booted, ran all programs and switched off after $((SECONDS - started)) s"

# ---- the results

check_emulated() { # check_emulated LEVEL INSTRUCTIONS INTEGER-KERNEL…: the instructions and kernels that the program has to report
  local lines first kernel
  sed -n "/^begin $1\$/,/^end $1 /p" "$work/output" >"$work/emulated"
  grep -qx "end $1 0" "$work/emulated" || { tail -n 5 "$work/emulated" | indent; refuse "$1: the program ends with an error in the emulator"; }
  first=$(sed -n 2p "$work/emulated")
  [[ $first == "$2; integers of "* ]] || refuse "$1: in the emulator the program reports '$first'; expected: '$2'"
  for kernel in "${@:3}"; do
    [[ $first == *"$kernel"* ]] || refuse "$1: in the emulator the program reports '$first', without the kernel '$kernel'"
  done
  sed '1,2d;$d' "$work/emulated" | diff "$work/here.x86-64-v3" - || refuse "$1: the results in the emulator differ from those of x86-64-v3 on this processor as shown above"
  lines=$(wc -l <"$work/here.x86-64-v3")
  ok "$1: $first; all $lines results equal those of x86-64-v3 here, bit for bit"
}
# Both use AVX-VNNI, as NativeAOT compiles a check for it into the program.
check_emulated x86-64-v3 'kernel Vector256, FMA True, AVX-512 False, AVX-VNNI True' '8-bit, AVX-VNNI' '7-bit, AVX2' '16-bit, AVX2'
check_emulated x86-64-v4 'kernel Vector512, FMA True, AVX-512 True, AVX-VNNI True' '8-bit, AVX-VNNI' '7-bit, AVX-512' '16-bit, AVX-512'

# ---- arm64

if command -v qemu-aarch64 >/dev/null && [[ -d /usr/aarch64-linux-gnu ]]; then
  run dotnet publish "$root/tests/FaissSdk.EmulatedSample" -c Release -r linux-arm64 --self-contained -p:PublishAot=false -o "$work/arm64" -nologo
  qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/arm64/emulated-sample" >"$work/output" 2>>"$log" || { show_end "$log"; refuse "linux-arm64: the program ends with an error in the emulator"; }
  first=$(head -n 1 "$work/output")
  [[ $first == 'kernel AdvSimd, '* ]] || refuse "linux-arm64: in the emulator the program reports '$first'; expected: the kernel AdvSimd"
  sed 1d "$work/output" | diff "$work/here.x86-64-v3" - || refuse "linux-arm64: the results in the emulator differ from those of x86-64-v3 on this processor as shown above"
  ok "linux-arm64: kernel AdvSimd; all $(wc -l <"$work/here.x86-64-v3") results equal those of x86-64-v3 here, bit for bit"
else
  say "not run: linux-arm64 (needs qemu-user and Debian's C library for arm64; scripts/check-packages.sh installs both)"
fi
