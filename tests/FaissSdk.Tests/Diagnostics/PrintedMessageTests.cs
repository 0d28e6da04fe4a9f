using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FaissSdk.Interop;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaissSdk.Tests.Diagnostics;

/// <summary>Where the output of FAISS goes. Each test has a process of its own, as a listener receives what all calls print; the streams of the process stay empty.</summary>
public sealed class PrintedMessageTests
{
    private const string Warning = "please provide at least";

    private static int _received;

    private static bool ArePassedOn => FaissLibrary.Supports(nameof(FaissNative.faiss_sdk_add_print_handler));

    [Fact]
    public void A_warning_reaches_a_listener_on_the_calling_thread() => RunSilently(_ =>
    {
        var messages = new MessageList();
        TrainWithFewVectors();
        var message = Assert.Single(messages.Received);
        Assert.Contains(Warning, message.Text, StringComparison.Ordinal);
        Assert.Equal((true, Environment.CurrentManagedThreadId, message.Text.TrimEnd()), (message.IsWarning, message.Thread, message.Text));
        Assert.Equal(0, FaissDiagnostics.DroppedWarnings);
    });

    [Fact]
    public void Warnings_of_threads_that_FAISS_starts_reach_a_listener() => RunSilently(_ =>
    {
        var messages = new MessageList();
        using var replicas = new IndexReplicas(4, threaded: true);
        using var first = FaissIndex.Create(4, "IVF2,Flat");
        using var second = FaissIndex.Create(4, "IVF2,Flat");
        replicas.AddReplica(first);
        replicas.AddReplica(second);
        replicas.Train(TestData.Clustered(20, 4, 2));
        Assert.Equal(2, messages.Received.Count);
        Assert.All(messages.Received, message => Assert.Contains(Warning, message.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, messages.Received.Select(message => message.Thread));
    });

    [Fact]
    public void Lines_of_OpenMP_threads_reach_a_listener()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Info.Version == "1.7.3", "Later versions print nothing in a parallel region that the SDK can reach.");
        RunSilently(_ =>
        {
            var messages = new MessageList();
            using var index = new IndexFlat1D();
            using (FaissThreads.Limit(8))
            {
                index.Add(TestData.Clustered(1_000_000, 1, 2));
            }

            Assert.All(messages.Received, message => Assert.StartsWith("merge ", message.Text, StringComparison.Ordinal));
            Assert.True(messages.Received.Select(message => message.Thread).Distinct().Count() > 1, $"{messages.Received.Count} lines of one thread");
        });
    }

    [Fact]
    public void Warnings_are_counted_while_nobody_listens() => RunSilently(_ =>
    {
        TrainWithFewVectors();
        TrainWithFewVectors();
        Assert.Equal(2, FaissDiagnostics.DroppedWarnings);
    });

    [Fact]
    public void Exceptions_of_listeners_are_counted() => RunSilently(_ =>
    {
        FaissDiagnostics.MessagePrinted += (_, _) => throw new InvalidOperationException("A listener fails.");
        var messages = new MessageList();
        TrainWithFewVectors();
        Assert.Single(messages.Received);
        Assert.Equal((1, 0), (FaissDiagnostics.ListenerExceptions, FaissDiagnostics.DroppedWarnings));
    });

    [Fact]
    public void A_removed_listener_receives_no_more() => RunSilently(_ =>
    {
        var messages = new MessageList();
        TrainWithFewVectors();
        messages.Dispose();
        TrainWithFewVectors();
        Assert.Single(messages.Received);
        Assert.Equal(1, FaissDiagnostics.DroppedWarnings);
    });

    [Fact]
    public void A_listener_can_remove_itself() => RunSilently(_ =>
    {
        var count = 0;
        void Listen(object? sender, FaissMessageEventArgs message)
        {
            count++;
            FaissDiagnostics.MessagePrinted -= Listen;
        }

        FaissDiagnostics.MessagePrinted += Listen;
        TrainWithFewVectors();
        TrainWithFewVectors();
        Assert.Equal(1, count);
    });

    [Fact]
    public void A_listener_does_not_load_the_library() => RunSilently(
        path =>
        {
            var messages = new MessageList();
            FaissLibrary.Use(path);
            TrainWithFewVectors();
            Assert.Single(messages.Received);
        },
        FaissLibrary.Info.Path);

    [Fact]
    public void A_listener_in_a_plugin_does_not_keep_it_from_being_unloaded() => RunSilently(_ =>
    {
        _received = 0;
        var plugin = ListenInPlugin();
        for (var i = 0; i < 20 && plugin.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(plugin.IsAlive);
        Assert.Equal((0, 1), (_received, FaissDiagnostics.DroppedWarnings));
        TrainWithFewVectors();
        Assert.Equal((0, 2), (_received, FaissDiagnostics.DroppedWarnings));
    });

    [Fact]
    public void Progress_of_a_verbose_index_reaches_a_listener() => RunSilently(_ =>
    {
        var messages = new MessageList();
        TrainVerbosely();
        Assert.NotEmpty(messages.Received);
        Assert.All(messages.Received, message => Assert.False(message.IsWarning, message.Text));
    });

    [Fact]
    public void Progress_of_a_verbose_index_goes_to_standard_output_without_a_listener()
    {
        RequirePassing();
        var run = ChildProcess.Run(_ =>
        {
            TrainVerbosely();
            TrainWithFewVectors();
        });
        run.AssertReturned();
        Assert.Contains("Training", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Warning, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_goes_to_standard_output_without_a_listener()
    {
        RequirePassing();
        var run = ChildProcess.Run(_ =>
        {
            using var space = new ParameterSpace();
            space.Display();
        });
        run.AssertReturned();
        Assert.StartsWith("ParameterSpace, 0 parameters", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trial_of_a_file_calls_no_listener_in_its_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot fork a process.");
        RunSilently(_ =>
        {
            using var folder = new TemporaryFolder();
            using (var index = FaissIndex.Create(4, "HNSW8"))
            {
                index.Add(TestData.Clustered(100, 4, 2));
                index.Save(folder.File("index.faiss"));
            }

            var messages = new MessageList();
            FaissIndex.Load(folder.File("index.faiss"), new IndexValidation()).Dispose();
            Assert.Empty(messages.Received);
        });
    }

    [Fact]
    public void Another_library_prints_as_before()
    {
        Native.Require();
        Assert.SkipWhen(ArePassedOn, "This library passes on what FAISS prints.");
        var run = ChildProcess.Run(_ =>
        {
            var messages = new MessageList();
            TrainWithFewVectors();
            Assert.Empty(messages.Received);
            Assert.Equal(0, FaissDiagnostics.DroppedWarnings);
        });
        run.AssertReturned();
        Assert.Contains(Warning, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_index_logs_warnings_until_the_provider_is_disposed() => RunSilently(_ =>
    {
        using var log = new LogList();
        using (var provider = new ServiceCollection().AddLogging(logging => logging.AddProvider(log))
            .AddFaissIndex("a", options => (options.Factory, options.Dimension, options.Prepare) = ("IVF2,Flat", 4, index => index.Train(TestData.Clustered(20, 4, 2))))
            .BuildServiceProvider())
        {
            provider.GetRequiredKeyedService<ConcurrentIndex>("a");
        }

        AssertLogged(log);
    });

    [Fact]
    public void A_host_logs_warnings_without_a_registered_index() => RunSilently(_ =>
    {
        using var log = new LogList();
        using (var provider = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).AddFaissLogging().AddFaissLogging().BuildServiceProvider())
        {
            Assert.Single(provider.GetServices<IHostedService>());
            TrainWithFewVectors();
        }

        AssertLogged(log);
    });

    [Fact]
    public void An_index_can_be_registered_without_logging() => RunSilently(_ =>
    {
        using var provider = new ServiceCollection().AddFaissIndex("a", 4, "Flat").BuildServiceProvider();
        provider.GetRequiredKeyedService<FaissIndex>("a");
        TrainWithFewVectors();
        Assert.Equal(1, FaissDiagnostics.DroppedWarnings);
    });

    // A copy of the SDK in a load context of its own, with the same native library.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ListenInPlugin()
    {
        var context = new PluginContext();
        var sdk = context.LoadFromAssemblyPath(typeof(FaissDiagnostics).Assembly.Location);
        var printed = sdk.GetType(typeof(FaissDiagnostics).FullName!)!.GetEvent(nameof(FaissDiagnostics.MessagePrinted))!;
        printed.AddEventHandler(null, new Action<object?, EventArgs>(Count).Method.CreateDelegate(printed.EventHandlerType!));
        var library = context.LoadFromAssemblyPath(typeof(FaissLibrary).Assembly.Location).GetType(typeof(FaissLibrary).FullName!)!;
        Assert.True((bool)library.GetProperty(nameof(FaissLibrary.IsAvailable))!.GetValue(null)!);
        TrainWithFewVectors();
        context.Unload();
        return new WeakReference(context);
    }

    private static void Count(object? sender, EventArgs message) => _received++;

    private static void AssertLogged(LogList log)
    {
        TrainWithFewVectors();
        var (category, level, text) = Assert.Single(log.Entries);
        Assert.Equal(("FaissSdk", "Warning"), (category, level));
        Assert.StartsWith("FAISS: WARNING clustering 20 points", text, StringComparison.Ordinal);
        Assert.Equal(1, FaissDiagnostics.DroppedWarnings);
    }

    private static void RequirePassing()
    {
        Native.Require();
        Assert.SkipUnless(ArePassedOn, "Only the libraries of scripts/build-native.sh pass on what FAISS prints.");
    }

    private static void RunSilently(Action<string> scenario, string argument = "")
    {
        RequirePassing();
        var run = ChildProcess.Run(scenario, argument);
        run.AssertReturned();
        // LLVM's OpenMP library reports that FAISS 1.7.3 calls a function of an old standard.
        Assert.Equal("", string.Join('\n', run.Output.Split('\n').Where(line => !line.StartsWith("OMP: Info #276", StringComparison.Ordinal))).Trim());
    }

    private static void TrainWithFewVectors()
    {
        using var index = FaissIndex.Create(4, "IVF2,Flat");
        index.Train(TestData.Clustered(20, 4, 2));
    }

    private static void TrainVerbosely()
    {
        using var index = FaissIndex.Create(4, "IVF2,Flat");
        index.Verbose = true;
        index.Train(TestData.Clustered(200, 4, 2));
    }

    private sealed class PluginContext() : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName name)
        {
            var file = Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");
            return name.Name!.StartsWith("FaissSdk", StringComparison.Ordinal) && File.Exists(file) ? LoadFromAssemblyPath(file) : null;
        }
    }
}
