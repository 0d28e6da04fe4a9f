global using static Vectors;
