namespace FaissSdk.VectorData.Tests;

/// <summary>Sets how long the proofs take, by FAISS_SDK_VECTOR_STORE: long, short, or neither.</summary>
internal static class Effort
{
    private static readonly string? Named = Environment.GetEnvironmentVariable("FAISS_SDK_VECTOR_STORE");

    public static int Of(int usual, int extended) => Named switch { "long" => extended, "short" => Math.Max(1, usual / 4), _ => usual };
}
