using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk convert</c>: writes vectors in another format.</summary>
internal static class ConvertJob
{
    public static int Run(ConvertRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        using var input = VectorFile.Open(request.Input);
        var output = request.Output;
        output.Check(VectorFile.ConvertedExtensions, [request.Input], console);
        var vectors = VectorFile.Read(input, console, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var format = output.Format(VectorFile.ConvertedExtensions);
        output.Write(stream => VectorFile.Write(stream, format, vectors.Values, vectors.Dimension, output.Name), console, cancellationToken);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {vectors.Count:N0} vectors of dimension {vectors.Dimension} to {output.Name}"));
        console.WriteJson(json =>
        {
            json.WriteString("input", request.Input.ToString());
            json.WriteString("output", output.Name);
            json.WriteNumber("count", vectors.Count);
            json.WriteNumber("dimension", vectors.Dimension);
        });
        return ExitCode.Success;
    }
}

/// <summary>Represents the options given to <c>faiss-sdk convert</c>.</summary>
internal sealed record ConvertRequest(VectorSource Input, CommandOutput Output);
