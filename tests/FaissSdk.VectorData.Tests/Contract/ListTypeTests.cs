using System.Collections;

namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Arrays and lists of every type of data are stored.</summary>
public sealed class ListTypeTests
{
    private static readonly object[] Values =
    [
        new[] { true, false }, new byte[] { 0, 255 }, new short[] { short.MinValue, 3 }, new[] { int.MinValue, int.MaxValue }, new[] { long.MinValue, long.MaxValue },
        new[] { 0.1f, float.MaxValue }, new[] { 0.1, double.Epsilon }, new[] { 0.10m, decimal.MaxValue }, new[] { "a\"\n", "", null }, new[] { Guid.Empty, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) },
        new[] { DateOnly.MinValue, DateOnly.MaxValue }, new[] { TimeOnly.MinValue, TimeOnly.MaxValue }, new[] { TimeSpan.MinValue, TimeSpan.MaxValue },
        new[] { DateTime.MinValue, DateTime.MaxValue }, new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(2026, 11, 30, 1, 2, 3, TimeSpan.FromHours(-5)) },
    ];

    [Fact]
    public async Task Arrays_and_lists_are_read_as_they_were_written()
    {
        using var temporary = new TemporaryStore();
        object[] all = [.. Values, .. Values.Select(ToList)];
        var items = temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), .. all.Select((value, i) => new VectorStoreDataProperty($"P{i}", value.GetType()))],
        });
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(all.Select((value, i) => KeyValuePair.Create($"P{i}", (object?)value)).Append(new("Id", 1)).ToDictionary());
        var read = (await items.GetAsync(1))!;
        for (var i = 0; i < all.Length; i++)
        {
            Assert.IsType(all[i].GetType(), read[$"P{i}"]);
            Assert.Equal(((IEnumerable)all[i]).Cast<object?>(), ((IEnumerable)read[$"P{i}"]!).Cast<object?>());
        }
    }

    [Fact]
    public void Every_type_that_is_named_as_supported_has_arrays_and_lists()
    {
        var types = Storage.ColumnType.SupportedTypes.Split(", ")[..^1];
        Assert.Equal(types.Order(), Values.Select(value => value.GetType().GetElementType()!.Name).Order());
    }

    private static object ToList(object array) => Activator.CreateInstance(typeof(List<>).MakeGenericType(array.GetType().GetElementType()!), array)!;
}
