using System.Globalization;

namespace FaissSdk;

/// <summary>Chooses the settings of an exploration. A setting is the position of a value of each range.</summary>
internal sealed class ExplorationSettings
{
    // A permutation of all settings lies in memory.
    private const long MaxSettings = 1 << 24;

    private readonly long[] _order;

    public ExplorationSettings(IReadOnlyList<ParameterRange> ranges, ExplorationOptions options)
    {
        Ranges = ranges;
        var total = 1L;
        foreach (var range in ranges)
        {
            if (FaultOf(range) is { } fault)
            {
                throw new ArgumentException(fault, nameof(options));
            }

            total *= range.Values.Count;
            if (total > MaxSettings)
            {
                throw new ArgumentException($"The ranges have more than {MaxSettings:N0} combinations; give fewer values.", nameof(options));
            }
        }

        _order = new long[total];
        for (var i = 0; i < total; i++)
        {
            _order[i] = i;
        }

        // The least setting stays first; the greatest follows.
        if (total > 2)
        {
            new Random(options.Seed).Shuffle(_order.AsSpan(1, (int)total - 2));
            (_order[1], _order[^1]) = (_order[^1], _order[1]);
        }

        Count = (int)Math.Min(total, options.MaxExperiments);
    }

    public IReadOnlyList<ParameterRange> Ranges { get; }

    /// <summary>Gets the number of settings to try.</summary>
    public int Count { get; }

    public int[] this[int index]
    {
        get
        {
            var setting = new int[Ranges.Count];
            var number = _order[index];
            for (var i = 0; i < setting.Length; i++)
            {
                (number, var position) = Math.DivRem(number, Ranges[i].Values.Count);
                setting[i] = (int)position;
            }

            return setting;
        }
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Check(ExplorationOptions options, int k, int most)
    {
        if (k < 1 || k > most)
        {
            throw new ArgumentException($"{nameof(options.K)} is {k}, and the ground truth has {most} neighbors of each query; use 1 to {most}.", nameof(options));
        }

        if (options.MaxExperiments < 1 || options.QueriesPerCall < 1 || options.MinRepetitions < 1 || options.MinDuration <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"{nameof(options.MaxExperiments)} is {options.MaxExperiments}, {nameof(options.QueriesPerCall)} {options.QueriesPerCall?.ToString(CultureInfo.InvariantCulture) ?? "null"}, {nameof(options.MinRepetitions)} {options.MinRepetitions} and {nameof(options.MinDuration)} {options.MinDuration}; each must be greater than 0.",
                nameof(options));
        }
    }

    /// <summary>Returns whether a setting cannot be better than one that was measured, if recall and time grow with every parameter.</summary>
    public static bool IsDominated(int[] setting, List<(int[] Setting, OperatingPoint Point)> measured)
    {
        var (most, least) = (double.PositiveInfinity, 0.0);
        foreach (var (other, point) in measured)
        {
            if (IsNowhereGreater(setting, other))
            {
                most = Math.Min(most, point.Recall);
            }

            if (IsNowhereGreater(other, setting))
            {
                least = Math.Max(least, point.MicrosecondsPerQuery);
            }
        }

        return measured.Any(each => each.Point.Recall >= most && each.Point.MicrosecondsPerQuery <= least);
    }

    public string TextOf(int[] setting) => string.Join(',', setting.Select((position, i) => string.Create(CultureInfo.InvariantCulture, $"{Ranges[i].Name}={Ranges[i].Values[position]}")));

    private static bool IsNowhereGreater(int[] left, int[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] > right[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string? FaultOf(ParameterRange range)
    {
        if (range.Values.Count == 0)
        {
            return $"The range of {range.Name} has no values.";
        }

        for (var i = 1; i < range.Values.Count; i++)
        {
            if (!(range.Values[i] > range.Values[i - 1]))
            {
                return $"The values of {range.Name} must increase: {range.Values[i]} follows {range.Values[i - 1]}.";
            }
        }

        return null;
    }
}
