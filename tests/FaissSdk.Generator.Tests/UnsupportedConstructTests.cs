namespace FaissSdk.Generator.Tests;

public class UnknownConstructTests
{
    public static TheoryData<string> Names => [.. Mutation.Unknown.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_ends_every_command_with_header_and_line(string name)
    {
        var mutation = Mutation.Unknown.Single(mutation => mutation.Name == name);
        using var headers = new MutatedHeaders(mutation);
        var error = $"{mutation.Header}:{mutation.Unheard!.Line(headers.After)}: {mutation.Unheard.Text}{Environment.NewLine}";
        var before = headers.Fingerprint();

        GeneratorRun.Of("generate", "--headers", headers.Mutated, "--output", headers.Target, "--history", Interop.History).Failed(error);
        GeneratorRun.Of("verify", "--headers", headers.Mutated, "--assembly", Interop.Assembly, "--history", Interop.History).Failed(error);
        GeneratorRun.Of("diff", headers.Original, headers.Mutated).Failed(error);

        Assert.Equal(before, headers.Fingerprint());
    }

    [Theory]
    [InlineData("long double")]
    [InlineData("_Bool")]
    [InlineData("_Complex float")]
    public void A_type_without_a_name_in_CSharp_ends_generate_with_header_and_line(string type)
    {
        using var headers = new SmallHeaders();
        headers.Append("Index_c.h", $"int faiss_wide(\n        {type} x);\n");
        var before = headers.Fingerprint();

        headers.Generate().Failed($"Index_c.h:{headers.Line("Index_c.h", $"{type} x")}: the type '{type}' is of a form the second engine does not know{Environment.NewLine}");

        Assert.Equal(before, headers.Fingerprint());
    }

    [Fact]
    public void Two_headers_of_one_name_end_generate()
    {
        using var headers = new SmallHeaders();
        headers.Append("impl/Index_c.h", "int faiss_other(void);\n");
        var before = headers.Fingerprint();

        headers.Generate().Failed("impl/Index_c.h: another header is written to Index_c.g.cs already");

        Assert.Equal(before, headers.Fingerprint());
    }
}
