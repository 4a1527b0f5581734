/* Which folders a server must be able to read once it has shut itself in: those of its configuration, tables and data, and what the links in
 * them lead to when it starts. */
#include <dirent.h>
#include <sys/stat.h>

#include "cli/options.h"

static void confine_add(struct sandbox *sandbox, const char *path)
{
    if (path && sandbox->n_folders < SANDBOX_FOLDERS_MAX)
        sandbox->folder[sandbox->n_folders++] = path;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The folder that a file lies in; a folder is its own. */
static const char *confine_folder(struct settings *settings, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (is_folder(path))
        return path;
    return slash ? arena_str(&settings->texts, str_span(path, slash == path ? 1 : (size_t)(slash - path))).p : ".";
}

/* A link is replaced by renaming another one over it, so what it leads to may be read with all that lies beside it. */
static void follow(struct settings *settings, struct sandbox *sandbox, const char *path)
{
    struct stat info;
    char *real = lstat(path, &info) == 0 && S_ISLNK(info.st_mode) ? realpath(path, NULL) : NULL;
    const char *kept = real ? arena_str(&settings->texts, str_view(real)).p : NULL;
    if (kept)
        confine_add(sandbox, confine_folder(settings, kept));
    free(real);
}

static void follow_links(struct settings *settings, struct sandbox *sandbox, const char *folder)
{
    DIR *entries = opendir(folder);
    char path[4096];
    for (const struct dirent *entry; entries && (entry = readdir(entries)) != NULL;)
        if ((entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) &&
            (size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < sizeof path)
            follow(settings, sandbox, path);
    if (entries)
        (void)closedir(entries);
}

static void may_read(struct settings *settings, struct sandbox *sandbox, const char *path)
{
    const char *folder = path ? confine_folder(settings, path) : NULL;
    if (!folder)
        return;
    confine_add(sandbox, folder);
    follow_links(settings, sandbox, folder);
}

void confine(struct settings *settings, struct sandbox *sandbox)
{
    const char *const files[] = {settings->config, settings->countries, settings->products, settings->sectors};
    *sandbox = (struct sandbox){.mode = settings->sandbox, .low_port = server_needs_privilege(&settings->server)};
    confine_add(sandbox, "/proc/self"); /* for the metrics */
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        may_read(settings, sandbox, files[i]);
    for (size_t i = 0; i < settings->data.n; i++)
        may_read(settings, sandbox, settings->data.item[i]);
}
