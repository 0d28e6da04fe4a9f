using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Represents the result of applying a law to a case.</summary>
/// <param name="Holds">Whether the law holds.</param>
/// <param name="IsExcused">Whether the law could not be applied to the end.</param>
/// <param name="Reason">The reason why the law does not hold or is excused.</param>
internal readonly record struct Verdict(bool Holds, bool IsExcused, string Reason)
{
    public static readonly Verdict Kept = new(true, false, "");

    public static Verdict Broken(FormattableString reason) => new(false, false, FormattableString.Invariant(reason));

    public static Verdict Excused(string reason) => new(true, true, reason);

    /// <summary>Returns a property whose output classifies the excuses.</summary>
    public Property ToProperty() => Holds.Label(Reason).Classify(IsExcused, $"excused: {Reason}");
}
