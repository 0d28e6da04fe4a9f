namespace FaissSdk.Cli;

/// <summary>Draws the marks of groups: each has a shape of its own, so that color is not needed to tell them apart.</summary>
internal static class ChartMark
{
    /// <summary>The number of groups with a shape and color of their own.</summary>
    public const int Count = 8;

    /// <summary>Returns the classes of a group; those beyond <see cref="Count"/> share one.</summary>
    public static string Class(int group) => group < Count ? FormattableString.Invariant($"m m{group}{(group is 4 or 5 ? " open" : "")}") : "m mr";

    /// <summary>Returns the element of a mark.</summary>
    /// <param name="group">The group.</param>
    /// <param name="x">The center.</param>
    /// <param name="y">The center.</param>
    /// <param name="size">Half the width.</param>
    /// <param name="content">The content, such as a title.</param>
    /// <param name="attributes">Further attributes.</param>
    public static string Draw(int group, double x, double y, double size, string content = "", string attributes = "")
    {
        string N(double value) => PageMarkup.Number(value);
        var s = size;
        return group switch
        {
            0 => $"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(s)}\"{attributes}>{content}</circle>",
            1 => Path($"M{N(x - s)} {N(y - s)}h{N(2 * s)}v{N(2 * s)}h{N(-2 * s)}z"),
            2 => Path($"M{N(x)} {N(y - (1.2 * s))}L{N(x + (1.15 * s))} {N(y + s)}H{N(x - (1.15 * s))}z"),
            3 => Path($"M{N(x)} {N(y - (1.35 * s))}L{N(x + (1.35 * s))} {N(y)}L{N(x)} {N(y + (1.35 * s))}L{N(x - (1.35 * s))} {N(y)}z"),
            4 => Path($"M{N(x - (1.2 * s))} {N(y)}H{N(x + (1.2 * s))}M{N(x)} {N(y - (1.2 * s))}V{N(y + (1.2 * s))}"),
            5 => Path($"M{N(x - s)} {N(y - s)}L{N(x + s)} {N(y + s)}M{N(x + s)} {N(y - s)}L{N(x - s)} {N(y + s)}"),
            6 => Path($"M{N(x)} {N(y + (1.2 * s))}L{N(x + (1.15 * s))} {N(y - s)}H{N(x - (1.15 * s))}z"),
            7 => Path($"M{N(x - (1.4 * s))} {N(y - (0.55 * s))}H{N(x + (1.4 * s))}V{N(y + (0.55 * s))}H{N(x - (1.4 * s))}z"),
            _ => $"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(s * 0.55)}\"{attributes}>{content}</circle>",
        };

        string Path(string shape) => $"<path d=\"{shape}\"{attributes}>{content}</path>";
    }

    /// <summary>Returns a picture of a mark for legends and tables.</summary>
    public static string Sample(int group) => $"<svg viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><g class=\"{Class(group)}\">{Draw(group, 0, 0, 5)}</g></svg>";
}
