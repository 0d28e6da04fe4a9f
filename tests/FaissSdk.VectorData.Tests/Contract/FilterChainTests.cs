using System.Linq.Expressions;

namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Filters that are made of lists of conditions.</summary>
public sealed class FilterChainTests : IAsyncLifetime
{
    private const int Long = 2_000;

    private static readonly ParameterExpression Parameter = Expression.Parameter(typeof(Hotel), "hotel");

    private readonly TemporaryStore _temporary = new();
    private FaissCollection<int, Hotel> _hotels = null!;

    public async ValueTask InitializeAsync()
    {
        _hotels = _temporary.Store.GetCollection<int, Hotel>("hotels");
        await _hotels.EnsureCollectionExistsAsync();
        await _hotels.UpsertAsync(Enumerable.Range(1, 9).Select(id => Hotel.Create(id, id, 0, 0, 0)));
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_chain_may_have_thousands_of_conditions()
    {
        Expression[] equal = [.. Enumerable.Range(5, Long).Select(id => Compare(Expression.Equal, id))];
        Expression[] different = [.. Enumerable.Range(5, Long).Select(id => Compare(Expression.NotEqual, id))];
        await CheckAsync([5, 6, 7, 8, 9], equal.Aggregate(Expression.OrElse));
        await CheckAsync([5, 6, 7, 8, 9], equal.Reverse().Aggregate((right, left) => Expression.OrElse(left, right)));
        await CheckAsync([5, 6, 7, 8, 9], equal.Aggregate(Expression.Or));
        await CheckAsync([1, 2, 3, 4], different.Aggregate(Expression.AndAlso));
        await CheckAsync([1, 2, 3, 4], Expression.Not(equal.Aggregate(Expression.OrElse)));
    }

    [Fact]
    public async Task Conditions_without_the_record_are_evaluated_once()
    {
        Expression<Func<bool>> count = () => Count();
        _counted = 0;
        await CheckAsync([5], Enumerable.Range(1, 50).Select(_ => count.Body).Append(Compare(Expression.Equal, 5)).Append(count.Body).Aggregate(Expression.AndAlso));
        Assert.InRange(_counted, 1, 52);
    }

    [Fact]
    public async Task More_values_than_SQL_takes_are_refused()
    {
        List<double> prices = [.. Enumerable.Range(0, 33_000).Select(i => i + 0.5)];
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => _hotels.GetAsync(hotel => prices.Contains(hotel.Price), 10).ToListAsync().AsTask());
        Assert.Contains("33000 values, and SQLite takes 32764", error.Message, StringComparison.Ordinal);
        prices.RemoveRange(32_764, prices.Count - 32_764);
        prices[0] = 3;
        var found = await _hotels.SearchAsync(new float[4], 10, new() { Filter = hotel => prices.Contains(hotel.Price) }).ToListAsync();
        Assert.Equal(3, Assert.Single(found).Record.Id);
        found = await _hotels.HybridSearchAsync(new float[4], ["none"], 10, new() { Filter = hotel => prices.Contains(hotel.Price) }).ToListAsync();
        Assert.Equal(3, Assert.Single(found).Record.Id);
    }

    [Fact]
    public async Task A_nesting_that_is_too_deep_is_refused()
    {
        var nested = Compare(Expression.Equal, 5);
        for (var i = 0; i < 5_000; i++)
        {
            nested = i % 2 == 0 ? Expression.OrElse(nested, Compare(Expression.Equal, i)) : Expression.AndAlso(nested, Compare(Expression.NotEqual, i));
        }

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => CheckAsync([], nested));
        Assert.Contains("levels deep", error.Message, StringComparison.Ordinal);
        var sum = Enumerable.Range(0, 5_000).Aggregate((Expression)Expression.Property(Parameter, nameof(Hotel.Id)), (left, i) => Expression.Add(left, Expression.Constant(i)));
        await Assert.ThrowsAsync<NotSupportedException>(() => CheckAsync([], Expression.Equal(sum, Expression.Constant(1))));
    }

    private static int _counted;

    private static bool Count() => ++_counted > 0;

    private static BinaryExpression Compare(Func<Expression, Expression, BinaryExpression> comparison, int id) =>
        comparison(Expression.Property(Parameter, nameof(Hotel.Id)), Expression.Constant(id));

    private async Task CheckAsync(int[] expected, Expression body)
    {
        var filter = Expression.Lambda<Func<Hotel, bool>>(body, Parameter);
        Assert.Equal(expected, await _hotels.GetAsync(filter, 20).Select(hotel => hotel.Id).Order().ToListAsync());
        Assert.Equal(expected, await _hotels.SearchAsync(new float[] { 1, 0, 0, 0 }, 20, new() { Filter = filter }).Select(result => result.Record.Id).Order().ToListAsync());
    }
}
