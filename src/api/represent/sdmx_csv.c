/* SDMX-CSV 2.0 (github.com/sdmx-twg/sdmx-csv, field guide of SDMX 3.0): one observation a line, the figure's name in the dimension
 * MEASURE.
 *
 * Without a registry behind it the structure is named after the endpoint: ENTREPOT:BILATERAL(1.0.0), action I (information). Columns are
 * the dimensions, MEASURE, TIME_PERIOD, OBS_VALUE, UNIT_MEASURE, OBS_STATUS (codes of SDMX' CL_OBS_STATUS), then what JSON has as
 * texts, FLAGS, and which release of the data it is. A fiscal year from April is the time range 2018-04-01/P1Y, its FREQ A.
 */
#include "api/represent/encoders.h"
#include "api/represent/layout.h"
#include "api/table/names.h"
#include "api/table/table.h"

/* ---- code lists ---- */

static const struct unit_code {
    const char *unit, *code, *name;
} unit_codes[] = {
    {"USD", "USD", "US dollars"},   {"1", "RATIO", "ratio"},     {"pp", "PP", "percentage points"},
    {"%", "PT", "per cent"},        {"t", "T", "tonnes"},        {"USD/t", "USD_T", "US dollars per tonne"},
    {"months", "MONTHS", "months"}, {"years", "YEARS", "years"},
};
static const struct unit_code unit_of_numbers = {NULL, "NUMBER", "number"},
                              unit_of_truths = {NULL, "TRUTH", "1: true, 0: false"};

static const struct unit_code *unit_code(struct str unit)
{
    for (size_t i = 0; i < sizeof unit_codes / sizeof *unit_codes; i++)
        if (str_is(unit, unit_codes[i].unit))
            return &unit_codes[i];
    return &unit_of_numbers;
}

/* Of several that fit the first counts: the order of SDMX' guideline "Possible ways of implementing the observation status", §2. */
static const struct status_code {
    char code[2];
    bool missing; /* of a value that is not there */
    flag_bits flags;
    const char *name;
} status_codes[] = {
    {"M", true,
     FLAG_BIT(FLAG_UNDEFINED) | FLAG_BIT(FLAG_UNBOUNDED_LOSS) | FLAG_BIT(FLAG_ONE_VALUE) | FLAG_BIT(FLAG_NO_EXPORTS),
     "Missing value; data cannot exist"},
    {"O", true, UINT64_MAX, "Missing value"},
    {"D", false,
     FLAG_BIT(FLAG_PARTIAL_YEAR) | FLAG_BIT(FLAG_PARTIAL_SECTOR) | FLAG_BIT(FLAG_PARTIAL_QUANTITY) |
         FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_CLOSED_SET) | FLAG_BIT(FLAG_YEAR_TO_DATE),
     "Definition differs"},
    {"E", false, FLAG_BIT(FLAG_ESTIMATED) | FLAG_BIT(FLAG_CIF_CONVERTED), "Estimated value"},
    {"P", false, FLAG_BIT(FLAG_PROVISIONAL), "Provisional value"},
    {"G", false, FLAG_BIT(FLAG_SYNTHETIC), "Experimental value"},
    {"A", false, UINT64_MAX, "Normal value"},
};

static const struct status_code *status_code(bool missing, flag_bits flags)
{
    const struct status_code *code = status_codes;
    while (code->missing != missing || !(code->flags == UINT64_MAX || code->flags & flags))
        code++;
    return code;
}

struct sdmx_period {
    struct str time;
    const char *freq; /* of CL_FREQ; empty where periods are added up */
    const char *freq_name;
};

/* A year that begins in April is a time range of ISO 8601: begin and duration. */
static struct sdmx_period sdmx_period(const struct call *call, struct str text)
{
    uint32_t period;
    const char *why;
    if (!period_read(text, &period, &why))
        return (struct sdmx_period){STR(""), "", ""};
    switch (period_kind_of(period)) {
    case PERIOD_MONTH: return (struct sdmx_period){text, "M", "Monthly"};
    case PERIOD_QUARTER: return (struct sdmx_period){text, "Q", "Quarterly"};
    case PERIOD_FISCAL: text = arena_printf(call->arena, "%u-04-01/P1Y", (unsigned)period_ordinal(period)); break;
    case PERIOD_YEAR: break;
    }
    return (struct sdmx_period){text, "A", "Annual"};
}

/* ---- columns ---- */

