/* Reads a command line by tables of options, and prints these tables as help. */
#include "cli/parse.h"

int option_refuse(struct settings *settings, const char *place, const struct option *o, const char *value,
                  const char *what)
{
    (void)problem_set(&settings->problem, ST_INVALID, place, "%s%s \"%.200s\" %s", o->key ? "" : "--",
                      o->key ? o->key : o->name, value, what);
    return EXIT_USAGE;
}

/* ---- one value ---- */

static int set_count(struct settings *settings, const struct option *o, const char *place, const char *value)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || number < o->min || number > o->max) {
        (void)problem_set(&settings->problem, ST_INVALID, place,
                          "%s is \"%.200s\": a whole number from %llu to %llu is needed", o->key, value,
                          (unsigned long long)o->min, (unsigned long long)o->max);
        return EXIT_USAGE;
    }
    memcpy((char *)settings + o->offset, &number, o->width); /* little-endian: the low bytes come first */
    return EXIT_DONE;
}

struct text_list *option_list(struct settings *settings, const struct option *o)
{
    return (struct text_list *)(void *)((char *)settings + o->offset);
}

void option_empty(struct settings *settings, const struct option *o)
{
    option_list(settings, o)->n = 0;
    if (o->type == OPT_NETWORKS)
        settings->server.proxies.n = 0;
}

static int add_item(struct settings *settings, const struct option *o, const char *place, const char *value)
{
    struct text_list *list = option_list(settings, o);
    if (list->n == SETTING_LIST_MAX)
        return option_refuse(settings, place, o, value, "is one too many: 256 are allowed");
    list->item[list->n++] = value;
    return EXIT_DONE;
}

/* A network is checked here, where it is known who said it. */
static int add_network(struct settings *settings, const struct option *o, const char *place, const char *value)
{
    struct problem problem;
    if (proxies_add(&settings->server.proxies, value, &problem) == ST_OK)
        return add_item(settings, o, place, value);
    (void)problem_set(&settings->problem, ST_INVALID, place, "%s: %s", o->key, problem.detail);
    (void)problem_cure(&settings->problem, ST_INVALID, "%s", problem.cure);
    return EXIT_USAGE;
}

int option_set(struct settings *settings, const struct option *o, const char *place, const char *value)
{
    struct str copy = arena_str(&settings->texts, str_view(value));
    const char *wrong = NULL;
    if (!copy.p)
        return option_refuse(settings, place, o, value, "does not fit into memory");
    switch (o->type) {
    case OPT_PATHS: return add_item(settings, o, place, copy.p);
    case OPT_NETWORKS: return add_network(settings, o, place, copy.p);
    case OPT_COUNT:
    case OPT_BOOL: return set_count(settings, o, place, value);
    case OPT_TEXT:
    case OPT_PATH: memcpy((char *)settings + o->offset, &copy.p, sizeof copy.p); break;
    case OPT_FLAG: *(bool *)((char *)settings + o->offset) = true; break;
    case OPT_READ: wrong = o->read(settings, copy.p); break;
    }
    return wrong ? option_refuse(settings, place, o, value, wrong) : EXIT_DONE;
}

/* ---- a command line ---- */

static const struct option *find_name(const struct option *o, struct str name)
{
    while (o && o->name && !str_is(name, o->name))
        o++;
    return o && o->name ? o : NULL;
}

static bool is_option(const char *arg) { return strncmp(arg, "--", 2) == 0 || strcmp(arg, "-o") == 0; }

const struct option *option_at(const struct settings *settings, int *i, const char **value)
{
    const struct command *command = settings->command;
    const char *arg = settings->argv[*i];
    if (!is_option(arg))
        return NULL;
    struct str rest = str_view(arg[1] == 'o' ? "output" : arg + 2), name = str_cut(&rest, '=');
    const struct option *own = command ? find_name(command->own, name) : NULL;
    const struct option *found = own ? own : find_name(settings_table, name);
    *value = rest.p;
    if (found && found->meta && !rest.p && *i + 1 < settings->argc)
        *value = settings->argv[++*i];
    return found;
}

/* A list on the command line replaces what others said. */
static int take_value(struct settings *settings, const struct option *o, const char *value)
{
    if (option_is_list(o) && !option_list(settings, o)->given) {
        option_empty(settings, o);
        option_list(settings, o)->given = true;
    }
    return option_set(settings, o, "command line", value);
}

static int take_option(struct settings *settings, int *i)
{
    const char *arg = settings->argv[*i], *value;
    const struct command *command = settings->command;
    const struct option *o = option_at(settings, i, &value);
    if (o && !o->meta == !value)
        return take_value(settings, o, value ? value : "");
    (void)problem_set(&settings->problem, ST_INVALID, "command line", "%.200s %s", arg,
                      o && value ? "takes no value" : "is no option, or lacks its value");
    (void)problem_cure(&settings->problem, ST_INVALID, "entrepot %s%s--help lists them", command ? command->name : "",
                       command ? " " : "");
    return EXIT_USAGE;
}

int options_take(struct settings *settings)
{
    char *const *argv = settings->argv;
    int status = EXIT_DONE;
    bool only_arguments = false;
    settings->rest = arena_new(&settings->texts, const char *, (size_t)settings->argc);
    if (!settings->rest) {
        (void)problem_set(&settings->problem, ST_NO_MEMORY, "command line", "out of memory");
        return EXIT_REFUSED;
    }
    for (int i = 0; i < settings->argc && status == EXIT_DONE; i++)
        if (!only_arguments && strcmp(argv[i], "--") == 0)
            only_arguments = true;
        else if (!only_arguments && is_option(argv[i]))
            status = take_option(settings, &i);
        else
            settings->rest[settings->n_rest++] = argv[i];
    return status;
}

/* ---- help ---- */

const char *option_variable(const struct option *option, char out[OPTION_VARIABLE_MAX])
{
    int n = snprintf(out, OPTION_VARIABLE_MAX, "ENTREPOT_%s", option->name);
    for (int i = 0; i < n; i++)
        out[i] = out[i] == '-' ? '_' : out[i] >= 'a' && out[i] <= 'z' ? (char)(out[i] & ~0x20) : out[i];
    return out;
}

void options_help(const struct option *table, unsigned use, FILE *out)
{
    char left[64], variable[OPTION_VARIABLE_MAX];
    for (const struct option *o = table; o->name; o++) {
        if (use && !(o->use & use))
            continue;
        (void)snprintf(left, sizeof left, "--%s %s", o->name, o->meta ? o->meta : "");
        fprintf(out, "  %-26s %s", left, o->help);
        if (use)
            fprintf(out, " (%s)", option_variable(o, variable));
        fputc('\n', out);
    }
}

int command_usage(const struct command *command)
{
    fprintf(stderr, "usage: entrepot %s %s   (entrepot %s --help tells more)\n", command->name, command->arguments,
            command->name);
    return EXIT_USAGE;
}

void command_help(const struct command *command)
{
    printf("usage: entrepot %s %s\n\n%s\n\n%s", command->name, command->arguments, command->help,
           command->before ? command->before : "");
    if (command->own)
        options_help(command->own, 0, stdout);
    if (command->use) {
        printf("%soptions (command line before environment before configuration):\n", command->own ? "\n" : "");
        options_help(settings_table, command->use, stdout);
    }
    fputs(command->after ? command->after : "", stdout);
}
