namespace FaissSdk.Cli;

/// <summary>Reads the extension of a file's name, which selects its format.</summary>
internal static class FileExtension
{
    /// <summary>Returns the extension in lower case.</summary>
    /// <param name="path">The file.</param>
    /// <param name="supported">The extensions supported.</param>
    /// <param name="option">The option that gave the path, for the message; null for an input that an argument or <c>--input</c> names.</param>
    /// <param name="isStatable">Whether --format states the format of the input.</param>
    /// <exception cref="UsageException">The extension is not supported.</exception>
    public static string Of(string path, string[] supported, string? option = null, bool isStatable = true)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (supported.Contains(extension))
        {
            return extension;
        }

        var subject = option is null ? path : $"{option}: {path}";
        var expected = supported.Length == 1 ? $"expected {supported[0]}" : $"expected {string.Join(", ", supported[..^1])} or {supported[^1]}";
        var advice = option is not null ? "" : Advice(extension, isStatable);
        throw new UsageException(path == "-" && option is null
            ? $"the standard input has no extension, {expected}{(isStatable ? "; state the format by --format" : "; name a file")}."
            : extension.Length == 0
            ? $"{subject} has no extension, {expected}{advice}."
            : $"{subject}: the extension '{extension}' is unknown, {expected}{advice}.");
    }

    private static string Advice(string extension, bool isStatable) => extension switch
    {
        ".gz" or ".bz2" or ".xz" or ".zst" or ".7z" or ".zip" => "; decompress it first",
        ".parquet" or ".feather" or ".arrow" or ".h5" or ".hdf5" or ".pkl" or ".pickle" or ".pt" or ".safetensors" or ".mat" or ".json" or ".jsonl" => "; save the vectors with numpy.save",
        ".xlsx" or ".xls" or ".ods" => "; save the sheet as .csv",
        _ => isStatable ? "; --format states the format of a file with another name" : "; rename the file, or write another one by faiss-sdk convert",
    };
}