enum what {
    STRUCTURE,
    STRUCTURE_ID,
    ACTION,
    FREQ,
    DIMENSION, /* but for time */
    MEASURE,
    TIME_PERIOD,
    OBS_VALUE,
    UNIT_MEASURE,
    OBS_STATUS,
    TEXT,
    FLAG_NAMES,
    DATASET,
    RELEASE
};

struct sdmx_column {
    enum what what;
    size_t at; /* axis, or column of the table */
    struct str id, title;
};

#define SDMX_COLUMNS_MAX (COLUMNS_MAX + AXES_MAX + 12)

struct sheet {
    const struct call *call;
    struct layout layout;
    struct sdmx_column column[SDMX_COLUMNS_MAX];
    size_t n_columns, time, unit; /* the axis of time; the table's column of units; NO_COLUMN: none */
    enum labels labels;
    struct str structure, measure[COLUMNS_MAX]; /* codes: of the endpoint, and of each figure */
    struct sdmx_period *period;                 /* of each category of time */
    struct buf scratch;
};

/* Upper case; a capital begins a word: getBilateralProducts is GET_BILATERAL_PRODUCTS. */
static struct str sdmx_id(const struct call *call, struct str text)
{
    char *p = arena_new(call->arena, char, 2 * text.n);
    size_t n = 0;
    for (size_t i = 0; p && text.p && i < text.n; i++) {
        bool small = text.p[i] >= 'a' && text.p[i] <= 'z', capital = text.p[i] >= 'A' && text.p[i] <= 'Z';
        if (capital && n)
            p[n++] = '_';
        p[n++] = (char)(small ? text.p[i] - 'a' + 'A' : text.p[i]);
    }
    return str_span(p, n);
}

static struct str structure_of(const struct call *call)
{
    static const struct str verb[] = {STR_INIT("get"), STR_INIT("list")};
    struct str id = str_view(call->route->id);
    for (size_t i = 0; i < sizeof verb / sizeof *verb; i++)
        if (str_starts(id, verb[i]))
            id = str_span(id.p + verb[i].n, id.n - verb[i].n);
    return arena_printf(call->arena, "ENTREPOT:%.*s(1.0.0)", STR_ARG(sdmx_id(call, id)));
}

static void add(struct sheet *s, enum what what, size_t at, struct str id, struct str title)
{
    s->column[s->n_columns++] = (struct sdmx_column){what, at, id, title};
}

static void add_dimensions(struct sheet *s)
{
    for (size_t a = 0; a < s->layout.n_all; a++) {
        const struct code_kind *kind = s->layout.axis[a].kind;
        if (a != s->time)
            add(s, DIMENSION, a, str_view(kind ? kind->concept : "ROW"), str_view(kind ? kind->title : "Row"));
    }
}

static void add_texts(struct sheet *s)
{
    for (size_t i = 0; i < s->layout.n_texts; i++) {
        const struct column *column = &s->call->table.column[s->layout.text[i]];
        const struct code_kind *kind = column->codes;
        if (s->layout.text[i] != s->unit)
            add(s, TEXT, s->layout.text[i], kind ? str_view(kind->concept) : sdmx_id(s->call, str_view(column->id)),
                str_view(kind ? kind->title : column->description));
    }
}

static void add_columns(struct sheet *s)
{
    add(s, STRUCTURE, 0, STR("STRUCTURE"), STR(""));
    add(s, STRUCTURE_ID, 0, STR("STRUCTURE_ID"), STR("STRUCTURE_NAME"));
    add(s, ACTION, 0, STR("ACTION"), STR(""));
    if (s->time != NO_COLUMN)
        add(s, FREQ, s->time, STR("FREQ"), STR("Frequency"));
    add_dimensions(s);
    add(s, MEASURE, 0, STR("MEASURE"), STR("Measure"));
    if (s->time != NO_COLUMN)
        add(s, TIME_PERIOD, s->time, STR("TIME_PERIOD"), STR("Time period"));
    add(s, OBS_VALUE, 0, STR("OBS_VALUE"), STR("Observation value"));
    add(s, UNIT_MEASURE, 0, STR("UNIT_MEASURE"), STR("Unit of measure"));
    add(s, OBS_STATUS, 0, STR("OBS_STATUS"), STR("Observation status"));
    add_texts(s);
    if (s->layout.flags != NO_COLUMN)
        add(s, FLAG_NAMES, 0, STR("FLAGS"), STR("Flags"));
    bool has_dataset = false;
    for (size_t i = 0; i < s->n_columns; i++)
        has_dataset = has_dataset || str_is(s->column[i].id, "DATASET");
    if (!has_dataset)
        add(s, DATASET, 0, STR("DATASET"), STR("Dataset"));
    add(s, RELEASE, 0, STR("RELEASE"), STR("Release of the dataset"));
}

