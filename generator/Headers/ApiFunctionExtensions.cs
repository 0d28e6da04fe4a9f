namespace FaissSdk.Generator;

/// <summary>Formats functions as C declarations.</summary>
internal static class ApiFunctionExtensions
{
    /// <summary>Returns the C prototype, without the semicolon.</summary>
    public static string Prototype(this ApiFunction function) =>
        $"{Declare(function.Return with { Name = function.Name })}({(function.Parameters.Count == 0 ? "void" : string.Join(", ", function.Parameters.Select(Declare)))})";

    private static string Declare(ApiVariable variable)
    {
        // The name of a function pointer follows the star inside its type.
        var star = variable.Spelling.IndexOf("(*)", StringComparison.Ordinal);
        var text = star >= 0 ? variable.Spelling.Insert(star + 2, variable.Name) : variable.Spelling + (variable.Spelling.EndsWith('*') ? "" : " ") + variable.Name;
        return text.TrimEnd();
    }
}
