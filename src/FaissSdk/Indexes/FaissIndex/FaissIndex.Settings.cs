using FaissSdk.Native;

namespace FaissSdk;

/// <content>Numbers and parts that the classes of single kinds of indexes show.</content>
public abstract unsafe partial class FaissIndex
{
    private protected double ReadSetting(IndexSetting setting)
    {
        using var index = Handle.AcquireAnytime(this);
        return IndexSettings.Read(index.Pointer, setting);
    }

    private protected void WriteSetting(IndexSetting setting, double value)
    {
        using var index = Handle.AcquireAnytime(this);
        IndexSettings.Write(index.Pointer, setting, value);
    }

    /// <summary>Returns the object of the part with a role.</summary>
    /// <exception cref="NotSupportedException">The library does not describe the part.</exception>
    private protected FaissIndex PartOf(string role)
    {
        using var index = Handle.Acquire(this);
        foreach (var part in Parts.Parts)
        {
            if (part.Role == role && part.Object != 0)
            {
                return View((NativeIndex*)part.Object);
            }
        }

        NativeParts.RequireFloats();
        throw new InvalidOperationException($"This {GetType().Name} has no part that is its {role}.");
    }
}