static enum status start(struct sheet *s, const struct call *call)
{
    enum status status = layout_make(call, &s->layout);
    if (status != ST_OK)
        return status;
    s->call = call;
    s->labels = (enum labels)call_arg(call, "labels")->number;
    if (s->labels != LABELS_ID)
        status = layout_name(call, &s->layout);
    s->time = s->unit = NO_COLUMN;
    s->structure = structure_of(call);
    for (size_t k = 0; k < s->layout.n_figures; k++)
        s->measure[k] = sdmx_id(call, str_view(call->table.column[s->layout.figure[k]].id));
    for (size_t c = 0; c < call->route->n_columns; c++)
        if (strcmp(call->route->column[c].id, "unit") == 0 && call->route->column[c].type == COLUMN_STRING)
            s->unit = c;
    for (size_t a = 0; a < s->layout.n_all; a++)
        if (s->layout.axis[a].kind && s->layout.axis[a].kind->role == ROLE_TIME)
            s->time = a;
    const struct axis *time = s->time == NO_COLUMN ? NULL : &s->layout.axis[s->time];
    s->period = arena_new(call->arena, struct sdmx_period, time ? time->n_categories : 1);
    for (size_t i = 0; time && s->period && i < time->n_categories; i++)
        s->period[i] = sdmx_period(call, time->category[i]);
    add_columns(s);
    return s->period ? status : ST_NO_MEMORY;
}

/* ---- cells ---- */

struct named {
    struct str code, name; /* either may be empty */
};

/* One figure of one row. */
struct sdmx_observation {
    const struct cell *row, *value;
    const struct column *column;
    size_t r, k;
};

static struct named z(const char *code, const char *name) { return (struct named){str_view(code), str_view(name)}; }

static struct named dimension_of(const struct sheet *s, size_t axis, size_t r)
{
    const struct axis *a = &s->layout.axis[axis];
    size_t category = a->of_row ? a->of_row[r] : 0;
    return (struct named){a->category[category], a->name ? a->name[category] : STR("")};
}

static struct named period_of(const struct sheet *s, size_t r)
{
    const struct axis *time = &s->layout.axis[s->time];
    return (struct named){s->period[time->of_row[r]].time, time->category[time->of_row[r]]};
}

static struct named freq_of(const struct sheet *s, size_t r)
{
    const struct sdmx_period *period = &s->period[s->layout.axis[s->time].of_row[r]];
    return z(period->freq, period->freq_name);
}

static struct named unit_of(const struct sheet *s, const struct sdmx_observation *o)
{
    const struct unit_code *unit = o->column->type == COLUMN_BOOLEAN ? &unit_of_truths : &unit_of_numbers;
    if (o->column->unit)
        unit = unit_code(str_view(o->column->unit));
    else if (s->unit != NO_COLUMN && o->column->type == COLUMN_NUMBER && o->row[s->unit].kind == CELL_STRING)
        unit = unit_code(o->row[s->unit].text);
    return z(unit->code, unit->name);
}

static struct named value_of(struct sheet *s, const struct cell *cell)
{
    if (cell->kind == CELL_NUMBER)
        buf_ratio(&s->scratch, cell->number);
    else if (cell->kind != CELL_NULL)
        buf_i64(&s->scratch, cell->kind == CELL_BOOLEAN ? cell->boolean : cell->integer);
    return (struct named){buf_view(&s->scratch), STR("")};
}

static struct named text_of(struct sheet *s, size_t column, const struct cell *cell)
{
    const struct code_kind *kind = s->call->table.column[column].codes;
    if (cell->kind == CELL_STRING)
        return (struct named){cell->text, kind && s->labels != LABELS_ID
                                              ? code_name(s->call->catalogue, kind->names, cell->text)
                                              : STR("")};
    struct str list = cell->kind == CELL_LIST ? cell->text : str_span(NULL, 0);
    while (list.p) {
        if (s->scratch.n)
            buf_byte(&s->scratch, ' ');
        buf_add(&s->scratch, str_cut(&list, '\n'));
    }
    return (struct named){buf_view(&s->scratch), STR("")};
}

