using System.CommandLine;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Creates options whose errors name the option, the value and the expected values.</summary>
internal static class CommandOptions
{
    /// <summary>Creates an option for an integer; it is required if it has no default and is not optional. An optional one defaults to 0.</summary>
    public static Option<int> Integer(string name, string description, int minimum, int? defaultValue = null, bool optional = false)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            Required = defaultValue is null && !optional,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum)
                {
                    return value;
                }

                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}', expected an integer from {minimum} to {int.MaxValue}."));
                return 0;
            },
        };
        if (defaultValue is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    public static Option<KMeansSummation> Summation() => new("--sums")
    {
        Description = "The precision in which the points of a cluster are added up: single as in FAISS, double, or double where single precision may be off (auto, the default).",
        HelpName = "auto|single|double",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            switch (text.ToLowerInvariant())
            {
                case "auto":
                    return KMeansSummation.Auto;
                case "single":
                    return KMeansSummation.SinglePrecision;
                case "double":
                    return KMeansSummation.DoublePrecision;
                default:
                    result.AddError($"--sums is '{text}', expected auto, single or double.");
                    return default;
            }
        },
    };

    public static Option<KMeansInitialization> Initialization() => new("--init")
    {
        Description = "The initial centroids: points drawn at random as in FAISS (the default), or chosen by k-means++.",
        HelpName = "random|kmeans++",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text.Equals("kmeans++", StringComparison.OrdinalIgnoreCase))
            {
                return KMeansInitialization.KMeansPlusPlus;
            }

            if (!text.Equals("random", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"--init is '{text}', expected random or kmeans++.");
            }

            return KMeansInitialization.RandomPoints;
        },
    };

    public static Option<BackendChoice> Backend(BackendChoice defaultValue) => new("--backend")
    {
        Description = "The implementation that trains: native FAISS, managed, native if a library is found and managed otherwise (auto), or both, to compare them.",
        HelpName = "auto|native|managed|both",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            foreach (var choice in Enum.GetValues<BackendChoice>())
            {
                if (choice.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                {
                    return choice;
                }
            }

            result.AddError($"--backend is '{text}', expected auto, native, managed or both.");
            return defaultValue;
        },
    };
}
