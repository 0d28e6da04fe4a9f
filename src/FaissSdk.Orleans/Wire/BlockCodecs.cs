using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace FaissSdk.Orleans;

/// <summary>Writes vectors as one length-prefixed block: the dimension, and the components in the byte order of the machines that Orleans and FAISS run on.</summary>
[RegisterSerializer]
internal sealed class VectorBlockCodec : IFieldCodec<VectorBlock>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, VectorBlock? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (!ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value) && value is not null)
        {
            BlockBytes.Write(ref writer, fieldIdDelta, expectedType, typeof(VectorBlock), value.Dimension, value.Values.Span);
        }
    }

    public VectorBlock? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference<VectorBlock, TInput>(ref reader, field);
        }

        var values = BlockBytes.Read<float, TInput>(ref reader, field, out var dimension);
        var block = new VectorBlock(values, dimension);
        ReferenceCodec.RecordObject(reader.Session, block);
        return block;
    }
}

/// <summary>Writes ids as one length-prefixed block.</summary>
[RegisterSerializer]
internal sealed class IdBlockCodec : IFieldCodec<IdBlock>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, IdBlock? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (!ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value) && value is not null)
        {
            BlockBytes.Write(ref writer, fieldIdDelta, expectedType, typeof(IdBlock), 1, value.Values.Span);
        }
    }

    public IdBlock? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference<IdBlock, TInput>(ref reader, field);
        }

        var block = new IdBlock(BlockBytes.Read<long, TInput>(ref reader, field, out _));
        ReferenceCodec.RecordObject(reader.Session, block);
        return block;
    }
}

/// <summary>Shares blocks that do not change instead of copying them.</summary>
[RegisterCopier]
internal sealed class VectorBlockCopier : IDeepCopier<VectorBlock>
{
    public VectorBlock? DeepCopy(VectorBlock? input, CopyContext context) => input;
}

/// <summary>Shares blocks that do not change instead of copying them.</summary>
[RegisterCopier]
internal sealed class IdBlockCopier : IDeepCopier<IdBlock>
{
    public IdBlock? DeepCopy(IdBlock? input, CopyContext context) => input;
}

/// <summary>Writes and reads the bytes of blocks.</summary>
internal static class BlockBytes
{
    public static void Write<T, TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Type type, int dimension, ReadOnlySpan<T> values)
        where T : unmanaged
        where TBufferWriter : IBufferWriter<byte>
    {
        var bytes = MemoryMarshal.AsBytes(values);
        // Callers split their requests; this refuses a block that they missed before it reaches the connection.
        if (bytes.Length > VectorBlock.MaxBytes)
        {
            throw new SerializerException($"A block of {bytes.Length} bytes is larger than a message may be ({VectorBlock.MaxBytes}); cut it into smaller ones.");
        }

        writer.WriteFieldHeader(fieldIdDelta, expectedType, type, WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)(sizeof(int) + bytes.Length));
        writer.WriteInt32(dimension);
        writer.Write(bytes);
    }

    public static T[] Read<T, TInput>(ref Reader<TInput> reader, Field field, out int dimension)
        where T : unmanaged
    {
        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        if (length is < sizeof(int) or > VectorBlock.MaxBytes + sizeof(int) || (length - sizeof(int)) % Unsafe.SizeOf<T>() != 0)
        {
            throw new SerializerException($"A block of {length} bytes is not one of FaissSdk, whose blocks have at most {VectorBlock.MaxBytes}.");
        }

        dimension = reader.ReadInt32();
        var values = GC.AllocateUninitializedArray<T>((int)(length - sizeof(int)) / Unsafe.SizeOf<T>());
        reader.ReadBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
