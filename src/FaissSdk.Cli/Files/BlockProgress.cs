namespace FaissSdk.Cli;

/// <summary>What a reader does between two blocks of a file: tell how far it is, and stop when asked to.</summary>
internal sealed class BlockProgress(FileStream file, Action<double>? report, CancellationToken cancellationToken)
{
    public void Next()
    {
        cancellationToken.ThrowIfCancellationRequested();
        report?.Invoke((double)file.Position / file.Length);
    }
}
