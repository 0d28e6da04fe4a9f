#pragma warning disable CS0649, IDE0130 // only their metadata is read, in the namespace of the bindings

namespace FaissSdk.Interop;

internal struct FaissPart
{
    public double number;
    public sbyte sign;
}

internal struct FaissWhole
{
    public int first;
    public FaissPart part;
    public float last;
}

internal struct FaissTagged
{
    public int number;
}
