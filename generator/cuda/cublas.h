/* Older FAISS headers include cuBLAS by its older name. */
#pragma once
#include "cublas_v2.h"
