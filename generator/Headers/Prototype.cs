using System.Text.RegularExpressions;

namespace FaissSdk.Generator;

/// <summary>The text of a C function's declaration, as <see cref="ApiFunctionExtensions.Prototype"/> writes it, without headers that declare its types.</summary>
internal sealed partial class Prototype
{
    private static readonly HashSet<string> BuiltIn = ["void", "char", "signed", "unsigned", "short", "int", "long", "float", "double"];

    private readonly string _text;
    private readonly List<string> _types = [];
    private readonly List<string> _names = [];
    private readonly string _unnamed;

    public Prototype(string text)
    {
        _text = text;

        // A type follows the beginning, "(", "," or "struct"; the names of the function and of parameters follow a type or "*".
        var (before, kept) = ("(", new List<string>());
        foreach (var token in Token().Matches(text).Select(match => match.Value))
        {
            var isWord = char.IsAsciiLetter(token[0]) || token[0] == '_';
            if (isWord && token is not ("const" or "struct" or "enum") && !BuiltIn.Contains(token))
            {
                var isType = before is "(" or "," or "struct" or "enum";
                (isType ? _types : _names).Add(token);
                if (isType)
                {
                    kept.Add(token);
                }
            }
            else
            {
                kept.Add(token);
            }

            before = token == "const" ? before : token;
        }

        _unnamed = string.Join(' ', kept);
    }

    /// <summary>Returns whether the headers declare all types that the function uses.</summary>
    public bool IsKnown(TypeTable types) => _types.All(types.Knows);

    /// <summary>Returns whether programs that were compiled for one of two functions can call the other one.</summary>
    /// <remarks><c>const</c> and names make no difference, unless parameters have changed their places.</remarks>
    public bool IsCompatible(Prototype other, TypeTable types) =>
        CSharp(types) is { } signature && signature == other.CSharp(types)
        && (_names.SequenceEqual(other._names) || !_names.Order(StringComparer.Ordinal).SequenceEqual(other._names.Order(StringComparer.Ordinal)));

    public override string ToString() => _text;

    // The bindings of two functions that can be called alike are the same but for names; null if a type is unknown.
    private string? CSharp(TypeTable types)
    {
        try
        {
            return types.CSharp(new CType.Pointer(CType.Parse(_unnamed, default)), default);
        }
        catch (GeneratorException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\w+|[^\s\w]", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
