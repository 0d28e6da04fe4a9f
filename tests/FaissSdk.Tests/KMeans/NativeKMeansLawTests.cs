using FsCheck;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests the laws of the native k-means.</summary>
public class NativeKMeansLawTests
{
    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property Both_backends_agree_step_by_step(KMeansCase of) => LockstepLaw.Check(of, Engines.Native, Engines.Managed).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property One_native_call_follows_the_same_trajectory(KMeansCase of) => TrajectoryLaw.Check(of, NativeTraining.Real, Engines.Managed).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_step_equals_the_reference_up_to_rounding(KMeansCase of) => ReferenceLaw.Check(of, Engines.Native).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_objective_falls_and_centroids_are_means_or_halves(KMeansCase of) => LloydLaw.Check(of, Engines.Native).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_result_follows_the_points(KMeansCase of) => SymmetryLaw.Check(of, Engines.Native).ToProperty();

    [Cases(Arbitrary = [typeof(WellPosedCases)], SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_result_follows_well_posed_points(KMeansCase of) => SymmetryLaw.Check(of, Engines.Native).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property A_fixed_point_of_the_native_k_means_is_stable(KMeansCase of) => FixedPointLaw.Check(of, Engines.Native).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_backend_with_managed_sums_agrees_with_FAISS(KMeansCase of) => LockstepLaw.Check(of, Engines.Native, Engines.NativeAssignment).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property Native_centroids_are_near_the_means_by_default(KMeansCase of) => MeansLaw.Check(of with { Summation = KMeansSummation.Auto }, Engines.NativeAssignment).ToProperty();

    [Cases(SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property The_native_result_scales_by_powers_of_two_bit_for_bit(KMeansCase of) => ScaleLaw.Check(of, Engines.Native).ToProperty();
}
