#ifndef RUNNER_H
#define RUNNER_H

#include <stdint.h>
#include <stdnoreturn.h>

/* The address of what macOS has in libSystem or Accelerate under a name (with its underscore), or NULL. */
void *libsystem_find(const char *name);

/* Does what a thread has registered for its end. */
void run_exits(void *unused);

/* The image an address lies in, as libunwind asks for it. */
struct unwind_sections { const void *header; uintptr_t dwarf, dwarf_size, compact, compact_size; };
int image_unwind_sections(const void *address, struct unwind_sections *found);

noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
