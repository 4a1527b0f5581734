/* Columns of codes: what they are in formats of dimensions and figures, and the names of what they hold. */
#include "api/contract/column.h"

/* `dataset` is null where no dataset has the row. */
const struct code_kind codes_reporter = {ROLE_PLACE, NAMES_OF_COUNTRIES, "REPORTER", "Reporter", "_T", false};
const struct code_kind codes_partner = {ROLE_PLACE, NAMES_OF_COUNTRIES, "PARTNER", "Partner", "_T", false};
const struct code_kind codes_importer = {ROLE_PLACE, NAMES_OF_COUNTRIES, "IMPORTER", "Importer", "_T", false};
const struct code_kind codes_supplier = {ROLE_PLACE, NAMES_OF_COUNTRIES, "SUPPLIER", "Supplier", "_T", false};
const struct code_kind codes_product = {ROLE_CLASS, NAMES_OF_PRODUCTS, "PRODUCT", "Product", "_T", true};
const struct code_kind codes_flow = {ROLE_CLASS, NAMES_OF_NOTHING, "FLOW", "Flow", "_T", false};
const struct code_kind codes_measure = {ROLE_CLASS, NAMES_OF_NOTHING, "CHECKED_MEASURE", "Checked measure", "_Z",
                                        false};
const struct code_kind codes_path = {ROLE_CLASS, NAMES_OF_NOTHING, "PATH", "Path of the cut", "_Z", false};
const struct code_kind codes_year = {ROLE_CLASS, NAMES_OF_NOTHING, "YEAR_OF_PATH", "Year of the path", "_Z", false};
const struct code_kind codes_dataset = {ROLE_CLASS, NAMES_OF_DATASETS, "DATASET", "Dataset", "_Z", false};
const struct code_kind codes_id = {ROLE_CLASS, NAMES_OF_NOTHING, "ID", "Id", "_Z", true};
const struct code_kind codes_period = {ROLE_TIME, NAMES_OF_NOTHING, "TIME_PERIOD", "Period", "_T", false};
const struct code_kind codes_return = {ROLE_CLASS, NAMES_OF_NOTHING, "RETURN_PERIOD", "Period of the return", "_T",
                                       false};
const struct code_kind codes_top_supplier = {ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_SUPPLIER", "Largest supplier", "",
                                             false};
const struct code_kind codes_top_partner = {ROLE_TEXT, NAMES_OF_COUNTRIES, "TOP_PARTNER", "Largest partner", "", false};
const struct code_kind codes_mirror_dataset = {
    ROLE_TEXT, NAMES_OF_DATASETS, "MIRROR_DATASET", "Dataset of the partner's books", "", false};
const struct code_kind codes_section = {ROLE_TEXT, NAMES_OF_PRODUCTS, "SECTION", "Section", "", false};
const struct code_kind codes_parent = {ROLE_TEXT, NAMES_OF_PRODUCTS, "PARENT", "Next coarser code", "", true};
const struct code_kind codes_code = {ROLE_TEXT, NAMES_OF_NOTHING, "CODE", "Code", "", true};
const struct code_kind codes_prefixes = {ROLE_TEXT, NAMES_OF_NOTHING, "PREFIXES", "HS codes", "", true};

enum column_role column_role(const struct column *column)
{
    bool figure = column->type == COLUMN_INTEGER || column->type == COLUMN_NUMBER || column->type == COLUMN_BOOLEAN;
    return column->codes ? column->codes->role : figure ? ROLE_FIGURE : ROLE_TEXT;
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
