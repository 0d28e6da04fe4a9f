using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public class MemberNameTests
{
    [Theory]
    [InlineData("M:System.IO.File.ReadAllBytes(System.String)", "File.ReadAllBytes(String)")]
    [InlineData("M:System.IO.FileStream.#ctor(System.String,System.IO.FileMode)", "new FileStream(String, FileMode)")]
    [InlineData("P:System.DateTime.Ticks", "DateTime.Ticks")]
    [InlineData("T:System.Collections.Generic.List`1", "List<T>")]
    [InlineData("M:System.Collections.Generic.List`1.AddRange(System.Collections.Generic.IEnumerable{`0})", "List<T>.AddRange(IEnumerable<T>)")]
    [InlineData("M:System.Array.Empty``1", "Array.Empty<T>")]
    [InlineData("M:System.Int32.TryParse(System.String,System.Int32@)", "Int32.TryParse(String, Int32)")]
    [InlineData("M:System.X.Get(System.Int32[0:,0:])", "X.Get(Int32[,])")]
    [InlineData("M:System.Decimal.op_Explicit(System.Decimal)~System.Byte", "Decimal.op_Explicit(Decimal)")]
    [InlineData("M:System.Foo.System#Collections#IEnumerable#GetEnumerator", "Foo.GetEnumerator")]
    public void Documentation_ids_become_readable(string id, string expected) => Assert.Equal(expected, MemberName.Readable(id));

    [Theory]
    [InlineData("T:System.Text.StringBuilder", "StringBuilder")]
    [InlineData("M:System.IO.FileStream.#ctor(System.String)", "FileStream")]
    [InlineData("T:System.Collections.Generic.List`1", "List")]
    public void A_reference_shows_the_last_name(string id, string expected) => Assert.Equal(expected, MemberName.Last(id));

    [Fact]
    public void The_words_of_a_member_are_its_type_and_its_name() => Assert.Equal("File ReadAllBytes", MemberName.Words("M:System.IO.File.ReadAllBytes(System.String)"));
}
