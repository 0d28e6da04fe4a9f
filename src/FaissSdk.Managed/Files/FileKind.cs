namespace FaissSdk;

/// <summary>Specifies the type of a file.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    Pipe,
    CharacterDevice,
    BlockDevice,
    Other,
}
