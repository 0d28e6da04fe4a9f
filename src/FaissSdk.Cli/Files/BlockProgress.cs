namespace FaissSdk.Cli;

/// <summary>Reports progress and checks for cancellation between two blocks of a file.</summary>
internal sealed class BlockProgress(FileStream file, Action<double>? report, CancellationToken cancellationToken)
{
    public void Next()
    {
        cancellationToken.ThrowIfCancellationRequested();
        report?.Invoke((double)file.Position / file.Length);
    }
}
