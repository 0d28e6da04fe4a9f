namespace FaissSdk.Native;

/// <summary>A file of this user's only, which is gone when it is disposed.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile() => Path = System.IO.Path.GetTempFileName();

    public string Path { get; }

    public FileStream OpenWrite() => new(Path, FileMode.Open, FileAccess.Write);

    public void Dispose() => File.Delete(Path);
}
