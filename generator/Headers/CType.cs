namespace FaissSdk.Generator;

/// <summary>A C type: a name, a pointer, or a function.</summary>
internal abstract record CType
{
    /// <summary>Gets a value indicating whether the type itself, rather than its target, is const.</summary>
    public bool IsConst { get; init; }

    /// <summary>Parses a type in clang's spelling.</summary>
    public static CType Parse(string text, SourceLocation location)
    {
        var parser = new Parser(text, location);
        var type = parser.Type();
        parser.ExpectEnd();
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
                    throw Unsupported();
                }
                else if (word is not ("struct" or "enum"))
                {
                    words.Add(word);
                }
            }

            if (words.Count == 0)
            {
                throw Unsupported();
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

        public void ExpectEnd()
        {
            SkipBlanks();
            if (_position != text.Length)
            {
                throw Unsupported();
            }
        }

        // "(" is followed by "*)(parameters)" in a pointer to a function, and by "parameters)" in a function.
        private CType FunctionType(CType result)
        {
            if (!Take('*'))
            {
                return new Function(result, Parameters());
            }

            if (!Take(')') || !Take('('))
            {
                throw Unsupported();
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
                throw Unsupported();
            }

            return parameters is [Named { Name: "void" }] ? [] : parameters;
        }

        private string? Word()
        {
            SkipBlanks();
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
            SkipBlanks();
            if (_position < text.Length && text[_position] == symbol)
            {
                _position++;
                return true;
            }

            return false;
        }

        private void SkipBlanks()
        {
            while (_position < text.Length && text[_position] == ' ')
            {
                _position++;
            }
        }

        private GeneratorException Unsupported() => new(location, $"the second engine does not support the type '{text}'");
    }
}
