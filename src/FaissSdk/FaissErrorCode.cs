namespace FaissSdk;

/// <summary>Specifies the kind of C++ exception behind a <see cref="FaissException"/>, as the C API reports it.</summary>
public enum FaissErrorCode
{
    /// <summary>No code: the exception does not come from a call of the C API.</summary>
    None = 0,

    /// <summary>An exception of an unknown type.</summary>
    Unknown = -1,

    /// <summary>An exception of FAISS itself (C++: <c>faiss::FaissException</c>).</summary>
    Faiss = -2,

    /// <summary>An exception of the C++ standard library (C++: <c>std::exception</c>).</summary>
    Standard = -4,
}
