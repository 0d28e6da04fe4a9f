global using Microsoft.Extensions.VectorData;
global using Xunit;
