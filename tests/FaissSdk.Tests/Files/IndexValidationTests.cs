using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Files;

/// <summary>Files of unknown origin are tried in a child process.</summary>
public class IndexValidationTests
{
    private const int Dimension = 8;
    private const int Count = 500;

    private static bool IsSupported => Tests.Native.IsAvailable && FaissLibrary.Supports("faiss_sdk_try_file") && !OperatingSystem.IsWindows();

    [Fact]
    public void A_library_without_trials_does_not_validate()
    {
        Assert.SkipWhen(!Tests.Native.IsAvailable || IsSupported, "The library validates.");
        using var folder = new TemporaryFolder();
        var path = Save(folder, "Flat");
        Assert.Throws<NotSupportedException>(() => FaissIndex.Load(path, IndexValidation.Default));
    }

    [Fact]
    public void A_sound_file_is_loaded_from_anywhere()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        var path = Save(folder, "IVF4,Flat");
        var bytes = File.ReadAllBytes(path);
        using var loaded = FaissIndex.Load(path, IndexValidation.Default);
        using var deserialized = FaissIndex.Deserialize(bytes, IndexValidation.Default);
        using var stream = new MemoryStream([.. bytes, 7]);
        using var read = FaissIndex.Load(stream, IndexValidation.Default);
        Assert.IsType<IndexIVFFlat>(loaded);
        Assert.Equal([Count, Count, Count], new[] { loaded.Count, deserialized.Count, read.Count });
        Assert.Equal(7, stream.ReadByte());
    }

    [Fact]
    public void A_mapped_file_is_tried_as_it_is_read()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        using var index = FaissIndex.Load(Save(folder, "IVF4,Flat"), IndexValidation.Default, IndexReadOptions.Mmap | IndexReadOptions.ReadOnly);
        Assert.Equal(Count, index.Count);
    }

    [Fact]
    public void A_file_that_ends_its_reader_is_refused()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "lattice");

        // A lattice of 2^31 − 1 dimensions, for which FAISS reserves memory before it checks anything.
        File.WriteAllBytes(path, [.. "IxLa"u8, .. BitConverter.GetBytes(int.MaxValue), 2, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]);
        var validation = new IndexValidation { Timeout = TimeSpan.FromSeconds(2), MaxMemory = 64 << 20 };
        var message = Assert.Throws<FaissException>(() => FaissIndex.Load(path, validation)).Message;
        Assert.Contains(path, message);
        Assert.Contains("trial", message);
    }

    [Fact]
    public void A_trial_keeps_to_its_time()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        var message = Assert.Throws<FaissException>(() => FaissIndex.Load(SaveLarge(folder), new IndexValidation { Timeout = TimeSpan.FromTicks(1) })).Message;
        Assert.Contains("takes longer than 1 ms", message);
    }

    [Fact]
    public void A_trial_keeps_to_its_memory()
    {
        Assert.SkipUnless(IsSupported && OperatingSystem.IsLinux(), "The library does not validate, or the system does not limit memory.");
        using var folder = new TemporaryFolder();
        var path = SaveLarge(folder);
        var message = Assert.Throws<FaissException>(() => FaissIndex.Load(path, new IndexValidation { MaxMemory = 8 << 20 })).Message;
        Assert.Contains("memory", message);
        using var loaded = FaissIndex.Load(path, IndexValidation.Default);
        Assert.Equal(8192, loaded.Count);
    }

    [Fact]
    public void A_damaged_file_is_refused_with_the_fault()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        var path = Save(folder, "HNSW8");
        var file = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(file.AsSpan().IndexOf("IxF2"u8) - 8), 0);
        File.WriteAllBytes(path, file);
        Assert.Contains("efSearch is 0", Assert.Throws<FaissException>(() => FaissIndex.Load(path, IndexValidation.Default)).Message);
    }

    [Fact]
    public void A_trial_that_cannot_begin_says_nothing_about_the_file()
    {
        Assert.SkipUnless(IsSupported && OperatingSystem.IsLinux(), "The library does not validate, or the limit of descriptors has another number.");
        using var folder = new TemporaryFolder();
        ChildProcess.Run(TryWithoutDescriptors, Save(folder, "IVF4,Flat")).AssertReturned();
    }

    // A child process reports by a pipe, for which there are no descriptors left.
    private static void TryWithoutDescriptors(string path)
    {
        const int descriptors = 7;
        Exception? Try(string file)
        {
            try
            {
                FaissIndex.Load(file, IndexValidation.Default).Dispose();
                return null;
            }
            catch (Exception exception)
            {
                return exception;
            }
        }

        // Assemblies that are loaded meanwhile would need descriptors.
        File.WriteAllText(path + ".damaged", "IxF2");
        Assert.IsType<FaissException>(Try(path + ".damaged"));
        Assert.Null(Try(path));
        Assert.Equal(0, SetLimit(descriptors, [200, 4096]));
        var open = new List<FileStream>();
        try
        {
            while (open.Count < 200)
            {
                open.Add(File.OpenRead("/dev/null"));
            }
        }
        catch (IOException)
        {
            // One descriptor is for the file.
            open[^1].Dispose();
        }

        var error = Try(path);
        open.ForEach(stream => stream.Dispose());
        Assert.IsType<IOException>(error);
        Assert.Contains("could not be tried in a child process", error.Message, StringComparison.Ordinal);
        FaissIndex.Load(path, IndexValidation.Default).Dispose();
    }

    [Fact]
    public void A_trial_that_is_interrupted_says_nothing_about_the_file()
    {
        Assert.SkipUnless(IsSupported && OperatingSystem.IsLinux(), "The library does not validate, or the system has no /proc.");
        using var folder = new TemporaryFolder();
        ChildProcess.Run(InterruptTrials, LargeIndexFile.Write(folder.File("large"))).AssertReturned();
    }

    private static void InterruptTrials(string path)
    {
        Exception? Interrupted(int signal)
        {
            var load = Task.Run(() => Record.Exception(() => FaissIndex.Load(path, IndexValidation.Default).Dispose()));
            ProcessChildren.Signal(ProcessChildren.WaitForOne(Environment.ProcessId, () => load.IsCompleted), signal);
            return load.Result;
        }

        foreach (var (signal, name) in ((int, string)[])[(1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (15, "SIGTERM")])
        {
            var error = Assert.IsType<OperationCanceledException>(Interrupted(signal));
            Assert.StartsWith($"'{path}' was not tried to the end: {name}", error.Message, StringComparison.Ordinal);
        }

        // A lack of memory ends a process so.
        Assert.Contains("ends the process by signal 9", Assert.IsType<FaissException>(Interrupted(9)).Message, StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, ulong[] limits);

    [Fact]
    public async Task Two_hundred_trials_succeed_beside_busy_threads()
    {
        Assert.SkipUnless(IsSupported, "The library does not validate.");
        using var folder = new TemporaryFolder();
        var path = Save(folder, "IVF4,PQ4x4");
        using var searched = FaissIndex.Load(path);
        var queries = TestData.Uniform(16, Dimension);
        using var stop = new CancellationTokenSource();
        var failures = new ConcurrentQueue<Exception>();
        Task Busy(Action work) => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    work();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Task[] busy =
        [
            Busy(() => searched.Search(queries, 5)),
            Busy(() => searched.Clone().Dispose()),
            Busy(() => Assert.ThrowsAny<Exception>(() => FaissIndex.Deserialize("IxFI"u8.ToArray()))),
            Busy(() => GC.KeepAlive(new byte[1 << 20])),
        ];
        for (var i = 0; i < 200; i++)
        {
            if (Record.Exception(() => FaissIndex.Load(path, IndexValidation.Default).Dispose()) is { } failure)
            {
                failures.Enqueue(failure);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(busy);
        Assert.Empty(failures);
    }

    // Reading 32 MB takes more than a millisecond.
    private static string SaveLarge(TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "large");
        using var index = new IndexFlatL2(1024);
        index.Add(new float[8192 * 1024]);
        index.Save(path);
        return path;
    }

    private static string Save(TemporaryFolder folder, string description)
    {
        var path = Path.Combine(folder.Path, Guid.NewGuid().ToString("N"));
        using var index = FaissIndex.Create(Dimension, description);
        var vectors = TestData.Uniform(Count, Dimension);
        index.Train(vectors);
        index.Add(vectors);
        index.Save(path);
        return path;
    }
}
