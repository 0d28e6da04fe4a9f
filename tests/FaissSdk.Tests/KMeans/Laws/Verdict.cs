using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>What a law says of a case.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="IsExcused">Whether it could not be applied to the end.</param>
/// <param name="Reason">Why it does not hold, or why it is excused.</param>
internal readonly record struct Verdict(bool Holds, bool IsExcused, string Reason)
{
    public static readonly Verdict Kept = new(true, false, "");

    public static Verdict Broken(FormattableString reason) => new(false, false, FormattableString.Invariant(reason));

    public static Verdict Excused(string reason) => new(true, true, reason);

    /// <summary>As a property whose output shares out the excuses.</summary>
    public Property ToProperty() => Holds.Label(Reason).Classify(IsExcused, $"excused: {Reason}");
}
