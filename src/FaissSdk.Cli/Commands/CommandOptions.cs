using System.CommandLine;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Options whose errors name the option, the value and what was expected.</summary>
internal static class CommandOptions
{
    /// <summary>A whole number; without a default it must be given, unless it is optional: then it is 0.</summary>
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

                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}', expected a whole number from {minimum} to {int.MaxValue}."));
                return 0;
            },
        };
        if (defaultValue is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    public static Option<KMeansInitialization> Initialization() => new("--init")
    {
        Description = "Which points to start from: drawn at random as FAISS does (the default), or by k-means++.",
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
        Description = "Which implementation trains: native FAISS, the managed one, whichever there is (auto), or both, compared with each other.",
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
