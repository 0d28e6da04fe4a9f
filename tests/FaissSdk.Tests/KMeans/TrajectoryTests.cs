using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Compares one native call and the managed k-means on data for which rounding decides almost nothing.</summary>
public class TrajectoryTests(ITestOutputHelper output)
{
    private const double MaxExcused = 0.05;

    [Fact]
    public void Objectives_agree_within_1e_4_where_margins_exceed_the_bound()
    {
        Native.Require();
        var reasons = new List<string>();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(CaseBudget.Cases), Prop.ForAll(WellPosedCases.Any(), of =>
        {
            var verdict = TrajectoryLaw.Check(of, NativeTraining.Real, Engines.Managed);
            if (verdict.IsExcused)
            {
                reasons.Add(verdict.Reason);
            }

            return verdict.ToProperty();
        }));
        output.WriteLine($"{reasons.Count} of {CaseBudget.Cases} cases excused{string.Concat(reasons.CountBy(reason => reason).Select(reason => $"; {reason.Value}: {reason.Key}"))}");
        Assert.InRange(reasons.Count, 0, MaxExcused * CaseBudget.Cases);
    }
}
