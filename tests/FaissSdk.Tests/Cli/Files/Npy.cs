using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Tests.Cli;

/// <summary>Creates NumPy files with any header.</summary>
internal static class Npy
{
    public static byte[] Bytes(string header, float[] values, byte version = 1) => OfBytes(header, MemoryMarshal.AsBytes<float>(values), version);

    public static byte[] OfBytes(string header, ReadOnlySpan<byte> data, byte version = 1)
    {
        var text = Encoding.UTF8.GetBytes(header + "\n");
        var size = new byte[version == 1 ? 2 : 4];
        if (version == 1)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)text.Length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)text.Length);
        }

        return [0x93, .. "NUMPY"u8, version, 0, .. size, .. text, .. data];
    }

    public static string Header(string type = "<f4", string order = "False", string shape = "(1, 2)") => $"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}";
}
