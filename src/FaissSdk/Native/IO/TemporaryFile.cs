namespace FaissSdk.Native;

/// <summary>Represents a temporary file that only this user can read; disposing deletes it.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile() => Path = System.IO.Path.GetTempFileName();

    public string Path { get; }

    public FileStream OpenWrite() => new(Path, FileMode.Open, FileAccess.Write);

    public void Dispose() => File.Delete(Path);
}
