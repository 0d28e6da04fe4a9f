using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class DocumentationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Summaries_are_read_in_order_with_names_for_references()
    {
        var first = _folder.Write("a.xml", Document("""
            <member name="M:A.B.C"><summary>Makes a <see cref="T:System.Text.StringBuilder" />,
              or <see langword="null" /> for <paramref name="x" />.</summary><returns>no</returns></member>
            <member name="M:A.B.D"><returns>no summary</returns></member>
            """));
        var second = _folder.Write("b.xml", Document("""
            <member name="T:E"><summary>One<para>two</para> <see cref="T:F">three</see> &amp; <c>four</c></summary></member>
            <member name="T:G"><summary>To be added.</summary></member>
            <member name="T:H"><summary /></member>
            <member name=""><summary>No name.</summary></member>
            <member name="T:I"><summary>Last.</summary></member>
            """));

        var members = DocumentationReader.Read([first, second], CancellationToken.None);

        Assert.Equal(
            [
                new DocumentedMember("M:A.B.C", "Makes a StringBuilder, or null for x."),
                new DocumentedMember("T:E", "One two three & four"),
                new DocumentedMember("T:I", "Last."),
            ],
            members);
    }

    [Fact]
    public void A_file_that_is_not_xml_is_named()
    {
        var path = _folder.Write("a.xml", "<doc><member name=");

        var e = Record.Exception(() => DocumentationReader.Read([path], CancellationToken.None));

        Assert.Contains(path, Assert.IsType<InvalidDataException>(e).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_xml_is_named()
    {
        var e = Assert.Throws<UsageException>(() => DocumentationFolder.FindFiles(_folder.Path));

        Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_sorted_by_name_ordinally()
    {
        _folder.Write("b.xml", "");
        _folder.Write("a.xml", "");
        _folder.Write("C.xml", "");

        Assert.Equal(["C.xml", "a.xml", "b.xml"], DocumentationFolder.FindFiles(_folder.Path).Select(Path.GetFileName));
    }

    private static string Document(string members) => $"<doc><assembly><name>X</name></assembly><members>{members}</members></doc>";
}
