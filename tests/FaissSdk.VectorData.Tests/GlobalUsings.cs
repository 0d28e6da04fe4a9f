global using FaissSdk.VectorData;
global using Microsoft.Extensions.VectorData;
global using Xunit;
