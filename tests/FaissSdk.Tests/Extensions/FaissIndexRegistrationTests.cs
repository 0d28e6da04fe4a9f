using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaissSdk.Tests.Extensions;

/// <summary>What AddFaissIndex registers, and when an index is loaded, created, saved and disposed.</summary>
public sealed class FaissIndexRegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceCollection _services = new();

    private string Path => _folder.File("index.faiss");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_index_is_loaded_from_its_file()
    {
        Save(3);
        using var provider = _services.AddFaissIndex("a", Path).BuildServiceProvider();
        Assert.Equal(3, provider.GetRequiredKeyedService<ConcurrentIndex>("a").Count);
        Assert.IsType<IndexFlatL2>(provider.GetRequiredKeyedService<FaissIndex>("a"));
    }

    [Fact]
    public void An_index_is_created_by_its_factory_string()
    {
        Native.Require();
        using var provider = _services.AddFaissIndex("a", 4, "Flat", MetricType.InnerProduct).AddFaissIndex("b", 8, "IDMap,Flat").BuildServiceProvider();
        var index = provider.GetRequiredKeyedService<ConcurrentIndex>("a");
        Assert.Equal((4, MetricType.InnerProduct, 0), (index.Dimension, index.Metric, index.Count));
        Assert.Equal(8, provider.GetRequiredKeyedService<ConcurrentIndex>("b").Dimension);
        Assert.Same(index, provider.GetRequiredKeyedService<ConcurrentIndex>("a"));
    }

    [Fact]
    public void A_created_index_is_prepared_once()
    {
        Native.Require();
        using var provider = Register(options => options.Prepare = index => index.Add(new float[20])).BuildServiceProvider();
        Assert.Equal(5, provider.GetRequiredKeyedService<ConcurrentIndex>("a").Count);
        Assert.Equal(5, provider.GetRequiredKeyedService<FaissIndex>("a").Count);
    }

    [Fact]
    public void A_file_that_exists_takes_precedence()
    {
        Save(3);
        using var provider = Register(options => options.Prepare = _ => Assert.Fail("The index is not created.")).BuildServiceProvider();
        Assert.Equal(3, provider.GetRequiredKeyedService<ConcurrentIndex>("a").Count);
    }

    [Fact]
    public void The_index_is_disposed_with_the_provider()
    {
        Native.Require();
        FaissIndex index;
        using (var provider = Register().BuildServiceProvider())
        {
            index = provider.GetRequiredKeyedService<FaissIndex>("a");
        }

        Assert.Throws<ObjectDisposedException>(() => index.Count);
    }

    [Fact]
    public async Task The_host_loads_the_index_when_it_starts_and_saves_it_when_it_has_stopped()
    {
        Native.Require();
        var created = 0;
        await using var provider = Register(options => (options.SaveAtShutdown, options.Prepare) = (true, _ => created++)).BuildServiceProvider();
        var lifetime = Assert.IsAssignableFrom<IHostedLifecycleService>(Assert.Single(provider.GetServices<IHostedService>()));
        await lifetime.StartingAsync(default);
        Assert.Equal(1, created);

        await lifetime.StopAsync(default);
        provider.GetRequiredKeyedService<ConcurrentIndex>("a").Add(new float[8]);
        Assert.False(File.Exists(Path));
        await lifetime.StoppedAsync(default);
        using var saved = FaissIndex.Load(Path);
        Assert.Equal(2, saved.Count);
    }

    [Fact]
    public async Task The_index_is_saved_after_the_timeout_of_the_host()
    {
        Native.Require();
        await using var provider = Register(options => options.SaveAtShutdown = true).BuildServiceProvider();
        var lifetime = (IHostedLifecycleService)provider.GetServices<IHostedService>().Single();
        await lifetime.StartingAsync(default);
        provider.GetRequiredKeyedService<ConcurrentIndex>("a").Add(new float[8]);
        await lifetime.StoppedAsync(new CancellationToken(canceled: true));
        using var saved = FaissIndex.Load(Path);
        Assert.Equal(2, saved.Count);
    }

    [Theory]
    [InlineData("other.faiss", true)]
    [InlineData("other.faiss", false)]
    [InlineData(null, true)]
    public async Task The_index_is_saved_by_the_options_that_it_was_made_with(string? other, bool save)
    {
        Native.Require();
        var (path, saves) = ((string?)Path, true);
        await using var provider = Register(options => (options.Path, options.SaveAtShutdown) = (path, saves)).BuildServiceProvider();
        var lifetime = (IHostedLifecycleService)provider.GetServices<IHostedService>().Single();
        await lifetime.StartingAsync(default);

        // As a configuration does when its file changes.
        (path, saves) = (other is null ? null : _folder.File(other), save);
        provider.GetRequiredService<IOptionsMonitorCache<FaissIndexOptions>>().Clear();
        await lifetime.StoppedAsync(default);

        Assert.True(File.Exists(Path));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task An_index_that_could_not_be_loaded_is_loaded_by_later_options()
    {
        Save(3);
        var path = "absent.faiss";
        _services.AddFaissIndex("a", options => options.Path = path);
        await using var provider = _services.BuildServiceProvider();
        Assert.Throws<FileNotFoundException>(() => provider.GetRequiredKeyedService<ConcurrentIndex>("a"));
        path = Path;
        provider.GetRequiredService<IOptionsMonitorCache<FaissIndexOptions>>().Clear();
        Assert.Equal(3, provider.GetRequiredKeyedService<ConcurrentIndex>("a").Count);
    }

    [Fact]
    public async Task A_missing_file_stops_the_host()
    {
        Native.Require();
        await using var provider = _services.AddFaissIndex("a", Path).BuildServiceProvider();
        var lifetime = (IHostedLifecycleService)provider.GetServices<IHostedService>().Single();
        await Assert.ThrowsAsync<FileNotFoundException>(() => lifetime.StartingAsync(default));
    }

    [Theory]
    [InlineData(null, null, 0, false, "The index 'a' has neither a Path nor a Factory")]
    [InlineData(null, "Flat", 0, false, "The index 'a' has the Dimension 0; set the number of components")]
    [InlineData(null, "Flat", 4, true, "The index 'a' is to be saved at shutdown and has no Path")]
    public void Options_that_name_no_index_are_refused(string? path, string? factory, int dimension, bool save, string message)
    {
        using var provider = _services.AddFaissIndex("a", options => (options.Path, options.Factory, options.Dimension, options.SaveAtShutdown) = (path, factory, dimension, save)).BuildServiceProvider();
        Assert.StartsWith(message, Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<ConcurrentIndex>("a")).Message);
    }

    [Fact]
    public void Named_options_are_combined()
    {
        Native.Require();
        Register().Configure<FaissIndexOptions>("a", options => options.Dimension = 16).Configure<FaissIndexOptions>("b", options => options.Dimension = 32);
        using var provider = _services.BuildServiceProvider();
        Assert.Equal(16, provider.GetRequiredKeyedService<ConcurrentIndex>("a").Dimension);
    }

    [Fact]
    public void A_name_can_be_registered_once()
    {
        var error = Assert.Throws<ArgumentException>(() => Register().AddFaissIndex("a", "other.faiss"));
        Assert.StartsWith("An index 'a' is registered already", error.Message);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentException>("name", () => _services.AddFaissIndex("", "index.faiss"));
        Assert.Throws<ArgumentException>("path", () => _services.AddFaissIndex("a", ""));
        Assert.Throws<ArgumentException>("factory", () => _services.AddFaissIndex("a", 4, ""));
        Assert.Throws<ArgumentOutOfRangeException>("dimension", () => _services.AddFaissIndex("a", 0, "Flat"));
        Assert.Throws<ArgumentNullException>("configure", () => _services.AddFaissIndex("a", (Action<FaissIndexOptions>)null!));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddFaissIndex("a", "index.faiss"));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddFaissLogging());
        Assert.Throws<ArgumentNullException>("builder", () => ((IHealthChecksBuilder)null!).AddFaissIndex("a"));
        Assert.Throws<ArgumentException>("name", () => _services.AddHealthChecks().AddFaissIndex(""));
    }

    private IServiceCollection Register(Action<FaissIndexOptions>? configure = null) => _services.AddFaissIndex("a", options =>
    {
        (options.Path, options.Factory, options.Dimension) = (Path, "Flat", 4);
        configure?.Invoke(options);
    });

    private void Save(int count)
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        index.Add(new float[4 * count]);
        index.Save(Path);
    }
}
