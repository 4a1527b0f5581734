/* Cells from the structs that an analysis has filled, as the columns say. */
#include "api/contract/call.h"
#include "entrepot/base/problem.h"

/* One column of some rows: where its values lie, `bytes` apart (0: all have the same), and where its cells go, `stride` apart. */
struct filling {
    const char *value;
    size_t bytes, n, stride;
    struct cell *cell;
};

typedef void filler(struct call *call, const struct column *column, const struct filling *f);

#define FILLER(name, type, expression)                                                                                 \
    static void fill_##name(struct call *call, const struct column *column, const struct filling *f)                   \
    {                                                                                                                  \
        (void)call, (void)column;                                                                                      \
        for (size_t i = 0; i < f->n; i++) {                                                                            \
            const type *value = (const void *)(f->value + i * f->bytes);                                               \
            f->cell[i * f->stride] = (expression);                                                                     \
        }                                                                                                              \
    }

static struct cell cell_rank(unsigned rank) { return cell_known(rank > 0, rank); }
static struct cell cell_figure(struct figure f) { return cell_known(f.known, f.usd); }
static struct cell cell_tonnes(struct quantity q) { return cell_ratio(quantity_tonnes(q)); }
static struct cell cell_bool(bool value)
{
    struct cell cell;
    cell.kind = CELL_BOOLEAN;
    cell.boolean = value;
    return cell;
}

static struct cell cell_country_name(const struct call *call, uint32_t id)
{
    return id == NO_ID ? cell_null : cell_str(countries_at(catalogue_countries(call->catalogue), id)->name);
}

/* 0: not known, 1: no, 2: yes. */
static struct cell cell_verdict(unsigned verdict) { return verdict ? cell_bool(verdict > 1) : cell_null; }

FILLER(figure, struct figure, cell_figure(*value))
FILLER(at_most, struct figure, cell_known(!value->known && value->bounded, value->most_usd))
FILLER(ratio, double, cell_ratio(*value))
FILLER(tonnes, struct quantity, cell_tonnes(*value))
FILLER(rank, unsigned, cell_rank(*value))
FILLER(count, unsigned, cell_i64(*value))
FILLER(size, size_t, cell_i64((int64_t)*value))
FILLER(text, struct str, cell_str(*value))
FILLER(name, char *const, cell_z(*value))
FILLER(word, unsigned, cell_z(column->words[*value]))
FILLER(country, uint32_t, cell_country(call, *value))
FILLER(country_name, uint32_t, cell_country_name(call, *value))
FILLER(dataset, struct cube *const, *value ? cell_str(cube_dataset(*value)->id) : cell_null)
FILLER(truth, bool, cell_bool(*value))
FILLER(verdict, unsigned, cell_verdict(*value))
FILLER(flags, flag_bits, cell_flags(*value))
FILLER(list, struct str, ((struct cell){.kind = CELL_LIST, .text = *value}))
FILLER(cell, struct cell, *value)

/* Neighbours mostly have the same period: its text is made once for all of them. */
static void fill_period(struct call *call, const struct column *column, const struct filling *f)
{
    uint32_t last = 0;
    struct cell cell = cell_null;
    (void)column;
    for (size_t i = 0; i < f->n; i++) {
        uint32_t period = *(const uint32_t *)(const void *)(f->value + i * f->bytes);
        if (i == 0 || period != last)
            cell = period ? cell_period(call, period) : cell_null;
        f->cell[i * f->stride] = cell;
        last = period;
    }
}

static filler *const fillers[] = {
    [VALUE_FIGURE] = fill_figure,   [VALUE_AT_MOST] = fill_at_most, [VALUE_RATIO] = fill_ratio,
    [VALUE_TONNES] = fill_tonnes,   [VALUE_RANK] = fill_rank,       [VALUE_COUNT] = fill_count,
    [VALUE_SIZE] = fill_size,       [VALUE_TEXT] = fill_text,       [VALUE_NAME] = fill_name,
    [VALUE_WORD] = fill_word,       [VALUE_COUNTRY] = fill_country, [VALUE_COUNTRY_NAME] = fill_country_name,
    [VALUE_PERIOD] = fill_period,   [VALUE_DATASET] = fill_dataset, [VALUE_TRUTH] = fill_truth,
    [VALUE_VERDICT] = fill_verdict, [VALUE_FLAGS] = fill_flags,     [VALUE_LIST] = fill_list,
    [VALUE_CELL] = fill_cell,       [VALUE_LINK] = fill_text,
};

static void fill(struct call *call, const struct column *column, const char *row, size_t bytes, struct filling f)
{
    f.value = (column->shared ? (const char *)&call->shared : row) + column->at;
    f.bytes = column->shared ? 0 : bytes;
    if (column->from)
        fillers[column->from](call, column, &f);
    else
        for (size_t i = 0; i < f.n; i++) /* a column of names, which is written when the rows are in their order */
            f.cell[i * f.stride] = cell_null;
}

/* Column by column is faster than row by row, as long as the cells of these rows stay in the cache. */
#define BLOCK_ROWS 64

enum status call_rows(struct call *call, const void *row, size_t n, size_t bytes)
{
    struct table *t = &call->table;
    const size_t own = call->route->n_columns;
    enum status status = call_reserve(call, n);
    if (status != ST_OK)
        return status;
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        struct cell *cell = &t->cell[t->n_rows * t->n_columns];
        size_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        for (size_t c = 0; c < t->n_columns; c++)
            fill(call, c < own ? &t->column[c] : &(struct column){.id = NULL}, (const char *)row + first * bytes, bytes,
                 (struct filling){.n = rows, .stride = t->n_columns, .cell = cell + c});
        t->n_rows += rows;
    }
    return ST_OK;
}

struct cell call_cell(struct call *call, const struct column *column, const void *row)
{
    struct cell cell;
    fill(call, column, row, 0, (struct filling){.n = 1, .cell = &cell});
    return cell;
}

static void add_to_summary(struct call *call, struct summary_item item)
{
    if (call->n_summary == SUMMARY_MAX)
        BUG("more figures in a summary than there is room for");
    call->summary[call->n_summary++] = item;
}

void call_summary(struct call *call, const void *summary)
{
    const struct route *route = call->route;
    for (const struct column *c = route->summary_column; c < route->summary_column + route->n_summary_columns; c++)
        if (!c->optional || *((const bool *)summary + c->only_if))
            add_to_summary(call, (struct summary_item){c->id, call_cell(call, c, summary)});
}

static const struct column *find(const struct route *table, struct str id)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (str_is(id, table->column[i].id))
            return &table->column[i];
    BUG("a document has a column that its table does not have");
}

size_t columns_list(const struct columns *columns, const struct column *out[COLUMNS_MAX])
{
    size_t n = 0;
    for (struct str rest = str_view(columns->only); rest.n;)
        out[n++] = find(columns->table, str_cut(&rest, ' '));
    for (; n < columns->n; n++)
        out[n] = &columns->column[n];
    return n;
}
