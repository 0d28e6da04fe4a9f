#!/usr/bin/env bash
# Checks the machine code that NativeAOT's compiler generates for the k-means micro-kernels, for processors of every kind.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$root/scripts/lib/dotnet.sh"
. "$root/scripts/lib/apt.sh"

# The kernels that a training runs at each level, one per line: LEVEL METHOD INSTRUCTION=COUNT…
# LEVEL is a value of IlcInstructionSet, any that NativeAOT's compiler knows, such as x86-64-v3,avxvnni. NearestCentroid.Fastest and
# IntegerKernel.All decide which kernels a processor of that level runs. A kernel is listed at the level whose processors run it,
# even if the code for a lower level contains it behind a check at run time, as scripts/test.sh derives from the level whether this
# machine executes it.
# INSTRUCTION is a regular expression, mnemonic:beginning-of-register, and COUNT is how often the loop contains it; for several
# loops, the counts in their order: 24/12.
kernels='
x86-64-v4          SimdPairTile<Simd512>.ScorePair<KeepBest>  vfmadd[0-9]+ps:zmm=24
x86-64-v4          SimdPairTile<Simd512>.ScorePair<KeepTwo>   vfmadd[0-9]+ps:zmm=24
x86-64-v4          SimdTile<Simd512>.Score<KeepBest>          vfmadd[0-9]+ps:zmm=24
x86-64-v4          SimdTile<Simd512>.Score<KeepTwo>           vfmadd[0-9]+ps:zmm=24
x86-64-v4          SparseTile<Simd512>.Score                  vfmadd[0-9]+ps:zmm=8
x86-64-v4          QuadTile512.Score                          vpmaddubsw:zmm=32 vpmaddwd:zmm=16 vpaddd:zmm=16
x86-64-v4          PairTile512.Score                          vpmaddwd:zmm=24 vpaddd:zmm=24
x86-64-v4          AssignedCentroidScore.Compute              vfmadd[0-9]+ps:ymm=8
x86-64-v3,avxvnni  IntegerTile256<QuadProducts>.Score         vpdpbusd:ymm=12
x86-64-v3          SimdTile<Simd256>.Score<KeepBest>          vfmadd[0-9]+ps:ymm=24
x86-64-v3          SimdTile<Simd256>.Score<KeepTwo>           vfmadd[0-9]+ps:ymm=24
x86-64-v3          SparseTile<Simd256>.Score                  vfmadd[0-9]+ps:ymm=8
x86-64-v3          QuadTile256.Score                          vpmaddubsw:ymm=16 vpmaddwd:ymm=8 vpaddd:ymm=8
x86-64-v3          IntegerTile256<PairProducts>.Score         vpmaddwd:ymm=12 vpaddd:ymm=12
x86-64-v3          Projection.Multiply                        vfmadd[0-9]+ps:ymm=12
x86-64-v3          AssignedCentroidScore.Compute              vfmadd[0-9]+ps:ymm=8
x86-64-v2          SimdTile<Simd128>.Score<KeepBest>          mulps:xmm=24 addps:xmm=24
x86-64-v2          SimdTile<Simd128>.Score<KeepTwo>           mulps:xmm=24 addps:xmm=24
x86-64-v2          SparseTile<Simd128>.Score                  mulps:xmm=8 addps:xmm=8
armv8-a            LaneTile.ScorePair<KeepBest>               fmla:v=48
armv8-a            LaneTile.ScorePair<KeepTwo>                fmla:v=48
armv8-a            SimdTile<Simd128>.Score<KeepBest>          fmla:v=24
armv8-a            SimdTile<Simd128>.Score<KeepTwo>           fmla:v=24
armv8-a            SparseTile<Simd128>.Score                  fmla:v=8
'
# The kernel that a fault is planted in, and the level at which the check has to find it.
planted_level=x86-64-v4 planted_kernel='SimdPairTile<Simd512>.ScorePair<KeepBest>'

usage() {
  cat <<END
Usage: scripts/check-kernels.sh [--planted | --levels]

Compiles the managed k-means by NativeAOT's compiler for $(levels | paste -s -d ' '), without
linking or running it, and checks the code: each loop of a micro-kernel contains exactly the multiply-adds that the table in this
script names, no call, and no vector on the stack or stored elsewhere. Finally it plants the fault that once halved the speed of
$planted_kernel in a copy of the sources, which the check has to find.

  --planted   check the planted fault only
  --levels    print the levels, one per line
  --help      show this text

Exit status 77: this machine cannot have the tools for all levels; the last line names what is missing.
END
}
levels() { awk 'NF && !seen[$1]++ { print $1 }' <<<"$kernels"; }

