global using FaissSdk.Tests;
global using Xunit;
