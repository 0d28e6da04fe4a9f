using System.Text;

namespace FaissSdk.Generator;

/// <summary>The changes of the C API between two header trees.</summary>
internal sealed class ApiDiff
{
    private readonly List<Change> _changes = [];

    private ApiDiff()
    {
    }

    private enum Kind
    {
        Added,
        Removed,
        Changed,
        Renamed,
    }

    public int Added => CountFunctions(Kind.Added);

    public int Removed => CountFunctions(Kind.Removed);

    public int Changed => CountFunctions(Kind.Changed);

        /// <summary>Compares two folders of headers, including <c>gpu/</c> if both have it.</summary>
    public static ApiDiff Compare(string old, string @new, ResponseFile response)
    {
        var diff = new ApiDiff();
        foreach (var gpu in new[] { false, true })
        {
            var (before, after) = (HeaderTree.Open(old, gpu), HeaderTree.Open(@new, gpu));
            if (before.Headers.Count > 0 && after.Headers.Count > 0)
            {
                diff.Compare(ApiReader.Read(before, response), ApiReader.Read(after, response));
            }
        }

        return diff;
    }

    /// <summary>Formats the changes in Markdown.</summary>
    public string Markdown(string old, string @new)
    {
        var text = new StringBuilder($"# C API from {old} to {@new}\n\n{Added} functions added, {Removed} removed, {Changed} changed.\n\n**{Verdict()}**\n");
        foreach (var header in _changes.GroupBy(change => change.Location.File).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append($"\n## {header.Key}\n");
            foreach (var kind in header.GroupBy(change => change.Kind).OrderBy(group => group.Key))
            {
                text.Append($"\n{(kind.Key == Kind.Renamed ? "Parameters renamed" : kind.Key)}:\n\n");
                foreach (var change in kind.OrderBy(change => change.Location.Line))
                {
                    text.Append($"- {change.Text} (line {change.Location.Line})\n");
                }
            }
        }

        return text.ToString();
    }

    private string Verdict()
    {
        var reasons = _changes.Where(change => change.Breaks).Select(change => change.Reason).GroupBy(reason => reason).Select(group => $"{group.Count()} {group.Key}").ToArray();
        return reasons.Length > 0 ? $"Not binary compatible: {string.Join(", ", reasons)}."
            : Changed > 0 ? "Binary compatible: no declarations were removed, and only const changed."
            : "Binary compatible: no existing declarations were removed or changed.";
    }

    private int CountFunctions(Kind kind) => _changes.Count(change => change.Kind == kind && change.IsFunction);

    private void Compare(ApiModel old, ApiModel @new)
    {
        CompareFunctions(old, @new);
        CompareEnums(old, @new);
        CompareStructs(old, @new);
    }

    private void CompareFunctions(ApiModel old, ApiModel @new)
    {
        var (before, after) = (old.Functions.ToDictionary(f => f.Name, StringComparer.Ordinal), @new.Functions.ToDictionary(f => f.Name, StringComparer.Ordinal));
        foreach (var function in after.Values.Where(function => !before.ContainsKey(function.Name)))
        {
            Add(Kind.Added, function.Location, $"`{function.Prototype()}`", isFunction: true);
        }

        foreach (var function in before.Values.Where(function => !after.ContainsKey(function.Name)))
        {
            Add(Kind.Removed, function.Location, $"`{function.Prototype()}`", isFunction: true, reason: "functions removed");
        }

        foreach (var (name, function) in after)
        {
            if (!before.TryGetValue(name, out var was))
            {
                continue;
            }

            var (oldTypes, newTypes) = (Signature(was, old.Types), Signature(function, @new.Types));
            var (oldNames, newNames) = (Names(was), Names(function));
            var description = $"`{was.Prototype()}` → `{function.Prototype()}`";
            if (!oldTypes.SequenceEqual(newTypes))
            {
                // const matters to the compiler, but not to the linker.
                var breaks = !oldTypes.Select(WithoutConst).SequenceEqual(newTypes.Select(WithoutConst));
                Add(Kind.Changed, function.Location, description + (breaks ? "" : " (const only)"), isFunction: true, reason: breaks ? "functions changed" : null);
            }
            else if (!oldNames.SequenceEqual(newNames) && oldNames.Order().SequenceEqual(newNames.Order()))
            {
                Add(Kind.Changed, function.Location, description + " (parameters of one type reordered)", isFunction: true, reason: "functions with reordered parameters");
            }
            else if (!oldNames.SequenceEqual(newNames))
            {
                Add(Kind.Renamed, function.Location, description);
            }
        }
    }