only_planted=''
while (($#)); do
  case $1 in
    --planted) only_planted=1; shift ;;
    --levels) levels; exit 0 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done

require_dotnet
make_work_folder

[[ $(uname -s) == Linux ]] || unavailable "this check runs NativeAOT's compiler for Linux, and this is $(uname -s)"
case $(uname -m) in
  x86_64) here=x64 other=arm64 ;;
  aarch64 | arm64) here=arm64 other=x64 ;;
  *) unavailable "there is no NativeAOT compiler for $(uname -m)" ;;
esac
architecture_of() { case $1 in x86-64*) say x64 ;; arm* | apple*) say arm64 ;; *) refuse "$1 is not a level of a known processor" ;; esac; }

# ---- the compiler and its input

build() { # build PROJECT ARTIFACTS OPTION…
  dotnet build "$1" -c Release --artifacts-path "$2" -nologo "${@:3}" >>"$log" 2>&1
}
build_program() {
  build "$root/tests/FaissSdk.KernelCode" "$work/artifacts" -r "linux-$here" -p:RunAnalyzers=false -p:_IsPublishing=true -t:Build -t:WriteIlcRspFileForCompilation "$@"
}
started=$SECONDS missing=''
if ! build_program -p:OtherPlatform="linux-$other"; then
  no_such_package "$log" || { build_errors "$log"; refuse "the program with the kernels does not build"; }
  missing="NativeAOT's framework for linux-$other, which the NuGet sources do not have"
  : >"$log"
  if ! build_program; then
    ! no_such_package "$log" || unavailable "the NuGet sources do not have NativeAOT's compiler for linux-$here"
    build_errors "$log"
    refuse "the program with the kernels does not build"
  fi
fi
program=$work/artifacts/bin/FaissSdk.KernelCode/release_linux-$here
response=$work/artifacts/obj/FaissSdk.KernelCode/release_linux-$here/native/kernel-code.ilc.rsp
ilc=$(find_ilc "$response" "linux-$here")
[[ -x $ilc ]] || refuse "NativeAOT's compiler is not beside its framework: '$ilc'"
ok "the k-means alone, as a program: built in $((SECONDS - started)) s"

compile() { # compile LEVEL MANAGED-ASSEMBLY OBJECT: with the options of a published program
  local architecture
  architecture=$(architecture_of "$1")
  {
    sed -E "s#^-o:.*#-o:$3#; /^-g\$/d; /^--exportsfile/d; /^--instruction-set/d; s#nativeaot.linux-$here/#nativeaot.linux-$architecture/#; s#/runtimes/linux-$here/#/runtimes/linux-$architecture/#; s#^--targetarch:.*#--targetarch:$architecture#" "$response"
    printf -- '-r:%s\n' "$2" "$program/System.Numerics.Tensors.dll"
    say "--instruction-set:$1"
  } >"$3.rsp"
  "$ilc" "@$3.rsp" >"$3.log" 2>&1 || { show_end "$3.log"; refuse "$1: NativeAOT's compiler fails"; }
  ! grep 'always throw' "$3.log" | indent | grep . || refuse "$1: NativeAOT's compiler did not find the code of the methods above"
}

# ---- the disassembler

disassemble() { # disassemble TOOL ARCHITECTURE OBJECT
  local options=(-d --no-show-raw-insn)
  [[ $2 != x64 ]] || options+=(-M intel)
  "$1" "${options[@]}" "$3" 2>>"$log"
}
declare -A reader=()
find_reader() { # find_reader ARCHITECTURE OBJECT: sets reader[ARCHITECTURE]; most objdumps know only one architecture
  local name=x86-64-linux-gnu tool
  [[ $1 == x64 ]] || name=aarch64-linux-gnu
  reads() { command -v "$1" >>"$log" && disassemble "$1" "$architecture" "$object" | grep '>:$' >/dev/null; }
  local architecture=$1 object=$2
  for tool in objdump "${name/x86-64/x86_64}-objdump" llvm-objdump /usr/lib/llvm-*/bin/llvm-objdump; do
    if reads "$tool"; then reader[$1]=$tool; return; fi
  done
  install_packages "binutils-$name" || return
  reader[$1]=${name/x86-64/x86_64}-objdump
  reads "${reader[$1]}"
}

say "$kernels" >"$work/table"
# read_kernels LEVEL OBJECT: writes a line for each kernel of the level to OBJECT.verdict; fails if one has a fault.
read_kernels() {
  local architecture
  architecture=$(architecture_of "$1")
  disassemble "${reader[$architecture]}" "$architecture" "$2" >"$2.listing" || refuse "$1: ${reader[$architecture]} cannot read the object"
  awk -v level="$1" -f "$root/scripts/lib/read-kernels.awk" "$work/table" "$2.listing" >"$2.verdict"
  [[ -s $2.verdict ]] && ! grep -q ^FAULT "$2.verdict"
}

