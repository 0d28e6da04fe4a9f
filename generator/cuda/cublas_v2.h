/* As much of cuBLAS as the FAISS headers mention. */
#pragma once
typedef struct cublasContext* cublasHandle_t;
