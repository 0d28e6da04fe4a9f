namespace FaissSdk.Tests.Arguments;

/// <summary>Calls of one member, each with one argument that is wrong.</summary>
/// <param name="Member">The member, as <see cref="PublicMembers"/> writes it.</param>
/// <param name="Calls">The calls with the parameter that the exception must name.</param>
internal sealed partial record WrongArguments(string Member, params (string Parameter, Action Call)[] Calls)
{
    /// <summary>Gets the native function without which the member is not supported.</summary>
    public string? Needs { get; init; }

    public static IReadOnlyList<WrongArguments> All(Samples samples) =>
    [
        .. Indexes(samples), .. InvertedLists(samples), .. Kinds(samples), .. Binary(samples), .. Concurrent(samples), .. Results(samples), .. Parameters(samples),
        .. Transforms(samples), .. Distances(), .. Clusterings(samples), .. Cancelable(samples), .. Rows(samples), .. Vectors(samples), .. Tuning(samples), .. Growth(samples),
        .. Flat(samples), .. Blocks(samples), .. Blocks(samples),
    ];
}