# ---- levels

while [[ -z $only_planted ]] && read -r level; do
  architecture=$(architecture_of "$level")
  [[ $architecture == "$here" || -z $missing ]] || continue
  started=$SECONDS object=$work/$level.o
  compile "$level" "$program/FaissSdk.Managed.dll" "$object"
  if [[ -z ${reader[$architecture]:-} ]] && ! find_reader "$architecture" "$object"; then
    missing="an objdump for $architecture"
    [[ $architecture == "$other" ]] || unavailable "$missing is missing; install Debian's package binutils for it, or LLVM"
    continue
  fi
  read_kernels "$level" "$object" || { cat "$object.verdict"; refuse "$level: kernels differ from the table as shown above"; }
  cat "$object.verdict"
  ok "$level: $(wc -l <"$object.verdict") kernels, no call and no vector in memory in their loops; compiled and read in $((SECONDS - started)) s"
done < <(levels)

# ---- the planted fault

# The kernel once had a loop for processors that multiply by lanes, which is dead code on all others. The compiler dropped the calls
# in it, but their references to the sums kept the sums on the stack, also in the loop that runs.
plant() { # plant FOLDER
  sed -i '/^{$/a\    static virtual bool TakesLanes => false;\n\n    static virtual TVector MultiplyAddFirst(TVector two, TVector right, TVector addend) => throw new NotSupportedException();\n' "$1/ISimd.cs"
  awk '
    /^ *TVector a00 = / { sums = 1 }
    sums && /^ *for \(/ && !planted++ {
      print "        for (nint lanes = 0; TSimd.TakesLanes && lanes < dimension - 1; lanes += 2)\n        {"
      print "            AddTwo(c0, c1, ref a00, ref a01);\n        }\n"
    }
    { print }
    /^{$/ && !members++ {
      print "    [MethodImpl(MethodImplOptions.AggressiveInlining)]"
      print "    private static void AddTwo(TVector c0, TVector c1, ref TVector sum0, ref TVector sum1)\n    {"
      print "        sum0 = TSimd.MultiplyAddFirst(c0, c0, sum0);\n        sum1 = TSimd.MultiplyAddFirst(c0, c1, sum1);\n    }\n"
    }
    END { exit planted != 1 || members < 1 }' "$1/SimdPairTile.cs" >"$work/planted.cs" || refuse "planted: SimdPairTile.cs has changed; adapt plant in scripts/check-kernels.sh to it"
  mv -- "$work/planted.cs" "$1/SimdPairTile.cs"
}

if [[ $(architecture_of "$planted_level") == "$here" || -z $missing ]]; then
  started=$SECONDS copy=$work/copy
  mkdir -p "$copy/src"
  cp -- "$root"/Directory.*.props "$root"/*.json "$copy"
  cp -r -- "$root/src/FaissSdk.Managed" "$copy/src"
  rm -rf -- "$copy"/src/FaissSdk.Managed/{bin,obj}
  plant "$copy/src/FaissSdk.Managed/Kernels"
  build "$copy/src/FaissSdk.Managed" "$copy/artifacts" -p:RunAnalyzers=false || { build_errors "$log"; refuse "planted: the copy of the sources does not build"; }
  compile "$planted_level" "$copy/artifacts/bin/FaissSdk.Managed/release/FaissSdk.Managed.dll" "$work/planted.o"
  architecture=$(architecture_of "$planted_level")
  [[ -n ${reader[$architecture]:-} ]] || find_reader "$architecture" "$work/planted.o" || unavailable "an objdump for $architecture is missing; install Debian's package binutils for it, or LLVM"
  ! read_kernels "$planted_level" "$work/planted.o" || { cat "$work/planted.o.verdict"; refuse "planted: the check does not find the fault, so it proves nothing"; }
  grep -F -A 1 "FAULT  $planted_level $planted_kernel: " "$work/planted.o.verdict" >"$work/found" || { cat "$work/planted.o.verdict"; refuse "planted: the check reports another kernel than $planted_kernel"; }
  ok "the fault planted in a copy of $planted_kernel is found in $((SECONDS - started)) s: $(sed 's/^FAULT *[^:]*: //; $!s/$/,/; s/^  */such as /; s/ *$//' "$work/found" | paste -s -d ' ')"
fi

[[ -z $missing || -n $only_planted ]] || unavailable "the kernels for $here are as they should be; those for $other are not checked: missing is $missing"
