namespace FaissSdk.Sequences;

/// <summary>A step of a sequence: makes its choices, a call, and checks the result.</summary>
/// <param name="Name">The name that a recorded step refers to.</param>
/// <param name="Weight">The relative frequency.</param>
/// <param name="Run">Makes the step.</param>
internal sealed partial record Operation(string Name, int Weight, Action<Sequence, Chooser> Run)
{
    /// <summary>Gets a value indicating whether the operation creates an index.</summary>
    public bool Creates { get; init; }

    /// <summary>Gets a value indicating whether every sequence has the operation.</summary>
    public bool IsCommon { get; init; }

    /// <summary>Gets a value indicating whether a list predicts the result of the operation.</summary>
    public bool IsModelled { get; init; }

    public static IReadOnlyList<Operation> All { get; } =
    [
        .. Creation.Operations, .. Changes.Operations, .. Growth.Operations, .. Reading.Operations, .. Insides.Operations, .. Codes.Operations, .. Storage.Operations, .. InvertedLists.Operations, .. Searching.Operations, .. Queries.Operations, .. Training.Operations,
        .. Settings.Operations, .. Composites.Operations, .. Transforms.Operations, .. ManagedClustering.Operations, .. BinaryIndexes.Operations, .. Utilities.Operations,
    ];

    public static Operation Find(string name) => All.Single(operation => operation.Name == name);
}
