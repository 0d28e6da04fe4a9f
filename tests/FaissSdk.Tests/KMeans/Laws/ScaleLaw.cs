namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 4: points scaled by a power of two have the same result scaled, bit for bit.</summary>
internal static class ScaleLaw
{
    // From this magnitude on, products of components keep their last bit when scaled down.
    private const float MinMagnitude = 1f / (1 << 24);

    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        if (of.IsCopied)
        {
            return Verdict.Kept;
        }

        if (of.Points.Any(value => value != 0 && Math.Abs(value) < MinMagnitude))
        {
            return Verdict.Excused("underflow");
        }

        var exponent = of.Seed % 2 == 0 ? 3 : -5;
        var sample = of.Sample();
        using var engine = create.New(of);
        using var scaled = create.New(of);
        engine.Start(sample, [], 0, []);
        scaled.Start(Scaled(sample, exponent), [], 0, []);
        for (var i = 0; i < of.Iterations; i++)
        {
            var (step, scaledStep) = (engine.Step(sample), scaled.Step(Scaled(sample, exponent)));
            if (step with { Objective = MathF.ScaleB(step.Objective, 2 * exponent) } != scaledStep)
            {
                return Verdict.Broken($"iteration {i}: {step} became {scaledStep}");
            }

            if (!Scaled(engine.CopyCentroids(), exponent).AsSpan().SequenceEqual(scaled.CopyCentroids()))
            {
                return Verdict.Broken($"iteration {i}: the centroids are not those scaled by 2^{exponent}");
            }
        }

        return Verdict.Kept;
    }

    private static float[] Scaled(float[] values, int exponent) => Array.ConvertAll(values, value => MathF.ScaleB(value, exponent));
}
