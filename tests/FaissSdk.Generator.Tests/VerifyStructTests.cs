namespace FaissSdk.Generator.Tests;

/// <summary>Structs that FAISS has none of yet: within others, and with a tag that is no type name.</summary>
public sealed class VerifyStructTests : IDisposable
{
    private const string Part = "typedef struct FaissPart { double number; signed char sign; } FaissPart;\n";
    private const string Whole = "typedef struct FaissWhole { int first; FaissPart part; float last; } FaissWhole;\n";
    private const string Tagged = "struct FaissTagged { int number; };\n";

    private readonly SmallHeaders _headers = new();

    public void Dispose() => _headers.Dispose();

    [Theory]
    [InlineData(Part + Whole)]
    [InlineData(Tagged)]
    [InlineData("typedef struct FaissTagged { int number; } FaissAlias;\n")]
    public void A_struct_that_agrees_is_no_fault(string declarations) => Assert.Empty(StructFaults(declarations));

    [Theory]
    [InlineData("typedef struct FaissPart { double number; signed char sign; char more; double sum; } FaissPart;\n", "struct FaissWhole has the layout 0, 8, 32, 40 (offsets, then size), but is bound with 0, 8, 24, 32")]
    [InlineData("typedef struct FaissPart { float number; signed char sign; } FaissPart;\n", "struct FaissWhole has the layout 0, 4, 12, 16 (offsets, then size), but is bound with 0, 8, 24, 32")]
    public void Another_struct_within_is_a_fault_of_both(string part, string fault)
    {
        var faults = StructFaults(part + Whole);

        Assert.Contains(faults, line => line.EndsWith(fault, StringComparison.Ordinal));
        Assert.Contains(faults, line => line.Contains("struct FaissPart has the fields", StringComparison.Ordinal));
    }

    private string[] StructFaults(string declarations)
    {
        _headers.Append("Index_c.h", declarations);

        // This assembly holds the structs in BoundStructs.cs, as the generator writes them.
        var run = GeneratorRun.Of("verify", "--headers", _headers.Headers, "--assembly", typeof(VerifyStructTests).Assembly.Location, "--history", _headers.History);

        Assert.StartsWith("NOT verified: ", run.Output, StringComparison.Ordinal);
        return [.. run.Error.Split(Environment.NewLine).Where(line => line.Contains("struct", StringComparison.Ordinal) && !line.Contains("struct FaissIndex", StringComparison.Ordinal))];
    }
}
