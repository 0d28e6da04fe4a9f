namespace FaissSdk.Tests.Sizes;

/// <summary>Lists numbers at and beyond the limits of what a member can accept.</summary>
internal static class ExtremeValues
{
    private static readonly int[] Integers = [0, -1, int.MinValue, int.MaxValue, int.MaxValue - 7, 1 << 20, 100_000];

    /// <summary>Returns the numbers of a type; none for a type that is not numeric.</summary>
    public static IEnumerable<object> Of(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) => Integers.Select(value => (object)value),
        var t when t == typeof(long) => Integers.Select(value => (object)(long)value).Concat([long.MinValue, long.MaxValue, 1L << 40]),
        var t when t == typeof(float) => new object[] { 0f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, 1e9f },
        var t when t == typeof(double) => new object[] { 0.0, -1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 1e9, 2_147_483_647.0 },
        { IsEnum: true } t => [Enum.ToObject(t, -1), Enum.ToObject(t, int.MaxValue)],
        _ => [],
    };
}
