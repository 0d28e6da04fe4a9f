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

    /// <summary>Creates an option for a number greater than 0 and at most 1.</summary>
    public static Option<double> Share(string name, string description, double defaultValue) => new(name)
    {
        Description = description,
        HelpName = "R",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= 1)
            {
                return value;
            }

            result.AddError($"{name} is '{text}', expected a number greater than 0 and at most 1, such as 0.95.");
            return 0;
        },
    };

    /// <summary>Creates an option for one of several names, in any case.</summary>
    public static Option<T> Choice<T>(string name, string description, params (string Name, T Value)[] choices)
    {
        var names = Array.ConvertAll(choices, choice => choice.Name);
        return new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var position = Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
                if (position >= 0)
                {
                    return choices[position].Value;
                }

                result.AddError($"{name} is '{text}', expected {string.Join(", ", names[..^1])} or {names[^1]}.");
                return default;
            },
        };
    }

    public static Option<string> Report() => new("--report") { Description = "Write a page with charts to this file (.html). It needs nothing from elsewhere.", HelpName = "OUT" };

    public static Option<string> Plot(string description) => new("--plot") { Description = description, HelpName = "OUT" };

    public static Option<string?> Parameters() => new("--parameters")
    {
        Description = "Search parameters of the index by FAISS's names, such as nprobe=16 or efSearch=64,k_factor_rf=4.",
        HelpName = "NAME=VALUE,…",
    };

    /// <summary>Returns search parameters in FAISS's form; null for none.</summary>
    public static string? Join(int probes, string? parameters) =>
        probes == 0 ? parameters : string.Create(CultureInfo.InvariantCulture, $"nprobe={probes}{(string.IsNullOrEmpty(parameters) ? "" : "," + parameters)}");

    /// <summary>Creates an option for a format, whose value has the form of an extension.</summary>
    public static Option<string?> Format(string name, string description, string[] extensions) => new(name)
    {
        Description = description,
        HelpName = "FORMAT",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var format = "." + text.TrimStart('.').ToLowerInvariant();
            if (!extensions.Contains(format))
            {
                result.AddError($"{name} is '{text}', expected {string.Join(", ", extensions[..^1].Select(extension => extension[1..]))} or {extensions[^1][1..]}.");
            }

            return format;
        },
    };

    /// <summary>Creates the option for the backend; without it the command uses <paramref name="defaultValue"/>.</summary>
    public static Option<BackendChoice?> Backend(BackendChoice defaultValue)
    {
        return Choice(
            "--backend",
            $"The implementation that trains (default: {Name(defaultValue)}): native FAISS, managed, native if a library is found and managed otherwise (auto), both, to compare them, or superkmeans of FAISS 1.15.0.",
            Array.ConvertAll(Enum.GetValues<BackendChoice>(), choice => (Name(choice), (BackendChoice?)choice)));

        static string Name(BackendChoice choice) => choice.ToString().ToLowerInvariant();
    }
}
