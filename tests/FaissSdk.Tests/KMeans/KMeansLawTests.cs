using FsCheck;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests the laws of the managed k-means alone.</summary>
public class KMeansLawTests
{
    [Cases]
    public Property The_managed_step_equals_the_reference_up_to_rounding(KMeansCase of) => ReferenceLaw.Check(of, Engines.Managed).ToProperty();

    [Cases]
    public Property The_managed_objective_falls_and_centroids_are_means_or_halves(KMeansCase of) => LloydLaw.Check(of, Engines.Managed).ToProperty();

    [Cases]
    public Property The_managed_result_follows_the_points(KMeansCase of) => SymmetryLaw.Check(of, Engines.Managed).ToProperty();

    [Cases(Arbitrary = [typeof(WellPosedCases)])]
    public Property The_managed_result_follows_well_posed_points(KMeansCase of) => SymmetryLaw.Check(of, Engines.Managed).ToProperty();

    [Cases]
    public Property A_fixed_point_of_the_managed_k_means_is_stable(KMeansCase of) => FixedPointLaw.Check(of, Engines.Managed).ToProperty();

    [Cases]
    public Property The_managed_result_scales_by_powers_of_two_bit_for_bit(KMeansCase of) => ScaleLaw.Check(of, Engines.Managed).ToProperty();

    [Cases]
    public Property Threads_and_pruning_change_no_bit(KMeansCase of) => SameBitsLaw.Check(of, ("by bounds", ForcedPruning.Engine), ("by integer scores", ForcedPruning.Quantized), ("in few directions", ForcedPruning.Projected), ("by nonzero components", ForcedPruning.Sparse)).ToProperty();

    [Cases]
    public Property Threads_change_no_bit_of_accurate_sums(KMeansCase of) =>
        SameBitsLaw.Check(of with { Summation = of.Seed % 2 == 0 ? KMeansSummation.Auto : KMeansSummation.DoublePrecision }).ToProperty();

    [Cases]
    public Property Centroids_are_means_with_sums_in_double_precision(KMeansCase of) => MeansLaw.Check(of with { Summation = KMeansSummation.DoublePrecision }, Engines.Managed).ToProperty();

    [Cases]
    public Property Centroids_are_near_the_means_by_default(KMeansCase of) => MeansLaw.Check(of with { Summation = KMeansSummation.Auto }, Engines.Managed).ToProperty();

    [Cases]
    public Property All_kernels_agree_bit_for_bit(KMeansCase of) => KernelLaw.Check(of).ToProperty();

    [Cases]
    public Property Integer_scores_stay_within_their_margin(KMeansCase of) => QuantizationLaw.Check(of).ToProperty();

    [Cases]
    public Property Weights_scaled_by_a_power_of_two_change_no_bit(KMeansCase of) => WeightScaleLaw.Check(of).ToProperty();

    [Cases]
    public Property A_weight_equals_that_many_copies(KMeansCase of) =>
        WeightLaw.Check(of with { Summation = of.Seed % 2 == 0 ? KMeansSummation.SinglePrecision : KMeansSummation.Auto }, Engines.Managed).ToProperty();
}
