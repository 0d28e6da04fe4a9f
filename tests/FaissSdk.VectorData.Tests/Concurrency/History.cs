using System.Numerics.Tensors;

namespace FaissSdk.VectorData.Tests;

/// <summary>Replays the changes of a writer, and looks for a state that gives each answer.</summary>
internal static class History
{
    /// <summary>Returns the answers that no state between their start and their end gives.</summary>
    /// <param name="changes">The changes in their order.</param>
    /// <param name="answers">The answers.</param>
    /// <param name="isExact">Whether an answer has to be the nearest; otherwise its records have to be those of one state.</param>
    public static List<Answer> Unexplained(IReadOnlyList<Change> changes, IEnumerable<Answer> answers, bool isExact)
    {
        var waiting = new Queue<Answer>(answers.OrderBy(answer => answer.First));
        var (open, unexplained) = (new List<Answer>(), new List<Answer>());
        var state = new Dictionary<string, Item>();
        for (var number = 0; number <= changes.Count; number++)
        {
            if (number > 0)
            {
                Apply(changes[number - 1], state);
            }

            while (waiting.TryPeek(out var next) && next.First <= number)
            {
                open.Add(waiting.Dequeue());
            }

            var given = open.AsParallel().Where(answer => Gives(state, answer, isExact)).ToHashSet();
            open.RemoveAll(given.Contains);
            unexplained.AddRange(open.Where(answer => answer.Last <= number));
            open.RemoveAll(answer => answer.Last <= number);
        }

        return [.. unexplained, .. open, .. waiting];
    }

    private static void Apply(Change change, Dictionary<string, Item> state)
    {
        foreach (var key in change.Deleted)
        {
            state.Remove(key);
        }

        foreach (var item in change.Upserted)
        {
            state[item.Key] = item;
        }
    }

    private static bool Gives(Dictionary<string, Item> state, Answer answer, bool isExact)
    {
        if (!answer.Results.All(result => state.TryGetValue(result.Key, out var item) && item.Number == result.Number && !(item.Number > answer.MaxNumber)))
        {
            return false;
        }

        var matches = state.Values.Where(item => !(item.Number > answer.MaxNumber)).ToArray();
        if (!isExact)
        {
            return answer.Results.Length <= Math.Min(answer.Top, matches.Length) && answer.Results.DistinctBy(result => result.Key).Count() == answer.Results.Length;
        }

        var nearest = Array.ConvertAll(matches, item => TensorPrimitives.Distance(item.Vector.Span, answer.Query.Span));
        Array.Sort(nearest);

        // Distances instead of keys, because rounding decides the order of records that are almost as near as each other.
        return answer.Results.Length == Math.Min(answer.Top, matches.Length)
            && answer.Results.DistinctBy(result => result.Key).Count() == answer.Results.Length
            && answer.Results.Index().All(result => Math.Abs(TensorPrimitives.Distance(state[result.Item.Key].Vector.Span, answer.Query.Span) - nearest[result.Index]) < 1e-5f);
    }
}
