using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public class WordsTests
{
    [Theory]
    [InlineData("Opens a binary file, reads the contents.", "open binary file read content")]
    [InlineData("ReadAllBytes", "read all byte")]
    [InlineData("IOException UTF8Encoding Int32", "io exception utf8 encoding int32")]
    [InlineData("XmlReader.Create(2024)", "xml reader create")]
    [InlineData("the of and a", "")]
    [InlineData("", "")]
    [InlineData("e-mail's x", "mail")]
    public void Text_is_split_into_words_without_common_ones(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Words.Split(text)));

    [Theory]
    [InlineData("bytes", "byte")]
    [InlineData("properties", "property")]
    [InlineData("files", "file")]
    [InlineData("class", "class")]
    [InlineData("status", "status")]
    [InlineData("axis", "axis")]
    [InlineData("gas", "gas")]
    [InlineData("goes", "goes")]
    public void Plurals_lose_their_ending(string word, string expected) => Assert.Equal(expected, Words.Stem(word));
}
