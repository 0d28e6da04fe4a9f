namespace FaissSdk;

/// <summary>Generates random numbers by the 32-bit Mersenne twister mt19937, with the derived draws of FAISS's <c>RandomGenerator</c>.</summary>
/// <remarks>M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).</remarks>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1u; i < Size; i++)
        {
            _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i;
        }
    }

    public uint NextUInt32()
    {
        if (_next == Size)
        {
            Refill();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680u;
        y ^= (y << 15) & 0xEFC60000u;
        return y ^ (y >> 18);
    }

    /// <summary>Returns a number from 0 to <paramref name="exclusiveBound"/> − 1: the draw modulo the bound.</summary>
    public int NextInt32(int exclusiveBound) => (int)(NextUInt32() % (uint)exclusiveBound);

    /// <summary>Returns a number from 0 to 1, both inclusive: the draw, rounded to single precision, divided by 2³².</summary>
    public float NextSingle() => NextUInt32() / 4294967296f;

    private void Refill()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7FFFFFFFu);
            _state[i] = _state[(i + Shift) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908B0DFu);
        }

        _next = 0;
    }
}
