using System.Globalization;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Provides the number of cases per property: 1,000 unless the environment sets it (<c>scripts/test.sh --cases N</c>).</summary>
internal static class CaseBudget
{
    public const int Default = 1000;

    public static int Cases { get; } = int.TryParse(Environment.GetEnvironmentVariable("FAISS_SDK_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases) && cases > 0
        ? cases
        : Default;
}
