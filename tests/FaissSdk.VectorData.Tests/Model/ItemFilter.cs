using System.Linq.Expressions;

namespace FaissSdk.VectorData.Tests;

/// <summary>A filter as the store gets it, and as C# evaluates it on records in memory.</summary>
/// <param name="Text">The filter in words, for a failure.</param>
/// <param name="Expression">The expression that the store translates.</param>
/// <param name="Matches">The function that determines the expected records.</param>
internal sealed record ItemFilter(string Text, Expression<Func<Item, bool>> Expression, Func<Item, bool> Matches)
{
    private static readonly string?[] Texts = [null, "", "red", "Red", "it's", "50%_"];
    private static readonly string[] Tags = ["a", "b", "c", "it's"];

    /// <summary>Returns the filter of a seed: a leaf, or leaves that are combined.</summary>
    public static ItemFilter Of(int seed)
    {
        var random = new Random(seed);
        return Build(random, depth: random.Next(4));
    }

    public static string? RandomText(Random random) => Texts[random.Next(Texts.Length)];

    public static string[]? RandomTags(Random random) =>
        random.Next(6) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(_ => Tags[random.Next(Tags.Length)])];

    public override string ToString() => Text;

    private static ItemFilter Build(Random random, int depth)
    {
        if (depth == 0)
        {
            return Leaf(random);
        }

        var left = Build(random, depth - 1);
        switch (random.Next(3))
        {
            case 0:
                return new($"!({left})", System.Linq.Expressions.Expression.Lambda<Func<Item, bool>>(System.Linq.Expressions.Expression.Not(left.Expression.Body), left.Expression.Parameters), item => !left.Matches(item));
            case 1:
                var and = Build(random, random.Next(depth));
                return new($"({left} && {and})", Combine(left, and, System.Linq.Expressions.Expression.AndAlso), item => left.Matches(item) && and.Matches(item));
            default:
                var or = Build(random, random.Next(depth));
                return new($"({left} || {or})", Combine(left, or, System.Linq.Expressions.Expression.OrElse), item => left.Matches(item) || or.Matches(item));
        }
    }

    private static Expression<Func<Item, bool>> Combine(ItemFilter left, ItemFilter right, Func<Expression, Expression, Expression> combine)
    {
        var body = new ParameterReplacer(right.Expression.Parameters[0], left.Expression.Parameters[0]).Visit(right.Expression.Body);
        return System.Linq.Expressions.Expression.Lambda<Func<Item, bool>>(combine(left.Expression.Body, body), left.Expression.Parameters);
    }

    private static ItemFilter Leaf(Random random)
    {
        var number = random.Next(-3, 12);
        int? optional = random.Next(4) == 0 ? null : random.Next(5);
        var text = RandomText(random);
        var tag = Tags[random.Next(Tags.Length)];
        string?[] texts = [RandomText(random), RandomText(random)];
        string[] tags = [Tags[random.Next(Tags.Length)], Tags[random.Next(Tags.Length)]];
        var list = tags.ToList();
        return random.Next(19) switch
        {
            0 => new($"Number == {number}", item => item.Number == number, item => item.Number == number),
            1 => new($"Number != {number}", item => item.Number != number, item => item.Number != number),
            2 => new($"Number < {number}", item => item.Number < number, item => item.Number < number),
            3 => new($"{number} <= Number", item => number <= item.Number, item => number <= item.Number),
            4 => new("Flag", item => item.Flag, item => item.Flag),
            5 => new("!Flag", item => !item.Flag, item => !item.Flag),
            6 => new($"Optional == {optional}", item => item.Optional == optional, item => item.Optional == optional),
            7 => new($"Optional != {optional}", item => item.Optional != optional, item => item.Optional != optional),
            8 => new("Optional != null", item => item.Optional != null, item => item.Optional != null),
            9 => new("Optional > 2", item => item.Optional > 2, item => item.Optional > 2),
            10 => new($"Text == {text}", item => item.Text == text, item => item.Text == text),
            11 => new($"Text != {text}", item => item.Text != text, item => item.Text != text),
            12 => new("Text == null", item => item.Text == null, item => item.Text == null),
            13 => new($"Tags contains {tag}", item => item.Tags!.Contains(tag), item => item.Tags is not null && item.Tags.Contains(tag)),
            14 => new($"Text in {texts[0]}, {texts[1]}", item => texts.Contains(item.Text), item => texts.Contains(item.Text)),
            15 => new("Text in red, Red", item => new[] { "red", "Red" }.Contains(item.Text), item => item.Text is "red" or "Red"),
            16 => new($"any tag in {tags[0]}, {tags[1]}", item => item.Tags!.Any(each => list.Contains(each)), item => item.Tags is not null && item.Tags.Any(list.Contains)),
            17 => new($"Key == k{number}", item => item.Key == "k" + number, item => item.Key == "k" + number),
            _ => new("true", _ => true, _ => true),
        };
    }

    private sealed class ParameterReplacer(ParameterExpression replaced, ParameterExpression with) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == replaced ? with : node;
    }
}
