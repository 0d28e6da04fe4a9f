using System.Diagnostics;

namespace FaissSdk.Interop;

/// <summary>Names the C type of a generated parameter, return value or field.</summary>
[Conditional("DEBUG")]
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Struct | AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.ReturnValue | AttributeTargets.Method | AttributeTargets.Property)]
internal sealed class NativeTypeNameAttribute(string name) : Attribute
{
    /// <summary>Gets the type as the C header spells it.</summary>
    public string Name { get; } = name;
}
