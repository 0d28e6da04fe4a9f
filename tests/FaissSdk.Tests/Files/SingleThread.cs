using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Files;

/// <summary>Keeps OpenMP to one thread on this one: small trainings wait for threads more than they compute, most of all on a busy machine.</summary>
internal readonly unsafe ref struct SingleThread
{
    private static readonly nint OpenMP = NativeLibrary.TryLoad("libgomp.so.1", out var library) ? library : 0;

    private readonly int _before;

    public SingleThread()
    {
        if (OpenMP != 0)
        {
            _before = ((delegate* unmanaged<int>)NativeLibrary.GetExport(OpenMP, "omp_get_max_threads"))();
            Set(1);
        }
    }

    public void Dispose()
    {
        if (OpenMP != 0)
        {
            Set(_before);
        }
    }

    private static void Set(int threads) => ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(OpenMP, "omp_set_num_threads"))(threads);
}
