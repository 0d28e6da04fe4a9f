using System.Text.RegularExpressions;

namespace FaissSdk.Tests.Arguments;

/// <summary>An <see cref="ArgumentException"/> names a parameter of the member that was called.</summary>
public class ArgumentNameTests
{
    private const string PlainData = "The record stores any value.";

    private static readonly Dictionary<string, string> Unchecked = new()
    {
        ["KMeansIteration(*)"] = PlainData,
        ["BinaryNeighbor(*)"] = PlainData,
        ["Neighbor(*)"] = PlainData,
        ["ClusteringIterationStats(*)"] = PlainData,
        ["IndexIVFStats(*)"] = PlainData,
        ["OperatingPoint(*)"] = PlainData,
        ["PrecisionRecall(*)"] = PlainData,
        ["ExplorationProgress(*)"] = PlainData,
        ["FaissIndex.Deserialize(bytes, options): bytes"] = "The content decides: FaissException.",
        ["IndexBinary.Deserialize(bytes, options): bytes"] = "The content decides: FaissException.",
        ["FaissIndex.Deserialize(bytes, validation, options): bytes"] = "The content decides: FaissException.",
        ["IndexBinary.Deserialize(bytes, validation, options): bytes"] = "The content decides: FaissException.",
        ["VectorReader.Read(*)"] = "The contract of implementations; a training checks what they return.",
        ["ClusterIndices(*)"] = PlainData,
        ["KMeansParts.CopyPointsAsync(*)"] = "The contract of implementations.",
        ["KMeansParts.SetWeightsAsync(*)"] = "The contract of implementations.",
        ["KMeansParts.SumAsync(*)"] = "The contract of implementations; a training checks what they return.",
        ["KMeansSums.Import(state): state"] = "The content decides: InvalidDataException.",
        ["KMeansStep.Import(state, options): state"] = "The content decides: InvalidDataException.",
        ["IndexIVF.MergeFrom(other, addId): addId"] = "Any number can be added to ids.",
        ["IndexBinaryIVF.MergeFrom(other, addId): addId"] = "Any number can be added to ids.",
        ["FaissIndex.TryReconstruct(id, vector): id"] = "The result says whether the index holds it.",
        ["ConcurrentIndex.TryReconstruct(id, vector, cancellationToken): id"] = "The result says whether the index holds it.",
        ["BufferList.Add(*)"] = "The list stores any pair.",
        ["BufferList.CopyRange(first, ids, distances): ids"] = "Its length is the number of pairs; the other arguments are checked against it.",
        ["RangeSearchResultBuilder.Add(*)"] = "The result stores any pair.",
        ["IDSelector.Contains(id): id"] = "A selector answers for any id.",
        ["IDSelectorBatch(ids): ids"] = "Any ids can be selected.",
        ["IDSelectorBitmap(bitmap): bitmap"] = "A bitmap of any length is valid.",
        ["IDSelectorRange(start, end): start"] = "The exception for an inverted range names the end.",
        ["IdFilter.FromIds(ids): ids"] = "Any ids can be filtered.",
        ["IdFilter.FromBitmap(bitmap): bitmap"] = "A bitmap of any length is valid.",
        ["IdFilter.FromRange(start, end): start"] = "The exception for an inverted range names the end.",
        ["IdFilter.Contains(id): id"] = "A filter answers for any id.",
        ["IFlatIndex.Remove(ids): ids"] = "Ids of no vector are ignored.",
        ["ManagedFlatIndex.Remove(ids): ids"] = "Ids of no vector are ignored.",
        ["VectorDistances.NormL2Squared(vector): vector"] = "A vector of any length has a norm.",
    };

    [Fact]
    public void Wrong_arguments_are_rejected_by_name()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var samples = new Samples();
        var failures = new List<string>();
        foreach (var row in WrongArguments.All(samples).Where(row => row.Needs is null || FaissLibrary.Supports(row.Needs)))
        {
            for (var i = 0; i < row.Calls.Length; i++)
            {
                var error = Record.Exception(row.Calls[i].Call);
                if ((error as ArgumentException)?.ParamName != row.Calls[i].Parameter)
                {
                    failures.Add($"{row.Member}, call {i}: expected {row.Calls[i].Parameter}, was {error?.GetType().Name} {(error as ArgumentException)?.ParamName}: {error?.Message}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Every_argument_that_can_be_wrong_has_a_row()
    {
        using var samples = new Samples();
        var rows = WrongArguments.All(samples).SelectMany(row => row.Calls.Select(call => (row.Member, call.Parameter))).ToHashSet();
        var missing = PublicMembers.Arguments.Where(argument => !rows.Contains(argument) && !Unchecked.ContainsKey($"{argument.Member}: {argument.Parameter}") && !Unchecked.ContainsKey(AllOf(argument.Member)));
        if (OperatingSystem.IsWindows())
        {
            missing = missing.Where(argument => !argument.Member.StartsWith(nameof(OnDiskIndexBuilder), StringComparison.Ordinal));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_row_names_a_parameter_of_its_member()
    {
        using var samples = new Samples();
        var members = PublicMembers.Arguments.Select(argument => argument.Member).ToHashSet();
        foreach (var row in WrongArguments.All(samples))
        {
            // The constructor of an abstract class is for derived classes.
            Assert.True(members.Contains(row.Member) || row.Member is "ParameterSpace.SetIndexParameters(index, parameters)" or "KMeansParts(dimension, count)", row.Member);
            var parameters = Regex.Match(row.Member, @"[(\[](.*)[)\]]") is { Success: true } match ? match.Groups[1].Value.Split(", ") : ["value"];
            Assert.All(row.Calls, call => Assert.Contains(call.Parameter, parameters));
        }
    }

    [Fact]
    public void Every_exemption_is_needed()
    {
        using var samples = new Samples();
        var rows = WrongArguments.All(samples).SelectMany(row => row.Calls.Select(call => (row.Member, call.Parameter))).ToHashSet();
        var used = PublicMembers.Arguments.Where(argument => !rows.Contains(argument)).SelectMany(argument => new[] { $"{argument.Member}: {argument.Parameter}", AllOf(argument.Member) });
        Assert.Empty(Unchecked.Keys.Except(used));
    }

    private static string AllOf(string member) => $"{member.Split('(')[0]}(*)";
}
