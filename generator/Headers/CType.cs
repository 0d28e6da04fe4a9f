namespace FaissSdk.Generator;

/// <summary>A C type: a name, a pointer, or a function.</summary>
internal abstract record CType
{
    /// <summary>Whether the type itself, not what it points to, is const.</summary>
    public bool IsConst { get; init; }

    /// <summary>Reads a type as clang spells it.</summary>
    public static CType Parse(string text, SourceLocation location)
    {
        var parser = new Parser(text, location);
        var type = parser.Type();
        parser.End();
        return type;
    }

    internal sealed record Named(string Name) : CType
    {
        public override string ToString() => (IsConst ? "const " : "") + Name;
    }

    internal sealed record Pointer(CType Target) : CType
    {
        public override string ToString() => Target + "*" + (IsConst ? " const" : "");
    }

    internal sealed record Function(CType Return, IReadOnlyList<CType> Parameters) : CType
    {
        public override string ToString() => $"{Return}({string.Join(", ", Parameters)})";
    }

    private sealed class Parser(string text, SourceLocation location)
    {
        private int _position;

        public CType Type()
        {
            var (words, isConst) = (new List<string>(), false);
            while (Word() is { } word)
            {
                if (word == "const")
                {
                    isConst = true;
                }
                else if (word is "volatile" or "restrict" or "_Atomic" or "__restrict" or "union")
                {
                    throw Unknown();
                }
                else if (word is not ("struct" or "enum"))
                {
                    words.Add(word);
                }
            }

            if (words.Count == 0)
            {
                throw Unknown();
            }

            CType type = new Named(string.Join(' ', words)) { IsConst = isConst };
            while (true)
            {
                if (Take('*'))
                {
                    type = new Pointer(type);
                }
                else if (TakeWord("const"))
                {
                    type = type with { IsConst = true };
                }
                else if (Take('('))
                {
                    type = FunctionType(type);
                }
                else
                {
                    return type;
                }
            }
        }

        public void End()
        {
            Blanks();
            if (_position != text.Length)
            {
                throw Unknown();
            }
        }

        // After "(": either "*)(parameters)", a pointer to a function, or "parameters)", a function.
        private CType FunctionType(CType result)
        {
            if (!Take('*'))
            {
                return new Function(result, Parameters());
            }

            if (!Take(')') || !Take('('))
            {
                throw Unknown();
            }

            return new Pointer(new Function(result, Parameters()));
        }

        private List<CType> Parameters()
        {
            var parameters = new List<CType>();
            if (Take(')'))
            {
                return parameters;
            }

            do
            {
                parameters.Add(Type());
            }
            while (Take(','));
            if (!Take(')'))
            {
                throw Unknown();
            }

            return parameters is [Named { Name: "void" }] ? [] : parameters;
        }

        private string? Word()
        {
            Blanks();
            var start = _position;
            while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'))
            {
                _position++;
            }

            return _position > start ? text[start.._position] : null;
        }

        private bool TakeWord(string word)
        {
            var start = _position;
            if (Word() == word)
            {
                return true;
            }

            _position = start;
            return false;
        }

        private bool Take(char symbol)
        {
            Blanks();
            if (_position < text.Length && text[_position] == symbol)
            {
                _position++;
                return true;
            }

            return false;
        }

        private void Blanks()
        {
            while (_position < text.Length && text[_position] == ' ')
            {
                _position++;
            }
        }

        private GeneratorException Unknown() => new(location, $"the type '{text}' is of a form the second engine does not know");
    }
}
