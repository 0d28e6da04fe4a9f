using System.Globalization;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>How many cases a property is tried on: 1,000 unless the environment says otherwise (<c>scripts/test.sh --cases N</c>).</summary>
internal static class CaseBudget
{
    public const int Default = 1000;

    public static int Cases { get; } = int.TryParse(Environment.GetEnvironmentVariable("FAISS_SDK_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases) && cases > 0
        ? cases
        : Default;
}