static struct named flags_of(struct sheet *s, flag_bits flags)
{
    csv_flags(&s->scratch, flags);
    return (struct named){buf_view(&s->scratch), STR("")};
}

static struct named source_of(const struct sheet *s, enum what what, const struct cell *row)
{
    const struct cube *cube = call_row_cube(s->call, row);
    if (!cube)
        return z("", "");
    return what == RELEASE ? (struct named){cube_release(cube), STR("")}
                           : (struct named){cube_dataset(cube)->id, cube_dataset(cube)->title};
}

static struct named cell_of(struct sheet *s, const struct sdmx_column *c, const struct sdmx_observation *o)
{
    flag_bits flags = layout_flags(&s->layout, o->row);
    const struct status_code *status;
    switch (c->what) {
    case STRUCTURE: return z("dataflow", "");
    case STRUCTURE_ID: return (struct named){s->structure, str_view(s->call->route->summary)};
    case ACTION: return z("I", "");
    case FREQ: return freq_of(s, o->r);
    case DIMENSION: return dimension_of(s, c->at, o->r);
    case MEASURE: return (struct named){s->measure[o->k], str_view(o->column->description)};
    case TIME_PERIOD: return period_of(s, o->r);
    case OBS_VALUE: return value_of(s, o->value);
    case UNIT_MEASURE: return unit_of(s, o);
    case OBS_STATUS: status = status_code(o->value->kind == CELL_NULL, flags); return z(status->code, status->name);
    case TEXT: return text_of(s, c->at, &o->row[c->at]);
    case FLAG_NAMES: return flags_of(s, flags);
    case DATASET:
    case RELEASE: return source_of(s, c->what, o->row);
    }
    BUG("no such column");
}

/* STRUCTURE and ACTION name nothing: they have no second column, and no name behind the colon. */
static bool has_name(const struct sdmx_column *c) { return c->what != STRUCTURE && c->what != ACTION; }

/* labels=id: the code; both: "code: name" in one cell; name: the name in a cell of its own. */
static void write_named(struct sheet *s, const struct sdmx_column *c, struct named cell, struct buf *out)
{
    if (s->labels == LABELS_BOTH && has_name(c) && cell.name.n) {
        struct buf *both = &s->scratch;
        if (cell.code.p != both->p)
            buf_add(both, cell.code);
        buf_lit(both, ": ");
        buf_add(both, cell.name);
        cell.code = buf_view(both);
    }
    if (c->what == OBS_VALUE)
        buf_add(out, cell.code); /* a number, which may be negative */
    else
        csv_text(out, cell.code);
    if (s->labels == LABELS_NAME && has_name(c)) {
        buf_byte(out, ',');
        csv_text(out, cell.name);
    }
    s->scratch.n = 0;
}

static void write_head(struct sheet *s, struct buf *out)
{
    if (call_arg(s->call, "bom")->number)
        buf_lit(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < s->n_columns; i++) {
        const struct sdmx_column *c = &s->column[i];
        struct named head = {c->id, c->what == STRUCTURE_ID && s->labels == LABELS_BOTH ? STR("") : c->title};
        if (i)
            buf_byte(out, ',');
        write_named(s, c, head, out);
    }
    buf_lit(out, "\r\n");
}

static void write_observation(struct sheet *s, const struct sdmx_observation *o, struct buf *out)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        if (i)
            buf_byte(out, ',');
        write_named(s, &s->column[i], cell_of(s, &s->column[i], o), out);
    }
    buf_lit(out, "\r\n");
}

void encode_sdmx_csv(struct call *call, struct buf *out)
{
    struct sheet *s = arena_new(call->arena, struct sheet, 1);
    if (!s || start(s, call) != ST_OK) {
        out->failed = true;
        return;
    }
    buf_init(&s->scratch, SIZE_MAX);
    write_head(s, out);
    for (size_t r = 0; r < s->layout.page.returned && !out->failed; r++) {
        const struct cell *row = layout_row(call, &s->layout, r);
        for (size_t k = 0; k < s->layout.n_figures; k++) {
            size_t column = s->layout.figure[k];
            struct sdmx_observation o = {row, &row[column], &call->table.column[column], r, k};
            write_observation(s, &o, out);
        }
    }
    out->failed = out->failed || s->scratch.failed;
    buf_release(&s->scratch);
}
