/* Columns of codes: what they are in formats of dimensions and figures, and the names of what they hold. */
#include <string.h>

#include "api/contract/codes.h"

/* What is not in here is a figure if it is a number or a truth, else a text. `dataset` is null where no dataset has the row. */
static const struct code_kind kinds[] = {
    {"reporter", ROLE_PLACE, NAMES_OF_COUNTRIES, "REPORTER", "Reporter", "_T", false},
    {"partner", ROLE_PLACE, NAMES_OF_COUNTRIES, "PARTNER", "Partner", "_T", false},
    {"importer", ROLE_PLACE, NAMES_OF_COUNTRIES, "IMPORTER", "Importer", "_T", false},
    {"supplier", ROLE_PLACE, NAMES_OF_COUNTRIES, "SUPPLIER", "Supplier", "_T", false},
    {"product", ROLE_CLASS, NAMES_OF_PRODUCTS, "PRODUCT", "Product", "_T", true},
    {"flow", ROLE_CLASS, NAMES_OF_NOTHING, "FLOW", "Flow", "_T", false},
    {"measure", ROLE_CLASS, NAMES_OF_NOTHING, "CHECKED_MEASURE", "Checked measure", "_Z", false},
    {"path", ROLE_CLASS, NAMES_OF_NOTHING, "PATH", "Path of the cut", "_Z", false},
    {"year", ROLE_CLASS, NAMES_OF_NOTHING, "YEAR_OF_PATH", "Year of the path", "_Z", false},
    {"dataset", ROLE_CLASS, NAMES_OF_DATASETS, "DATASET", "Dataset", "_Z", false},
    {"id", ROLE_CLASS, NAMES_OF_NOTHING, "ID", "Id", "_Z", true},
    {"period", ROLE_TIME, NAMES_OF_NOTHING, "TIME_PERIOD", "Period", "_T", false},
    {"top_supplier", ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_SUPPLIER", "Largest supplier", "", false},
    {"top_partner", ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_PARTNER", "Largest partner", "", false},
    {"mirror_dataset", ROLE_TEXT, NAMES_OF_DATASETS, "MIRROR_DATASET", "Dataset of the partner's books", "", false},
    {"section", ROLE_TEXT, NAMES_OF_PRODUCTS, "SECTION", "Section", "", false},
    {"parent", ROLE_TEXT, NAMES_OF_PRODUCTS, "PARENT", "Next coarser code", "", true},
    {"code", ROLE_TEXT, NAMES_OF_NOTHING, "CODE", "Code", "", true},
    {"prefixes", ROLE_TEXT, NAMES_OF_NOTHING, "PREFIXES", "HS codes", "", true},
};

const struct code_kind *code_kind_of(const char *id)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].id, id) == 0)
            return &kinds[i];
    return NULL;
}

enum column_role column_role(const struct column *column)
{
    const struct code_kind *kind = code_kind_of(column->id);
    bool figure = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER || column->type == COLUMN_BOOLEAN;
    return kind ? kind->role : figure ? ROLE_FIGURE : ROLE_TEXT;
}

static struct str name_of_country(const struct catalogue *catalogue, struct str code)
{
    const struct countries *countries = catalogue_countries(catalogue);
    uint32_t id = countries_find(countries, code);
    return id == NO_ID ? str_span(NULL, 0) : countries_at(countries, id)->name;
}

/* HS codes, sections, TOTAL, and sectors. */
static struct str name_of_product(const struct catalogue *catalogue, struct str code)
{
    const struct sector *sector = sectors_find(catalogue_sectors(catalogue), code);
    return sector ? sector->name : products_name(catalogue_products(catalogue), code);
}

static struct str name_of_dataset(const struct catalogue *catalogue, struct str code)
{
    const struct cube *cube = catalogue_find(catalogue, code);
    return cube ? cube_dataset(cube)->title : str_span(NULL, 0);
}

struct str code_name(const struct catalogue *catalogue, enum names_of names, struct str code)
{
    static struct str (*const find[])(const struct catalogue *, struct str) = {
        [NAMES_OF_COUNTRIES] = name_of_country,
        [NAMES_OF_PRODUCTS] = name_of_product,
        [NAMES_OF_DATASETS] = name_of_dataset,
    };
    return names == NAMES_OF_NOTHING ? str_span(NULL, 0) : find[names](catalogue, code);
}
