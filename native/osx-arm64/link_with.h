/* What a program must link with besides libfaiss_c.a; the linker reads it from the object that includes this. */
__asm__(".linker_option \"-lc++\"\n\t.linker_option \"-framework\", \"Accelerate\"");
