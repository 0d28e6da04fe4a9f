using System.Runtime.CompilerServices;

namespace FaissSdk.VectorData.Collections;

internal static class Defaults
{
    public static object Of(Type type) => RuntimeHelpers.GetUninitializedObject(type);
}
