using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;

namespace FaissSdk.Interop;

/// <summary>Receives what FAISS prints from libraries that pass it on (native/extensions/printing.cpp), and calls the listeners.</summary>
/// <remarks>The library gets a handler when there is someone to receive its lines, so that its own threads do not enter .NET before. The handler stays: it returns whether anyone takes a line.</remarks>
internal static unsafe class PrintedMessages
{
    private static readonly Lock Gate = new();
    private static PrintFunctions _functions;
    private static EventHandler<FaissMessageEventArgs>? _listeners;
    private static bool _showsReports;
    private static bool _isConnected;
    private static long _listenerExceptions;

    /// <summary>Occurs when FAISS prints a line, on the thread that prints it.</summary>
    public static event EventHandler<FaissMessageEventArgs>? Printed
    {
        add
        {
            lock (Gate)
            {
                _listeners += value;
                Connect();
            }
        }

        remove
        {
            lock (Gate)
            {
                _listeners -= value;
            }
        }
    }

    /// <summary>Gets the number of warnings that nobody received.</summary>
    public static long DroppedWarnings => Functions.DroppedWarnings;

    /// <summary>Gets the number of exceptions that listeners threw.</summary>
    public static long ListenerExceptions => Volatile.Read(ref _listenerExceptions);

    /// <summary>Gets a value indicating whether the loaded library passes on what FAISS prints.</summary>
    public static bool ArePassedOn => Functions.Exist;

    private static PrintFunctions Functions
    {
        get
        {
            lock (Gate)
            {
                return _functions;
            }
        }
    }

    /// <summary>Writes reports and progress to the standard output while there is no listener, once the user has asked for any.</summary>
    /// <param name="areAskedFor">Whether the user asks for them.</param>
    public static void ShowReports(bool areAskedFor)
    {
        if (areAskedFor && !_showsReports)
        {
            lock (Gate)
            {
                _showsReports = true;
                Connect();
            }
        }
    }

    /// <summary>Begins to receive lines of a library that has been loaded.</summary>
    public static void Begin(PrintFunctions functions)
    {
        lock (Gate)
        {
            _functions = functions;
            Connect();
        }
    }

    private static void Connect()
    {
        // The library would outlive the code of a handler in a load context that can be unloaded.
        if (_isConnected || !_functions.Exist || (_listeners is null && !_showsReports) || AssemblyLoadContext.GetLoadContext(typeof(PrintedMessages).Assembly) is { IsCollectible: true })
        {
            return;
        }

        _isConnected = _functions.TryAdd(&Receive);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Receive(int isWarning, sbyte* text, nuint length)
    {
        // An exception would end the process, as it cannot pass through FAISS.
#pragma warning disable CA1031
        try
        {
            return Pass(new FaissMessageEventArgs(Encoding.UTF8.GetString((byte*)text, (int)length), isWarning != 0)) ? 1 : 0;
        }
        catch (Exception)
        {
            return 0;
        }
#pragma warning restore CA1031
    }

    private static bool Pass(FaissMessageEventArgs message)
    {
        if (Volatile.Read(ref _listeners) is { } listeners)
        {
            foreach (var listener in Delegate.EnumerateInvocationList(listeners))
            {
                Call(listener, message);
            }

            return true;
        }

        if (_showsReports && !message.IsWarning)
        {
            Console.Out.WriteLine(message.Text);
        }

        return false;
    }

    private static void Call(EventHandler<FaissMessageEventArgs> listener, FaissMessageEventArgs message)
    {
#pragma warning disable CA1031
        try
        {
            listener(null, message);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _listenerExceptions);
        }
#pragma warning restore CA1031
    }
}
