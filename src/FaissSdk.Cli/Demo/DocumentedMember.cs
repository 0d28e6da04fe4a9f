namespace FaissSdk.Cli;

/// <summary>Represents a type or member of .NET with the summary of its documentation.</summary>
/// <param name="Id">The documentation id, for example <c>M:System.IO.File.ReadAllBytes(System.String)</c>.</param>
/// <param name="Summary">The summary as one line.</param>
internal sealed record DocumentedMember(string Id, string Summary);
