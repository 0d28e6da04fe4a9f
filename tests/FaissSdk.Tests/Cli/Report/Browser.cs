using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaissSdk.Tests.Cli;

/// <summary>Drives a page of Chromium without a window, over its debugging protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _answers = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _loaded = new();
    private string? _session;
    private int _last;

    private Browser(Process process) => _process = process;

    /// <summary>Gets the path of Chromium; null if there is none.</summary>
    public static string? Program { get; } = Find();

    /// <summary>Gets what the page has reported as an error or a warning.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Gets the addresses that the page has requested.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<Browser> Start(TemporaryFolder folder)
    {
        string[] arguments =
        [
            "--headless=new", "--remote-debugging-port=0", "--user-data-dir=" + folder.CreateFolder("profile"), "--no-first-run", "--disable-gpu",
            "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--force-device-scale-factor=1",
            // A sandbox needs rights that containers and the superuser do not have; the pages are our own.
            "--no-sandbox", "--disable-dev-shm-usage", "about:blank",
        ];
        var process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var browser = new Browser(process);
        try
        {
            await browser._socket.ConnectAsync(new Uri(await Address(process)), new CancellationTokenSource(Timeout).Token);
            _ = Task.Run(browser.Receive);
            var target = await browser.Send("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
            var attached = await browser.Send("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
            browser._session = attached["sessionId"]!.GetValue<string>();
            foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"])
            {
                await browser.Send(domain + ".enable");
            }

            await browser.Send("Page.setLifecycleEventsEnabled", new JsonObject { ["enabled"] = true });

            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async Task Open(string path)
    {
        var loader = (await Send("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri }))["loaderId"]!.GetValue<string>();
        await Loaded(loader).Task.WaitAsync(Timeout);
    }

    /// <summary>Evaluates an expression of JavaScript, whose value JSON can hold.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var answer = await Send("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, answer.ToJsonString());
        return answer["result"]!["value"]?.DeepClone();
    }

    public async Task<T> Evaluate<T>(string expression) => (await Evaluate(expression))!.GetValue<T>();

    public async Task Press(string key)
    {
        var code = key switch { "Tab" => 9, "Enter" => 13, "Escape" => 27, " " => 32, "ArrowLeft" => 37, "ArrowUp" => 38, "ArrowRight" => 39, "ArrowDown" => 40, _ => throw new ArgumentOutOfRangeException(nameof(key)) };
        var text = key switch { "Enter" => "\r", " " => " ", _ => null };
        var down = new JsonObject { ["type"] = text is null ? "rawKeyDown" : "keyDown", ["key"] = key, ["code"] = key == " " ? "Space" : key, ["windowsVirtualKeyCode"] = code };
        if (text is not null)
        {
            down["text"] = text;
        }

        await Send("Input.dispatchKeyEvent", down);
        await Send("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["code"] = key == " " ? "Space" : key, ["windowsVirtualKeyCode"] = code });
    }

    public Task Point(double x, double y) => Send("Input.dispatchMouseEvent", new JsonObject { ["type"] = "mouseMoved", ["x"] = x, ["y"] = y });

    public async Task SetScheme(string scheme)
    {
        await Send("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await NextFrame();
    }

    public async Task SetWidth(int width)
    {
        await Send("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });

        // A page is told of its size before the next frame.
        await NextFrame();
    }

    /// <summary>Returns a picture of the whole page as PNG.</summary>
    public async Task<byte[]> Capture() =>
        Convert.FromBase64String((await Send("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true, ["format"] = "png" }))["data"]!.GetValue<string>());

    public async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        var number = Interlocked.Increment(ref _last);
        var answer = _answers[number] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(Timeout);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _end.Dispose();
        _sending.Dispose();
    }

    private static string? Find() =>
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named
        : !OperatingSystem.IsLinux() ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser")])
            .FirstOrDefault(File.Exists);

    private async Task NextFrame() => await Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");

    // The empty page of the start is loaded too, and may be so after another one was asked for: each load has an identifier.
    private TaskCompletionSource Loaded(string loader) => _loaded.GetOrAdd(loader, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    // Chromium chooses a free port, and names it.
    private static async Task<string> Address(Process process)
    {
        const string start = "DevTools listening on ";
        var named = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                named.TrySetException(new InvalidOperationException("Chromium ended before it was ready."));
            }
            else if (line.Data.StartsWith(start, StringComparison.Ordinal))
            {
                named.TrySetResult(line.Data[start.Length..]);
            }
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return await named.Task.WaitAsync(Timeout);
    }

    private async Task Receive()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    Handle(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            foreach (var answer in _answers.Values)
            {
                answer.TrySetException(new InvalidOperationException("The connection to Chromium has ended.", e));
            }
        }
    }

    private void Handle(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } number && _answers.TryRemove(number, out var answer))
        {
            if (message["error"] is { } error)
            {
                answer.TrySetException(new InvalidOperationException(error.ToJsonString()));
            }
            else
            {
                answer.TrySetResult(message["result"]!);
            }

            return;
        }

        var parameters = message["params"];
        switch (message["method"]?.GetValue<string>())
        {
            case "Page.lifecycleEvent" when parameters!["name"]!.GetValue<string>() == "load":
                Loaded(parameters["loaderId"]!.GetValue<string>()).TrySetResult();
                break;
            case "Runtime.exceptionThrown" or "Log.entryAdded":
                Complaints.Enqueue(parameters!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when parameters!["type"]!.GetValue<string>() is "error" or "warning" or "assert":
                Complaints.Enqueue(parameters.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Enqueue(parameters!["request"]!["url"]!.GetValue<string>());
                break;
        }
    }
}
