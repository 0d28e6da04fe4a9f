namespace FaissSdk.Cli;

/// <summary>One thing that was checked.</summary>
internal sealed record VerifyCheck(string Name, bool Holds, string Figures);
