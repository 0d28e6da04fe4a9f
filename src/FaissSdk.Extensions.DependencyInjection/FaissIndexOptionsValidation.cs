using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Checks the options of a named index.</summary>
internal sealed class FaissIndexOptionsValidation(string index) : IValidateOptions<FaissIndexOptions>
{
    public ValidateOptionsResult Validate(string? name, FaissIndexOptions options)
    {
        if (name != index)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> faults = [];
        if (string.IsNullOrEmpty(options.Path) && string.IsNullOrEmpty(options.Factory))
        {
            faults.Add($"The index '{name}' has neither a Path nor a Factory; set the file to load it from, or the factory string to create it by.");
        }

        if (!string.IsNullOrEmpty(options.Factory) && options.Dimension < 1)
        {
            faults.Add($"The index '{name}' has the Dimension {options.Dimension}; set the number of components of a vector, at least 1.");
        }

        if (options.SaveAtShutdown && string.IsNullOrEmpty(options.Path))
        {
            faults.Add($"The index '{name}' is to be saved at shutdown and has no Path; set the file to save it to.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
