using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk.Interop;

/// <summary>Which builds of the native library this processor runs.</summary>
internal static class SimdLevel
{
    public const string Avx2 = "avx2";

    /// <summary>Whether the processor has all that a build of level avx2 uses, and the runtime was not told to do without.</summary>
    public static bool HasAvx2 { get; } =
        X86Base.IsSupported && IsInProcessor() && (!RuntimeFeature.IsDynamicCodeCompiled || (System.Runtime.Intrinsics.X86.Avx2.IsSupported && Fma.IsSupported));

    // NativeAOT answers IsSupported for the instructions it compiles with, not for the processor.
    private static bool IsInProcessor()
    {
        const int fma = 1 << 12, popcnt = 1 << 23, osxsave = 1 << 27, avx = 1 << 28, f16c = 1 << 29, basic = fma | popcnt | osxsave | avx | f16c;
        const int avx2 = 1 << 5, bmi2 = 1 << 8, extended = avx2 | bmi2;
        const int stateLeaf = 0xD, sizeWithYmm = 832;
        return X86Base.CpuId(0, 0).Eax >= stateLeaf
            && (X86Base.CpuId(1, 0).Ecx & basic) == basic
            && (X86Base.CpuId(7, 0).Ebx & extended) == extended
            // The bytes of the state that the system keeps: whether it keeps the wide registers.
            && X86Base.CpuId(stateLeaf, 0).Ebx >= sizeWithYmm;
    }
}
