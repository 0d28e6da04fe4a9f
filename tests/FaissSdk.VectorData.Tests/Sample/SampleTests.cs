using System.Net;
using System.Net.Http.Json;
using FaissSdk.VectorData.Sample;

namespace FaissSdk.VectorData.Tests;

/// <summary>Uses the sample through its API.</summary>
public sealed class SampleTests(RunningSample sample) : IClassFixture<RunningSample>
{
    [Fact]
    public async Task All_members_are_in_the_store()
    {
        RequireSample();
        var status = await sample.Http.GetFromJsonAsync<DocumentationSearch.Status>("status");
        Assert.Equal(new DocumentationSearch.Status(RunningSample.Members, true), status);
    }

    [Theory]
    [InlineData("hybrid")]
    [InlineData("meaning")]
    public async Task A_search_finds_what_its_words_name(string mode)
    {
        var found = await Search($"query=thread-safe+dictionary+of+key-value+pairs&mode={mode}");
        Assert.Equal(10, found.Length);
        Assert.Contains(found, member => member.Name.StartsWith("ConcurrentDictionary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_keyword_ranks_the_member_of_that_name_first()
    {
        var found = await Search("query=BlockingCollection+TryTake&top=5");
        Assert.Contains("BlockingCollection.TryTake", found.Select(member => member.Name));
    }

    [Fact]
    public async Task Filters_keep_to_a_namespace_and_a_kind()
    {
        var found = await Search("query=add+an+item&space=System.Collections&kind=method&top=50");
        Assert.Equal(50, found.Length);
        Assert.All(found, member => Assert.True(member.Kind == "method" && (member.Namespace + ".").StartsWith("System.Collections.", StringComparison.Ordinal), member.Id));
    }

    [Fact]
    public async Task Pages_of_results_do_not_overlap()
    {
        var all = await Search("query=collection&mode=meaning&top=20");
        var second = await Search("query=collection&mode=meaning&top=10&skip=10");
        Assert.Equal(all.Skip(10).Select(member => member.Id), second.Select(member => member.Id));
    }

    [Fact]
    public async Task A_member_is_found_by_its_id()
    {
        RequireSample();
        var found = (await Search("query=collection&top=1")).Single();
        var member = await sample.Http.GetFromJsonAsync<DocumentationSearch.Found>($"members/{Uri.EscapeDataString(found.Id)}");
        Assert.Equal(found with { Score = null }, member);
        Assert.Equal(HttpStatusCode.NotFound, (await sample.Http.GetAsync(new Uri("members/T:None", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("query=+")]
    [InlineData("query=a&top=0")]
    [InlineData("query=a&skip=-1")]
    [InlineData("query=a&mode=other")]
    public async Task A_bad_question_is_refused(string question)
    {
        RequireSample();
        Assert.Equal(HttpStatusCode.BadRequest, (await sample.Http.GetAsync(new Uri("search?" + question, UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("\"unbalanced AND (NEAR")]
    [InlineData("the of and")]
    [InlineData("☃ 漢字")]
    public async Task Any_words_are_searched_for(string query)
    {
        var found = await Search($"query={Uri.EscapeDataString(query)}");
        Assert.Equal(10, found.Length);
    }

    [Fact]
    public async Task A_second_start_uses_the_store()
    {
        RequireSample();
        var before = await Search("query=compress+a+stream");
        await sample.Stop();
        await sample.Start();

        // A graph that was built at another time may differ in the last ranks.
        Assert.Equal(before[0].Id, (await Search("query=compress+a+stream"))[0].Id);
    }

    private static void RequireSample() => Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library, and the sample uses a graph.");

    private async Task<DocumentationSearch.Found[]> Search(string question)
    {
        RequireSample();
        return (await sample.Http.GetFromJsonAsync<DocumentationSearch.Found[]>("search?" + question))!;
    }
}
