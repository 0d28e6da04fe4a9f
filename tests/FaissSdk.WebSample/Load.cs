using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FaissSdk.WebSample;

/// <summary>Starts the service on the loopback interface, and uses it from several clients at once: each adds, finds and removes vectors of its own.</summary>
internal sealed class Load : IDisposable
{
    private const int Clients = 8;

    private readonly HttpClient _http;
    private readonly ConcurrentBag<double> _milliseconds = [];
    private int _abandoned;
    private int _kept;

    private Load(Uri address) => _http = new HttpClient { BaseAddress = address };

    public void Dispose() => _http.Dispose();

    /// <summary>Runs the load, and prints what it has seen.</summary>
    /// <returns>0 if all checks succeed.</returns>
    public static async Task<int> Run(TimeSpan duration)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("faiss-sdk-").FullName, "vectors.faiss");
        try
        {
            await using (var app = VectorService.Build(["--urls", "http://127.0.0.1:0"], file))
            {
                var waiting = 0;
                app.Use(async (context, next) =>
                {
                    Interlocked.Increment(ref waiting);
                    try
                    {
                        await next(context);
                    }
                    finally
                    {
                        Interlocked.Decrement(ref waiting);
                    }
                });
                await app.StartAsync();
                var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
                using var load = new Load(new Uri(address));
                await load.ExpectHealth();
                await load.AbandonWaiting(app.Services.GetRequiredKeyedService<ConcurrentIndex>(VectorService.Index), () => Volatile.Read(ref waiting));
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => load.RunClient(client, duration))));
                await app.StopAsync();
                load.Report();
                using var saved = FaissIndex.Load(file);
                Expect(saved.Count == load._kept, $"the file that was saved at shutdown has {saved.Count} vectors, expected {load._kept}");
            }

            Console.WriteLine("all holds");
            return 0;
        }
        catch (InvalidOperationException fault)
        {
            Console.WriteLine($"FAULT  {fault.Message}");
            return 1;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static void Expect(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidOperationException(fault);
        }
    }

    private async Task ExpectHealth()
    {
        var health = await _http.GetStringAsync(new Uri("health", UriKind.Relative));
        Expect(health == "Healthy", $"the health is {health}");
    }

    // Searches that wait for a change are abandoned; none of them may reach FAISS.
    private async Task AbandonWaiting(ConcurrentIndex index, Func<int> waiting)
    {
        var searches = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == FaissDiagnostics.MeterName && instrument.Name == "faiss.call.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => searches += tags.ToArray().Any(tag => Equals(tag.Value, "search")) ? 1 : 0);
        listener.Start();

        using var release = new ManualResetEventSlim();
        using var abandon = new CancellationTokenSource();
        var change = Task.Run(() => index.Change(_ => release.Wait()));
        var requests = Enumerable.Range(0, 4).Select(_ => Search(new float[VectorService.Dimension], abandon.Token)).ToArray();
        await Until(() => waiting() == requests.Length, "the searches do not arrive");
        await abandon.CancelAsync();
        await Until(() => waiting() == 0, "searches that were abandoned still wait");
        release.Set();
        await change;
        foreach (var request in requests)
        {
            await request.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        Expect(requests.All(request => request.IsCanceled), "a search was answered before it was abandoned");
        Expect(searches == 0, $"{searches} abandoned searches were made");
    }

    private static async Task Until(Func<bool> condition, string fault)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Expect(watch.Elapsed < TimeSpan.FromSeconds(20), fault);
            await Task.Delay(5);
        }
    }

    private async Task RunClient(int client, TimeSpan duration)
    {
        var random = new Random(client);
        var watch = Stopwatch.StartNew();
        for (var round = 0L; watch.Elapsed < duration; round++)
        {
            var id = (round * Clients) + client;
            var vector = new float[VectorService.Dimension];
            foreach (ref var component in vector.AsSpan())
            {
                component = random.NextSingle();
            }

            using (var added = await _http.PostAsJsonAsync($"vectors/{id}", vector))
            {
                added.EnsureSuccessStatusCode();
            }

            var started = Stopwatch.GetTimestamp();
            var found = await Search(vector, default);
            _milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Expect(found is [{ } nearest, ..] && nearest.Id == id && nearest.Distance < 1e-3f, $"vector {id} is not found by itself");
            await Abandon(vector, round);
            if (round % 4 != 0)
            {
                using var removed = await _http.DeleteAsync(new Uri($"vectors/{id}", UriKind.Relative));
                Expect(removed.StatusCode == HttpStatusCode.NoContent, $"vector {id} is not removed: {removed.StatusCode}");
                Expect((await Search(vector, default)).All(other => other.Id != id), $"vector {id} is found after it was removed");
            }
            else
            {
                Interlocked.Increment(ref _kept);
            }
        }
    }

    private async Task Abandon(float[] vector, long round)
    {
        using var abandon = new CancellationTokenSource(TimeSpan.FromMicroseconds(100 * (round % 20)));
        try
        {
            await Search(vector, abandon.Token);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _abandoned);
        }
    }

    private async Task<VectorService.Found[]> Search(float[] query, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync("search?k=3", query, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<VectorService.Found[]>(cancellationToken))!;
    }

    private void Report()
    {
        var sorted = _milliseconds.Order().ToArray();
        Console.WriteLine(FormattableString.Invariant(
            $"{Clients} clients, {sorted.Length} rounds of adding, finding and removing; a search took {sorted[sorted.Length / 2]:F2} ms in the median, {sorted[sorted.Length * 99 / 100]:F2} ms at 99 %; {_abandoned} searches abandoned, {_kept} vectors kept"));
    }
}
