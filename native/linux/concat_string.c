// The one function of gfortran's library that OpenBLAS's LAPACK calls in the routines FAISS uses: Fortran's a // b into a
// variable of fixed length, cut or padded with blanks. With it the archive needs neither libgfortran nor libquadmath.
#include <stddef.h>
#include <string.h>

void _gfortran_concat_string(size_t length, char *result, size_t first_length, const char *first, size_t second_length, const char *second) {
    size_t taken = first_length < length ? first_length : length;
    memmove(result, first, taken);
    size_t rest = length - taken;
    taken = second_length < rest ? second_length : rest;
    memmove(result + length - rest, second, taken);
    memset(result + length - rest + taken, ' ', rest - taken);
}
