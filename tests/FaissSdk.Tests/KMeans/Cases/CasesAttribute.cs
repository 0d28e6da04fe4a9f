using System.Diagnostics.CodeAnalysis;
using FsCheck.Xunit;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>A property of k-means cases, tried as often as <see cref="CaseBudget"/> says.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Extensibility", "xUnit3003", Justification = "PropertyAttribute has no constructor that takes the place in the source.")]
internal sealed class CasesAttribute : PropertyAttribute
{
    public CasesAttribute()
    {
        MaxTest = CaseBudget.Cases;
        Arbitrary = [typeof(KMeansCases)];
    }
}