    private void CompareEnums(ApiModel old, ApiModel @new)
    {
        var after = @new.Enums.ToDictionary(type => type.Name, StringComparer.Ordinal);
        foreach (var type in old.Enums)
        {
            if (!after.TryGetValue(type.Name, out var now))
            {
                Add(Kind.Removed, type.Location, $"`enum {type.Name}`", reason: "enums removed");
                continue;
            }

            foreach (var member in type.Members)
            {
                var same = now.Members.FirstOrDefault(candidate => candidate.Name == member.Name);
                if (same is null)
                {
                    Add(Kind.Removed, member.Location, $"`{type.Name}.{member.Name}` = {member.Value}", reason: "enum members removed");
                }
                else if (same.Value != member.Value)
                {
                    Add(Kind.Changed, same.Location, $"`{type.Name}.{member.Name}` = {member.Value} → {same.Value}", reason: "enum values changed");
                }
            }
        }

        var before = old.Enums.ToDictionary(type => type.Name, StringComparer.Ordinal);
        foreach (var type in @new.Enums)
        {
            foreach (var member in type.Members.Where(member => before.GetValueOrDefault(type.Name)?.Members.Any(was => was.Name == member.Name) != true))
            {
                Add(Kind.Added, member.Location, $"`{type.Name}.{member.Name}` = {member.Value}");
            }
        }
    }

    private void CompareStructs(ApiModel old, ApiModel @new)
    {
        var (before, after) = (old.Structs.ToDictionary(type => type.Name, StringComparer.Ordinal), @new.Structs.ToDictionary(type => type.Name, StringComparer.Ordinal));
        foreach (var type in before.Values.Where(type => !after.ContainsKey(type.Name)))
        {
            Add(Kind.Removed, type.Location, $"`struct {type.Name}`", reason: "structs removed");
        }

        foreach (var type in after.Values)
        {
            if (!before.TryGetValue(type.Name, out var was))
            {
                Add(Kind.Added, type.Location, $"`struct {type.Name}`");
            }
            else if (!Fields(was, old.Types).SequenceEqual(Fields(type, @new.Types)))
            {
                Add(Kind.Changed, type.Location, $"`struct {type.Name}`: {string.Join(", ", Fields(was, old.Types))} → {string.Join(", ", Fields(type, @new.Types))}", reason: "struct layouts changed");
            }
        }
    }

    private static string[] Signature(ApiFunction function, TypeTable types) =>
        [.. function.Parameters.Prepend(function.Return).Select(variable => types.Canonical(variable.Type).ToString()!)];

    private static string[] Names(ApiFunction function) => [.. function.Parameters.Select(parameter => parameter.Name)];

    private static string[] Fields(ApiStruct type, TypeTable types) => [.. type.Fields.Select(field => $"{types.Canonical(field.Type)} {field.Name}")];

    private static string WithoutConst(string type) => type.Replace("const ", "", StringComparison.Ordinal).Replace(" const", "", StringComparison.Ordinal);

    private void Add(Kind kind, SourceLocation location, string text, bool isFunction = false, string? reason = null) =>
        _changes.Add(new Change(kind, location, text, isFunction, reason));

    private sealed record Change(Kind Kind, SourceLocation Location, string Text, bool IsFunction, string? Reason)
    {
        public bool Breaks => Reason is not null;
    }
}
