using System.Net.Http.Json;
using FaissSdk.VectorData.Sample;
using Microsoft.AspNetCore.Builder;

namespace FaissSdk.VectorData.Tests;

/// <summary>The sample, running on a free port with the first members of the documentation.</summary>
public sealed class RunningSample : IAsyncLifetime
{
    public const int Members = 6_000;

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    internal HttpClient Http { get; private set; } = null!;

    internal Uri Address => Http.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        if (FaissLibrary.IsAvailable)
        {
            await Start();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _folder.Dispose();
    }

    /// <summary>Starts the sample, and waits for the documentation to be read.</summary>
    internal async Task Start()
    {
        _app = DocumentationSearch.Build(["--urls", "http://127.0.0.1:0", "--members", $"{Members}"], _folder.Path);
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        while ((await Http.GetFromJsonAsync<DocumentationSearch.Status>("status"))!.Complete is false)
        {
            await Task.Delay(50);
        }
    }

    internal async Task Stop()
    {
        if (_app is not null)
        {
            Http.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }
}
