namespace FaissSdk;

/// <summary>Specifies how a scalar quantizer stores a component; the values are FAISS's.</summary>
public enum ScalarQuantizerType
{
    /// <summary>8 bits for each component, between its minimum and maximum (FAISS: <c>QT_8bit</c>).</summary>
    EightBit = 0,

    /// <summary>4 bits for each component (FAISS: <c>QT_4bit</c>).</summary>
    FourBit = 1,

    /// <summary>8 bits, one range for all components (FAISS: <c>QT_8bit_uniform</c>).</summary>
    EightBitUniform = 2,

    /// <summary>4 bits, one range for all components (FAISS: <c>QT_4bit_uniform</c>).</summary>
    FourBitUniform = 3,

    /// <summary>Half precision, with magnitudes up to 65,504 (FAISS: <c>QT_fp16</c>).</summary>
    Float16 = 4,

    /// <summary>Integers from 0 to 255, unchanged; others are refused, and so are the differences from centroids that lists store by default (FAISS: <c>QT_8bit_direct</c>).</summary>
    /// <remarks>Queries must be such integers too if the dimension is a multiple of 16: FAISS compares bytes then, and would cut off the rest of each component.</remarks>
    EightBitDirect = 5,

    /// <summary>6 bits for each component (FAISS: <c>QT_6bit</c>).</summary>
    SixBit = 6,

    /// <summary>Brain floating point (FAISS: <c>QT_bf16</c>; 1.9.0 or later).</summary>
    BFloat16 = 7,

    /// <summary>Integers from −128 to 127, unchanged; as for <see cref="EightBitDirect"/>, others are refused (FAISS: <c>QT_8bit_direct_signed</c>; 1.9.0 or later).</summary>
    EightBitDirectSigned = 8,

    /// <summary>FAISS: <c>QT_0bit</c>; 1.15.0 or later, inverted lists only: stores only the centroid.</summary>
    ZeroBit = 9,

    /// <summary>FAISS: <c>QT_1bit_tqmse</c>; 1.15.0 or later.</summary>
    TurboQuantMse1Bit = 10,

    /// <summary>FAISS: <c>QT_2bit_tqmse</c>; 1.15.0 or later.</summary>
    TurboQuantMse2Bit = 11,

    /// <summary>FAISS: <c>QT_3bit_tqmse</c>; 1.15.0 or later.</summary>
    TurboQuantMse3Bit = 12,

    /// <summary>FAISS: <c>QT_4bit_tqmse</c>; 1.15.0 or later.</summary>
    TurboQuantMse4Bit = 13,

    /// <summary>FAISS: <c>QT_8bit_tqmse</c>; 1.15.0 or later.</summary>
    TurboQuantMse8Bit = 14,

    /// <summary>FAISS: <c>QT_2bit_tq</c>; 1.15.0 or later.</summary>
    TurboQuant2Bit = 15,

    /// <summary>FAISS: <c>QT_3bit_tq</c>; 1.15.0 or later.</summary>
    TurboQuant3Bit = 16,

    /// <summary>FAISS: <c>QT_4bit_tq</c>; 1.15.0 or later.</summary>
    TurboQuant4Bit = 17,

    /// <summary>FAISS: <c>QT_5bit_tq</c>; 1.15.0 or later.</summary>
    TurboQuant5Bit = 18,

    /// <summary>FAISS: <c>QT_1bit_eden</c>; 1.15.0 or later.</summary>
    Eden1Bit = 19,

    /// <summary>FAISS: <c>QT_2bit_eden</c>; 1.15.0 or later.</summary>
    Eden2Bit = 20,

    /// <summary>FAISS: <c>QT_3bit_eden</c>; 1.15.0 or later.</summary>
    Eden3Bit = 21,

    /// <summary>FAISS: <c>QT_4bit_eden</c>; 1.15.0 or later.</summary>
    Eden4Bit = 22,

    /// <summary>FAISS: <c>QT_5bit_eden</c>; 1.15.0 or later.</summary>
    Eden5Bit = 23,

    /// <summary>FAISS: <c>QT_6bit_eden</c>; 1.15.0 or later.</summary>
    Eden6Bit = 24,

    /// <summary>FAISS: <c>QT_7bit_eden</c>; 1.15.0 or later.</summary>
    Eden7Bit = 25,

    /// <summary>FAISS: <c>QT_8bit_eden</c>; 1.15.0 or later.</summary>
    Eden8Bit = 26,
}
