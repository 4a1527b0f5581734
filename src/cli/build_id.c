/* Which build this is, for the catalogue's id: another build may answer otherwise from the same data. */
#include <elf.h>
#include <link.h>

#include "cli/options.h"

/* The linker's note with a hash of all that the program consists of. */
static struct str build_note(const char *notes, size_t n)
{
    while (n >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, notes, sizeof head);
        size_t name = ((size_t)head.n_namesz + 3) & ~(size_t)3, text = ((size_t)head.n_descsz + 3) & ~(size_t)3;
        if (name + text > n - sizeof head)
            break;
        if (head.n_type == NT_GNU_BUILD_ID)
            return str_span(notes + sizeof head + name, head.n_descsz);
        notes += sizeof head + name + text;
        n -= sizeof head + name + text;
    }
    return str_span(NULL, 0);
}

/* The first object is the program itself. */
static int find_note(struct dl_phdr_info *program, size_t size, void *out)
{
    (void)size;
    struct str *id = out;
    for (size_t i = 0; i < program->dlpi_phnum && id->n == 0; i++) {
        const ElfW(Phdr) *part = &program->dlpi_phdr[i];
        if (part->p_type == PT_NOTE)
            /* NOLINTNEXTLINE(performance-no-int-to-ptr): the dynamic linker tells addresses as numbers */
            *id = build_note((const char *)program->dlpi_addr + part->p_vaddr, part->p_memsz);
    }
    return 1;
}

struct str build_id(void)
{
    struct str id = STR("");
    (void)dl_iterate_phdr(find_note, &id);
    return id.n ? id : STR(ENTREPOT_VERSION);
}
