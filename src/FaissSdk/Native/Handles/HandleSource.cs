namespace FaissSdk.Native;

/// <summary>Specifies where a native object, or a part of it, comes from, as far as the object itself does not show it.</summary>
[Flags]
internal enum HandleSource
{
    Made = 0,

    /// <summary>Read from a file, a stream or memory.</summary>
    Loaded = 1,

    /// <summary>Read with <see cref="IndexReadOptions.ReadOnly"/>.</summary>
    ReadOnly = 2,

    /// <summary>Read with <see cref="IndexReadOptions.Mmap"/>.</summary>
    Mapped = 4,

    /// <summary>Read with <see cref="IndexReadOptions.MmapVectors"/>.</summary>
    MappedVectors = 8,
}
