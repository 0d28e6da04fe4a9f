namespace FaissSdk.Orleans;

/// <summary>Represents the searches of a collection on the silo that a client is connected to; its key is a <see cref="SearchKey"/>.</summary>
[Alias("FaissSdk.ICollectionSearch")]
internal interface ICollectionSearch : IGrainWithStringKey
{
    /// <summary>Searches one replica of each shard, and merges what they find.</summary>
    [Alias("Search")]
    [ResponseTimeout("00:10:00")]
    Task<SearchAnswer> Search(SearchRequest request, CancellationToken cancellationToken);
}

/// <summary>Creates the keys of the searches of a collection: a random number from a small range, followed by the name, so that the calls of a client are spread over silos.</summary>
internal static class SearchKey
{
    private const char Separator = '/';

    public static string Of(string collection) => $"{Transient.AnyWay()}{Separator}{collection}";

    public static string CollectionOf(string key) => key[(key.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
}
