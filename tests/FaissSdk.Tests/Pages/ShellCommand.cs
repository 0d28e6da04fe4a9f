using System.Text;

namespace FaissSdk.Tests.Pages;

/// <summary>One command of a shell block, split into words.</summary>
internal sealed record ShellCommand(int Line, IReadOnlyList<string> Words)
{
    /// <summary>Splits lines into commands: at the ends of lines, <c>&amp;&amp;</c>, <c>|</c> and <c>;</c>, without comments and assignments of variables.</summary>
    public static IEnumerable<ShellCommand> Parse(string text, int line)
    {
        var start = line;
        var continued = "";
        foreach (var part in text.Split('\n'))
        {
            if (part.EndsWith('\\'))
            {
                continued += part[..^1] + " ";
            }
            else
            {
                foreach (var words in Split(continued + part))
                {
                    yield return new ShellCommand(start, words);
                }

                continued = "";
                start = line + 1;
            }

            line++;
        }
    }

    private static List<string[]> Split(string text)
    {
        var commands = new List<string[]>();
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        foreach (var letter in text + " ;")
        {
            if (quote != '\0')
            {
                if (letter == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(letter);
                }
            }
            else if (letter is '"' or '\'')
            {
                (quote, isWord) = (letter, true);
            }
            else if (letter == '#' && !isWord)
            {
                break;
            }
            else if (letter is ' ' or ';' or '|' or '&')
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
                if (letter != ' ')
                {
                    Finish(commands, words);
                }
            }
            else
            {
                word.Append(letter);
                isWord = true;
            }
        }

        Finish(commands, words);
        return commands;
    }

    private static void Finish(List<string[]> commands, List<string> words)
    {
        string[] command = [.. words.SkipWhile(word => word.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 && word[..equals].All(letter => char.IsAsciiLetterUpper(letter) || letter == '_'))];
        if (command.Length > 0)
        {
            commands.Add(command);
        }

        words.Clear();
    }
}
