using System.Diagnostics.CodeAnalysis;
using FsCheck.Xunit;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Marks a property of k-means cases, which is tested on <see cref="CaseBudget.Cases"/> cases.</summary>
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
