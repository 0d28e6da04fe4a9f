namespace FaissSdk.Native;

/// <summary>A function that not every FAISS version has; asked for before it is called, and looked up once.</summary>
internal sealed class OptionalFunction(string name)
{
    private volatile bool _present;

    /// <summary>Whether the loaded library has it.</summary>
    public bool IsPresent => _present || (_present = FaissLibrary.Supports(name));

    /// <exception cref="NotSupportedException">The loaded library lacks it.</exception>
    public void Require()
    {
        if (!_present)
        {
            FaissLibrary.Require(name);
            _present = true;
        }
    }
}
