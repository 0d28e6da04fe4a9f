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
    public Property Threads_and_pruning_change_no_bit(KMeansCase of) => SameBitsLaw.Check(of, ("by bounds", ForcedPruning.Engine), ("by integer scores", ForcedPruning.Quantized), ("in few directions", ForcedPruning.Projected)).ToProperty();

    [Cases]
    public Property All_kernels_agree_bit_for_bit(KMeansCase of) => KernelLaw.Check(of).ToProperty();

    [Cases]
    public Property Integer_scores_stay_within_their_margin(KMeansCase of) => QuantizationLaw.Check(of).ToProperty();

    [Cases]
    public Property A_weight_equals_that_many_copies(KMeansCase of) => WeightLaw.Check(of, Engines.Managed).ToProperty();
}
