namespace FaissSdk.Sequences;

/// <summary>Searches, with parameters and selectors.</summary>
internal static class Searching
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Selector", 10, CreateSelector) { IsModelled = true, IsCommon = true },
        new("Parameters", 6, CreateParameters) { IsModelled = true },
        new("SetParameters", 3, ChangeParameters),
        new("Search", 16, Search) { IsModelled = true, IsCommon = true },
        new("Assign", 3, Assign),
        new("RangeSearch", 6, RangeSearch) { IsModelled = true },
    ];

    /// <summary>Searches an index without parameters, or returns null if that is not possible.</summary>
    public static SearchSample? Sample(Sequence sequence, IndexVariable target, DataSpecification queries, int k)
    {
        SearchResult? result = null;
        return sequence.Try($"{target.Name}.Search({queries}, {k}); // check", () => result = target.Index.Search(queries.Values, k)) ? new SearchSample(queries, k, result!.Distances.ToArray()) : null;
    }

    private static void CreateSelector(Sequence sequence, Chooser chooser)
    {
        var name = sequence.NewName("s");
        var type = chooser.Of("Range", "Batch", "Batch", "Bitmap", "Not", "And", "Or", "XOr", "Predicate");
        var checkedId = chooser.Usually([0L, 1, 7, 100, 599], [-1, long.MaxValue]);
        IDSelector? selector = null;
        switch (type)
        {
            case "Range":
                var start = chooser.Usually([0L, 1, 5, 50, 300], [-5, long.MaxValue, long.MinValue]);
                var end = chooser.Usually([start + 1, start + 10, start + 500, 2000, 100_000_000], [-1, long.MaxValue, start]);
                if (sequence.Try($"var {name} = new IDSelectorRange({start}, {Number(end)});", () => selector = new IDSelectorRange(start, end)))
                {
                    sequence.Add(new SelectorVariable(name, selector!, id => id >= start && id < end));
                }

                break;
            case "Batch":
                var (count, seed) = (chooser.Int(0, 60), chooser.Int(0, 200));
                var style = chooser.Usually(["consecutive", "sparse", "random", "random", "large", "duplicates"], ["negative"]);
                var ids = Ids(count, seed, style);
                if (sequence.Try($"var {name} = new IDSelectorBatch(Ids({count}, {seed}, \"{style}\"));", () => selector = new IDSelectorBatch(ids)))
                {
                    sequence.Add(new SelectorVariable(name, selector!, ids.ToHashSet().Contains));
                }

                break;
            case "Bitmap":
                var (length, bitSeed) = (chooser.Int(0, 100), chooser.Int(0, 200));
                var bits = Bits(length, 8, bitSeed);
                if (sequence.Try($"var {name} = new IDSelectorBitmap(Bits({length}, 8, {bitSeed}));", () => selector = new IDSelectorBitmap(bits)))
                {
                    sequence.Add(new SelectorVariable(name, selector!, id => id >= 0 && id / 8 < bits.Length && ((bits[id / 8] >> (int)(id % 8)) & 1) == 1));
                }

                break;
            case "Predicate":
                var divisor = chooser.Int(1, 7);
                if (sequence.Try($"var {name} = new IDSelectorPredicate(id => id % {divisor} == 0);", () => selector = new IDSelectorPredicate(id => id % divisor == 0)))
                {
                    sequence.Add(new SelectorVariable(name, selector!, id => id % divisor == 0));
                }

                break;
            default:
                Combine(sequence, chooser, name, type);
                break;
        }

        CheckSelector(sequence, name, checkedId);
    }

    private static void Combine(Sequence sequence, Chooser chooser, string name, string type)
    {
        var left = chooser.Variable<SelectorVariable>(sequence.Variables, variable => !variable.IsDisposed);
        var right = chooser.Variable<SelectorVariable>(sequence.Variables, variable => !variable.IsDisposed);
        IDSelector? selector = null;
        var text = type == "Not" ? $"new IDSelectorNot({left.Name})" : $"new IDSelector{type}({left.Name}, {right.Name})";
        var (a, b) = (left.Contains, right.Contains);
        if (sequence.Try($"var {name} = {text};", () => selector = type switch
        {
            "Not" => new IDSelectorNot(left.Selector),
            "And" => new IDSelectorAnd(left.Selector, right.Selector),
            "Or" => new IDSelectorOr(left.Selector, right.Selector),
            _ => new IDSelectorXOr(left.Selector, right.Selector),
        }))
        {
            sequence.Add(new SelectorVariable(name, selector!, type switch { "Not" => id => !a(id), "And" => id => a(id) && b(id), "Or" => id => a(id) || b(id), _ => id => a(id) != b(id) }));
        }
    }

    private static void CheckSelector(Sequence sequence, string name, long id)
    {
        if (sequence.Variables.Find(variable => variable.Name == name) is SelectorVariable created
            && sequence.Try($"{name}.Contains({Number(id)});", () => _ = created.Selector.Contains(id))
            && created.Selector.Contains(id) != created.Contains(id))
        {
            throw new Fault("selector", $"{name}.Contains({id}) is {created.Selector.Contains(id)}");
        }
    }

    private static void CreateParameters(Sequence sequence, Chooser chooser)
    {
        var name = sequence.NewName("p");
        var selector = chooser.Optional<SelectorVariable>(sequence.Variables, 80);
        var type = chooser.Of("", "IVF", "IVF", "IVF", "HNSW", "HNSW", "PQ", "IVFPQ", "RaBitQ", "IVFRaBitQ", "Refine");
        var value = chooser.Usually([1, 2, 4, 16, 16, 100], [0, -1, int.MaxValue, 1_000_000_000]);
        int? probes = chooser.Chance(70) ? value : null;
        var codes = chooser.Usually([0L, 0, 0, 10, 1000], [-1, long.MaxValue]);
        var extra = chooser.Int(0, 7);
        SearchParameters? parameters = null;
        var argument = selector?.Name ?? "null";
        var text = type switch
        {
            "IVF" => $"new SearchParametersIVF({argument}, nProbe: {(probes is null ? "null" : $"{probes}")}, maxCodes: {Number(codes)})",
            "HNSW" => $"new SearchParametersHNSW({argument}, efSearch: {value})",
            "PQ" => $"new SearchParametersPQ({value})",
            "IVFPQ" => $"new SearchParametersIVFPQ({argument}, {(probes is null ? "null" : $"{probes}")}, {Number(codes)}, {value})",
            "RaBitQ" => $"new SearchParametersRaBitQ({argument}, {value})",
            "IVFRaBitQ" => $"new SearchParametersIVFRaBitQ({argument}, {(probes is null ? "null" : $"{probes}")}, {Number(codes)}, {value})",
            "Refine" => $"new SearchParametersRefine({argument}, {value})",
            _ => $"new SearchParameters({argument})",
        };
        if (sequence.Try($"var {name} = {text};", () => parameters = type switch
        {
            "IVF" => new SearchParametersIVF(selector?.Selector, probes, codes),
            "HNSW" => new SearchParametersHNSW(selector?.Selector, value),
            "PQ" => new SearchParametersPQ(value),
            "IVFPQ" => new SearchParametersIVFPQ(selector?.Selector, probes, codes, value),
            "RaBitQ" => new SearchParametersRaBitQ(selector?.Selector, value),
            "IVFRaBitQ" => new SearchParametersIVFRaBitQ(selector?.Selector, probes, codes, value),
            "Refine" => new SearchParametersRefine(selector?.Selector, value),
            _ => new SearchParameters(selector?.Selector),
        }))
        {
            sequence.Add(new ParametersVariable(name, parameters!, type == "PQ" ? null : selector));
            if (extra < 2 && parameters is SearchParametersHNSW graph)
            {
                sequence.Try($"{name}.BoundedQueue = false;", () => graph.BoundedQueue = false);
            }
            else if (extra < 2 && parameters is SearchParametersIVF lists)
            {
                sequence.Try($"{name}.EnsureTopKFull = true;", () => lists.EnsureTopKFull = true);
            }
        }
    }

    private static void ChangeParameters(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Variable<ParametersVariable>(sequence.Variables, variable => !variable.IsDisposed);
        var number = chooser.Int(0, 4);
        var value = chooser.Usually([1, 2, 4, 16, 100], [0, -1, int.MaxValue]);
        var isTrue = value % 2 == 0;
        var text = isTrue ? "true" : "false";
        switch (target.Parameters)
        {
            case SearchParametersIVF lists:
                sequence.Try(number switch
                {
                    0 => $"{target.Name}.NProbe = {value};",
                    1 => $"{target.Name}.MaxCodes = {value};",
                    2 => $"{target.Name}.MaxLists = {value};",
                    3 => $"{target.Name}.EnsureTopKFull = {text};",
                    _ => $"{target.Name}.MaxEmptyResultBuckets = {value};",
                }, () =>
                {
                    switch (number)
                    {
                        case 0:
                            lists.NProbe = value;
                            break;
                        case 1:
                            lists.MaxCodes = value;
                            break;
                        case 2:
                            lists.MaxLists = value;
                            break;
                        case 3:
                            lists.EnsureTopKFull = isTrue;
                            break;
                        default:
                            lists.MaxEmptyResultBuckets = value;
                            break;
                    }
                });
                break;
            case SearchParametersHNSW graph:
                sequence.Try(number switch
                {
                    0 => $"{target.Name}.EfSearch = {value};",
                    1 => $"{target.Name}.CheckRelativeDistance = {text};",
                    _ => $"{target.Name}.BoundedQueue = {text};",
                }, () => _ = number switch { 0 => graph.EfSearch = value, 1 => (graph.CheckRelativeDistance = isTrue) ? 1 : 0, _ => (graph.BoundedQueue = isTrue) ? 1 : 0 });
                break;
            default:
                throw new StepNotPossibleException();
        }
    }

    private static void Search(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, queries) = Query(chooser, target);
        var parameters = chooser.Optional<ParametersVariable>(sequence.Variables, 40);
        var selector = parameters is null ? chooser.Optional<SelectorVariable>(sequence.Variables, 25) : null;
        SearchResult? result = null;
        var text = $"{target.Name}.Search({queries}, {k}{(parameters is not null ? $", {parameters.Name}" : selector is not null ? $", {selector.Name}" : "")});";
        if (!sequence.Try(text, () => result = selector is null ? target.Index.Search(queries.Values, k, parameters?.Parameters) : target.Index.Search(queries.Values, k, selector.Selector)))
        {
            return;
        }

        if (target.IsDisposed)
        {
            throw new Fault("disposed", $"{target.Name} is searched after its disposal");
        }

        if (result!.QueryCount != queries.CountFor(target.Model.Dimension) || result.K != k)
        {
            throw new Fault("properties", $"the result is of {result.QueryCount} queries and {result.K} neighbors");
        }

        var isExact = target.Model.IsExact;
        if (selector is not null && target.Model.Kind.Lists > 1)
        {
            isExact = target.Model is { IsTuned: false, IsKnown: true, IsOrdinary: true, Kind.IsExact: true, ProbesAll: true };
        }

        if (parameters is not null && target.Model.Kind.Lists > 1)
        {
            isExact = target.Model is { IsTuned: false, IsKnown: true, IsOrdinary: true, Kind.IsExact: true } && IsComplete(parameters.Parameters, target.Model);
        }

        SearchOracle.Check(target.Model, target.Index.Count, queries, k, result.Distances, result.Ids, (parameters?.Selector ?? selector)?.Contains, isExact);
    }

    // Limits that the loaded FAISS does not know cannot be set either.
    private static bool IsComplete(SearchParameters parameters, Model model) =>
        parameters is SearchParametersIVF given && (given.NProbe is { } probes ? probes >= model.Kind.Lists : model.ProbesAll) && given.MaxCodes == 0
        && (!FaissLibrary.Supports("faiss_SearchParametersIVF_set_max_lists_num") || (given.MaxLists == 0 && given.MaxEmptyResultBuckets == 0));

    private static void Assign(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (k, queries) = Query(chooser, target);
        long[] ids = [];
        if (sequence.Try($"{target.Name}.Assign({queries}, {k});", () => ids = target.Index.Assign(queries.Values, k)) && queries.IsOrdinary && target.Model.IsOrdinary)
        {
            var distances = new float[ids.Length];
            SearchOracle.Check(new Model(target.Model.Kind with { HasTrueDistances = false }, target.Model.Dimension, target.Model.Metric) { IsKnown = false }, target.Index.Count, queries, k, distances, ids, target.Model.IsKnown ? target.Model.Items.Select(item => item.Id).ToHashSet().Contains : null, isExact: false);
        }
    }

    private static void RangeSearch(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var queries = chooser.Data(target.Model.Dimension, 0, 3);
        var radius = chooser.Usually([0f, 0.1f, 1, 10, 100, 1e9f], [-1f, float.NaN, float.PositiveInfinity, float.MaxValue]);
        var selector = chooser.Optional<SelectorVariable>(sequence.Variables, 30);
        RangeSearchResult? result = null;
        var text = $"{target.Name}.RangeSearch({queries}, {Number(radius)}{(selector is null ? "" : $", {selector.Name}")});";
        if (!sequence.Try(text, () => result = selector is null ? target.Index.RangeSearch(queries.Values, radius) : target.Index.RangeSearch(queries.Values, radius, selector.Selector)) || !queries.IsOrdinary || !target.Model.IsOrdinary)
        {
            return;
        }

        for (var i = 0; i < queries.Count; i++)
        {
            var row = result![i];
            SearchOracle.CheckRange(target.Model, target.Index.Count, queries.Values.AsSpan(i * queries.Dimension, queries.Dimension), radius, row.Distances, row.Ids, selector?.Contains, target.Model.IsExact);
        }
    }

    private static (int K, DataSpecification Queries) Query(Chooser chooser, IndexVariable target)
    {
        var k = chooser.Usually([1, 1, 2, 5, 10, 50, 1000], [0, -1, 100_000, int.MaxValue]);
        var dimension = chooser.Usually([target.Model.Dimension], [target.Model.Dimension + 1]);
        return (k, chooser.Chance(85) ? chooser.Data(dimension, 1, 4) : chooser.Data(dimension, 0, 30));
    }

    private static string Number(long number) => number == long.MaxValue ? "long.MaxValue" : number == long.MinValue ? "long.MinValue" : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Number(float number) => number switch
    {
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.MaxValue => "float.MaxValue",
        _ => number.ToString(System.Globalization.CultureInfo.InvariantCulture) + "f",
    };
}
