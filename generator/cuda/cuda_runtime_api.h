/* As much of CUDA as the FAISS headers mention. */
#pragma once
typedef struct CUstream_st* cudaStream_t;
