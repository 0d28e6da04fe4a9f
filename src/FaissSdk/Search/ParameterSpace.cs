using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Sets the parameters of an index of any type by name (FAISS: <c>ParameterSpace</c>).</summary>
/// <remarks>Names are FAISS's: <c>nprobe</c>, <c>efSearch</c>, <c>ht</c>, <c>k_factor_rf</c>, <c>max_codes</c>, <c>quantizer_nprobe</c>, … An instance must not be used by two threads at the same time.</remarks>
public sealed unsafe partial class ParameterSpace : IDisposable
{
    private const int NameLength = 1024;

    private static readonly OptionalFunction BinaryFunctions = new(nameof(FaissNative.faiss_ParameterSpace_set_index_parameter_binary));

    private readonly FreeHandle<FaissParameterSpace> _handle;

    /// <summary>Initializes a space without ranges. Its only combination sets no parameter.</summary>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public ParameterSpace()
    {
        FaissParameterSpace* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_new(&created));
        _handle = new FreeHandle<FaissParameterSpace>(created, &FaissNative.faiss_ParameterSpace_free);
    }

    /// <summary>Gets the number of combinations of the values of all ranges.</summary>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public long CombinationCount
    {
        get
        {
            using var space = _handle.AcquireAnytime(this);
            return (long)FaissNative.faiss_ParameterSpace_n_combinations(space.Pointer);
        }
    }

    /// <summary>Adds a range, or gets the range of that name. The C API has no function that adds values to a range.</summary>
    /// <param name="name">The name of the parameter.</param>
    /// <returns>The name and the values of the range.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public ParameterRange AddRange(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        using var space = _handle.AcquireToChange(this);
        FaissParameterRange* range = null;
        fixed (byte* text = Utf8.ZeroTerminated(name, nameof(name)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_add_range(space.Pointer, (sbyte*)text, &range));
        }

        double* values;
        nuint size;
        FaissNative.faiss_ParameterRange_values(range, &values, &size);
        return new ParameterRange(Utf8.ToString(FaissNative.faiss_ParameterRange_name(range)), new ReadOnlySpan<double>(values, (int)size).ToArray());
    }

    /// <summary>Returns the parameters of a combination, as <c>name=value,…</c>.</summary>
    /// <param name="combination">The number of the combination, from 0 to <see cref="CombinationCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="combination"/> is negative, or not less than <see cref="CombinationCount"/>.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public string CombinationName(long combination)
    {
        using var space = _handle.Acquire(this);
        CheckCombination(space.Pointer, combination);

        // FAISS does not terminate a name that it truncates.
        var text = stackalloc byte[NameLength + 1];
        new Span<byte>(text, NameLength + 1).Clear();
        Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_combination_name(space.Pointer, (nuint)combination, (sbyte*)text, NameLength));
        return Utf8.ToString((sbyte*)text);
    }

    /// <summary>Sets one parameter of an index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value of the parameter. FAISS truncates it to an integer; a larger <c>nprobe</c> than the number of lists means all lists.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is less than 1 or not finite; <c>max_codes</c> can be infinite, which stands for no limit.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameter(FaissIndex index, string name, double value)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        CheckValue(name, value, nameof(value));
        index.CheckSetting(name, value, nameof(value));
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        fixed (byte* text = Utf8.ZeroTerminated(name, nameof(name)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_set_index_parameter(space.Pointer, target.Pointer, (sbyte*)text, value), ErrorAdvice.NameParameter);
            NativeParts.LimitProbes(index.Parts);
        }
    }

    /// <summary>Sets parameters of an index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="parameters">The parameters, as <c>name=value,…</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="parameters"/> does not have this form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is less than 1.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter; the parameters before it are set.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameters(FaissIndex index, string parameters)
    {
        ArgumentNullException.ThrowIfNull(index);
        CheckParameters(parameters, index);
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        fixed (byte* text = Utf8.ZeroTerminated(parameters, nameof(parameters)))
        {
            var code = FaissNative.faiss_ParameterSpace_set_index_parameters(space.Pointer, target.Pointer, (sbyte*)text);
            NativeParts.LimitProbes(index.Parts);
            Status.ThrowIfFailed(code);
        }
    }

    /// <summary>Sets the parameters of a combination.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="combination">The number of the combination, from 0 to <see cref="CombinationCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="combination"/> is negative, or not less than <see cref="CombinationCount"/>.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameters(FaissIndex index, long combination)
    {
        ArgumentNullException.ThrowIfNull(index);
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        CheckCombination(space.Pointer, combination);
        Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_set_index_parameters_cno(space.Pointer, target.Pointer, (nuint)combination));
        NativeParts.LimitProbes(index.Parts);
    }

    /// <summary>Sets one parameter of a binary index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value of the parameter. FAISS truncates it to an integer; a larger <c>nprobe</c> than the number of lists means all lists.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is less than 1 or not finite; <c>max_codes</c> can be infinite, which stands for no limit.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameter(IndexBinary index, string name, double value)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        CheckValue(name, value, nameof(value));
        BinaryFunctions.Require();
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        fixed (byte* text = Utf8.ZeroTerminated(name, nameof(name)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_set_index_parameter_binary(space.Pointer, target.Pointer, (sbyte*)text, value), ErrorAdvice.NameParameter);
            NativeParts.LimitProbes(index.Parts);
        }
    }

    /// <summary>Sets parameters of a binary index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="parameters">The parameters, as <c>name=value,…</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="parameters"/> does not have this form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is less than 1.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter; the parameters before it are set.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameters(IndexBinary index, string parameters)
    {
        ArgumentNullException.ThrowIfNull(index);
        CheckParameters(parameters);
        BinaryFunctions.Require();
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        fixed (byte* text = Utf8.ZeroTerminated(parameters, nameof(parameters)))
        {
            var code = FaissNative.faiss_ParameterSpace_set_index_parameters_binary(space.Pointer, target.Pointer, (sbyte*)text);
            NativeParts.LimitProbes(index.Parts);
            Status.ThrowIfFailed(code);
        }
    }

    /// <summary>Sets the parameters of a combination on a binary index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the value.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="combination">The number of the combination, from 0 to <see cref="CombinationCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="combination"/> is negative, or not less than <see cref="CombinationCount"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">The type of the index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The space or the index is disposed.</exception>
    public void SetIndexParameters(IndexBinary index, long combination)
    {
        ArgumentNullException.ThrowIfNull(index);
        BinaryFunctions.Require();
        using var space = _handle.Acquire(this);
        using var target = index.Handle.AcquireAnytime(index);
        using var settings = index.Handle.WriteSettings(index.ReadsSettingsTwice);
        CheckCombination(space.Pointer, combination);
        Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_set_index_parameters_cno_binary(space.Pointer, target.Pointer, (nuint)combination));
    }

    /// <summary>Prints the ranges, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public void Display()
    {
        using var space = _handle.Acquire(this);
        PrintedMessages.ShowReports(true);
        FaissNative.faiss_ParameterSpace_display(space.Pointer);
    }

    /// <summary>Frees the native space.</summary>
    public void Dispose() => _handle.Dispose();

    private static void CheckCombination(FaissParameterSpace* space, long combination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(combination);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(combination, (long)FaissNative.faiss_ParameterSpace_n_combinations(space));
    }

    private static void CheckValue(string name, double value, string parameter)
    {
        // Files with more candidates of a graph count as damaged, as each thread of FAISS allocates memory for them.
        var largest = name.Contains("efSearch", StringComparison.Ordinal) || name.Contains("efConstruction", StringComparison.Ordinal) ? 1 << 20 : int.MaxValue;
        if (!(value >= 1 && value <= largest) && !(double.IsPositiveInfinity(value) && name.EndsWith("max_codes", StringComparison.Ordinal)))
        {
            throw new ArgumentOutOfRangeException(parameter, value, $"{name} must be from 1 to {largest}.");
        }

        PrintedMessages.ShowReports(name == "verbose");
    }

    private static void CheckParameters(string parameters, FaissIndex? index = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parameters);
        foreach (var parameter in parameters.Split(','))
        {
            if (parameter.Split('=') is not [{ Length: > 0 } name, var text]
                || name.AsSpan().ContainsAny(" \t\n")
                || !double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value))
            {
                throw new ArgumentException($"parameters contains '{parameter}'; each parameter must have the form name=number, such as nprobe=16.", nameof(parameters));
            }

            CheckValue(name, value, nameof(parameters));
            index?.CheckSetting(name, value, nameof(parameters));
        }
    }
}
