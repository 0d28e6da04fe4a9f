using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk.Interop;

/// <summary>Finds the SIMD levels of the native library that this processor supports.</summary>
internal static class SimdLevel
{
    public const string Avx2 = "avx2";

    /// <summary>Gets a value indicating whether the processor supports all instructions of a build with level avx2, and the runtime is not configured to ignore them.</summary>
    public static bool HasAvx2 { get; } =
        X86Base.IsSupported && IsInProcessor() && (!RuntimeFeature.IsDynamicCodeCompiled || (System.Runtime.Intrinsics.X86.Avx2.IsSupported && Fma.IsSupported));

    // In NativeAOT, IsSupported reports the instructions that the program was compiled for, not those of the processor.
    private static bool IsInProcessor()
    {
        const int fma = 1 << 12, popcnt = 1 << 23, osxsave = 1 << 27, avx = 1 << 28, f16c = 1 << 29, basic = fma | popcnt | osxsave | avx | f16c;
        const int avx2 = 1 << 5, bmi2 = 1 << 8, extended = avx2 | bmi2;
        const int stateLeaf = 0xD, sizeWithYmm = 832;
        return X86Base.CpuId(0, 0).Eax >= stateLeaf
            && (X86Base.CpuId(1, 0).Ecx & basic) == basic
            && (X86Base.CpuId(7, 0).Ebx & extended) == extended
            // The size of the state that the operating system saves shows whether it saves the 256-bit registers.
            && X86Base.CpuId(stateLeaf, 0).Ebx >= sizeWithYmm;
    }
}
