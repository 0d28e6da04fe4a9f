using System.Globalization;

namespace FaissSdk.Native;

/// <summary>Formats the text of an index.</summary>
internal static class IndexText
{
    /// <summary>Returns the kind, the dimension and the number of vectors of an index.</summary>
    public static string Of(string name, int dimension, long count, bool isTrained) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}, d {dimension}, {count:N0} {(count == 1 ? "vector" : "vectors")}{(isTrained ? "" : ", not trained")}");
}
