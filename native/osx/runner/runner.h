#ifndef RUNNER_H
#define RUNNER_H

#include <stdint.h>
#include <stdnoreturn.h>

/* Returns the address of a symbol of libSystem or Accelerate (its name begins with an underscore), or NULL. */
void *libsystem_find(const char *name);

/* Calls the functions that the thread has registered for its end. */
void run_exits(void *unused);

/* The unwind tables of the image that contains an address, in the form that libunwind asks for. */
struct unwind_sections { const void *header; uintptr_t dwarf, dwarf_size, compact, compact_size; };
int image_unwind_sections(const void *address, struct unwind_sections *found);

noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
