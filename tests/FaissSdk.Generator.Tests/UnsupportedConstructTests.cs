namespace FaissSdk.Generator.Tests;

public class UnsupportedConstructTests
{
    public static TheoryData<string> Names => [.. Mutation.Unsupported.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_command_reports_header_and_line(string name)
    {
        var mutation = Mutation.Unsupported.Single(mutation => mutation.Name == name);
        using var headers = new MutatedHeaders(mutation);
        var error = $"{mutation.Header}:{mutation.Error!.Line(headers.After)}: {mutation.Error.Text}{Environment.NewLine}";
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
    public void A_type_without_a_CSharp_name_is_reported_with_its_line(string type)
    {
        using var headers = new SmallHeaders();
        headers.Append("Index_c.h", $"int faiss_wide(\n        {type} x);\n");
        var before = headers.Fingerprint();

        headers.Generate().Failed($"Index_c.h:{headers.Line("Index_c.h", $"{type} x")}: the second engine does not support the type '{type}'{Environment.NewLine}");

        Assert.Equal(before, headers.Fingerprint());
    }

    [Fact]
    public void Two_headers_of_the_same_name_are_refused()
    {
        using var headers = new SmallHeaders();
        headers.Append("impl/Index_c.h", "int faiss_other(void);\n");
        var before = headers.Fingerprint();

        headers.Generate().Failed("impl/Index_c.h: another header is also written to Index_c.g.cs");

        Assert.Equal(before, headers.Fingerprint());
    }
}
