namespace FaissSdk.Generator.Tests;

/// <summary>The raw layer of the build under test.</summary>
internal static class Interop
{
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "FaissSdk.Interop.dll");

    public static string History => Checkout.PathTo("bindings/api-history.json");

    public static string ResponseFile => Path.Combine(AppContext.BaseDirectory, "faiss.rsp");

    public static AssemblyApi Read() => AssemblyApi.Read(Assembly, Generator.ResponseFile.Read(ResponseFile));
}
