using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Tests.KMeansTests;

public class VectorSequenceFileTests
{
    private const int Count = 300;
    private const int Dimension = 5;

    // Numbers that all types of components represent.
    private static readonly float[] Vectors = TestData.Integers(Count, Dimension);

    [Theory]
    [InlineData("a.fvecs")]
    [InlineData("a.bvecs")]
    [InlineData("a.fbin")]
    [InlineData("a.u8bin")]
    [InlineData("a.i8bin")]
    [InlineData("<f4.npy")]
    [InlineData("<f8.npy")]
    [InlineData("<f2.npy")]
    [InlineData("|u1.npy")]
    [InlineData("|i1.npy")]
    public void A_file_gives_its_vectors_in_every_pass(string name)
    {
        using var folder = new TemporaryFolder();
        var source = VectorSequence.FromFile(folder.Write(Path.ChangeExtension("a", Path.GetExtension(name)), Content(name)));
        Assert.Equal((Dimension, (long?)Count), (source.Dimension, source.Count));
        Assert.Equal(Vectors, ReadAll(source));
        Assert.Equal(Vectors, ReadAll(source));
    }

    [Theory]
    [InlineData("a.fvecs", "not rows of the dimension 5")]
    [InlineData("a.u8bin", "announces 300 × 5")]
    [InlineData("<f4.npy", "announces 300 × 5")]
    public void A_file_that_is_cut_is_rejected(string name, string named)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Path.ChangeExtension("a", Path.GetExtension(name)), Content(name)[..^1]);
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => VectorSequence.FromFile(path)).Message);
    }

    [Fact]
    public void A_row_of_another_dimension_is_rejected_by_number()
    {
        using var folder = new TemporaryFolder();
        var content = Content("a.fvecs");
        content[200 * (4 + (4 * Dimension))] = 7;
        var source = VectorSequence.FromFile(folder.Write("a.fvecs", content));
        Assert.Contains("vector 200 has dimension 7, but vector 0 has 5", Assert.Throws<InvalidDataException>(() => ReadAll(source)).Message);
    }

    [Theory]
    [InlineData(1e39, true)]
    [InlineData(-3.5e38, true)]
    [InlineData(3.4e38, false)]
    [InlineData(double.NegativeInfinity, false)]
    [InlineData(double.NaN, false)]
    public void A_number_beyond_single_precision_is_rejected_by_its_place(double number, bool isRejected)
    {
        using var folder = new TemporaryFolder();
        var numbers = Array.ConvertAll(Vectors, value => (double)value);
        numbers[(200 * Dimension) + 3] = number;
        var source = VectorSequence.FromFile(folder.Write("a.npy", Numpy("<f8", "False", MemoryMarshal.AsBytes<double>(numbers))));

        if (isRejected)
        {
            var text = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Contains($"component 3 of vector 200 (both counted from 0) is {text}, beyond the range", Assert.Throws<InvalidDataException>(() => ReadAll(source)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal((float)number, ReadAll(source)[(200 * Dimension) + 3]);
        }
    }

    [Fact]
    public void A_file_that_shrinks_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.fbin", Content("a.fbin"));
        var source = VectorSequence.FromFile(path);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(1000);
        }

        Assert.Contains("ends at byte 1000", Assert.Throws<EndOfStreamException>(() => ReadAll(source)).Message);
    }

    [Fact]
    public void Other_files_are_rejected()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("expected .fvecs", Assert.Throws<ArgumentException>(() => VectorSequence.FromFile(folder.Write("a.csv", [1]))).Message);
        Assert.Contains("expected a two-dimensional array in C order", Assert.Throws<InvalidDataException>(() => VectorSequence.FromFile(folder.Write("a.npy", Numpy("<f4", "True", [])))).Message);
        Assert.Contains("does not begin as an .npy file", Assert.Throws<InvalidDataException>(() => VectorSequence.FromFile(folder.Write("a.npy", new byte[100]))).Message);
        Assert.ThrowsAny<IOException>(() => VectorSequence.FromFile(folder.File("absent.npy")));
    }

    private static float[] ReadAll(VectorSequence source)
    {
        using var reader = source.Open(CancellationToken.None);
        var (all, block) = (new List<float>(), new float[37 * source.Dimension]);
        int read;
        while ((read = reader.Read(block)) > 0)
        {
            all.AddRange(block[..(read * source.Dimension)]);
        }

        return [.. all];
    }

    private static byte[] Content(string name)
    {
        var bytes = Array.ConvertAll(Vectors, value => (byte)value);
        ReadOnlySpan<byte> floats = MemoryMarshal.AsBytes<float>(Vectors), counts = MemoryMarshal.AsBytes<int>([Count, Dimension]);
        return name switch
        {
            "a.fvecs" => Prefixed(floats.ToArray(), 4),
            "a.bvecs" => Prefixed(bytes, 1),
            "a.fbin" => [.. counts, .. floats],
            "a.u8bin" or "a.i8bin" => [.. counts, .. bytes],
            "<f4.npy" => Numpy("<f4", "False", floats),
            "<f8.npy" => Numpy("<f8", "False", MemoryMarshal.AsBytes<double>(Array.ConvertAll(Vectors, value => (double)value))),
            "<f2.npy" => Numpy("<f2", "False", MemoryMarshal.AsBytes<Half>(Array.ConvertAll(Vectors, value => (Half)value))),
            _ => Numpy(name[..3], "False", bytes),
        };
    }

    private static byte[] Prefixed(byte[] components, int size) =>
        [.. components.Chunk(Dimension * size).SelectMany(row => BitConverter.GetBytes(Dimension).Concat(row))];

    private static byte[] Numpy(string type, string order, ReadOnlySpan<byte> components)
    {
        var header = Encoding.Latin1.GetBytes($"{{'descr': '{type}', 'fortran_order': {order}, 'shape': ({Count}, {Dimension}), }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. header, .. components];
    }
}
