namespace FaissSdk.Cli;

/// <summary>Opens files of vectors that can be read in blocks.</summary>
internal static class VectorBlocks
{
    /// <summary>Returns the vectors of a file, or null if it has to be read as a whole: a pipe, text, an archive, an array in another order, or a file that does not contain vectors.</summary>
    public static VectorSequence? Of(VectorSource source, CommandConsole console)
    {
        if (source.IsStandardInput || FileStatus.Of(source.Path)?.Kind is FileKind.Pipe)
        {
            return null;
        }

        try
        {
            var layout = VectorFileLayout.Of(source.Path, source.Format ?? Path.GetExtension(source.Path).ToLowerInvariant());
            if (layout.Count == 0)
            {
                return null;
            }

            if (NameOf(layout.Type) is { } name && !source.Path.EndsWith("vecs", StringComparison.OrdinalIgnoreCase) && !source.Path.EndsWith("bin", StringComparison.OrdinalIgnoreCase))
            {
                console.WriteNote($"{source}: the numbers are {name} and are converted to float32.");
            }

            return new FileVectorSequence(source.Path, layout);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or OverflowException)
        {
            // The reader of whole files describes faults in terms of the command.
            return null;
        }
    }

    private static string? NameOf(VectorComponent type) => type switch
    {
        VectorComponent.Double => "float64",
        VectorComponent.Half => "float16",
        VectorComponent.Byte => "uint8",
        VectorComponent.SByte => "int8",
        _ => null,
    };
}
