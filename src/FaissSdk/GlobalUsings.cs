// Interop.FaissIndex is FAISS's own object, and FaissSdk.FaissIndex is the class around it.
// The other aliases shorten handles in the signatures of several files.
global using BinaryIndexHandle = FaissSdk.Native.FreeHandle<FaissSdk.Interop.FaissIndexBinary>;
global using IndexHandle = FaissSdk.Native.FreeHandle<FaissSdk.Interop.FaissIndex>;
global using NativeIndex = FaissSdk.Interop.FaissIndex;
global using RangeSearchResultHandle = FaissSdk.Native.FreeHandle<FaissSdk.Interop.FaissRangeSearchResult>;
global using SearchParametersHandle = FaissSdk.Native.FreeHandle<FaissSdk.Interop.FaissSearchParameters>;
global using VectorTransformHandle = FaissSdk.Native.FreeHandle<FaissSdk.Interop.FaissVectorTransform>;
