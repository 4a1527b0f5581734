/* The built-in tables. */
#include "bench/codes.h"

extern const char _binary_countries_csv_start[], _binary_countries_csv_end[];
extern const char _binary_products_csv_start[], _binary_products_csv_end[];

struct bench_codes bench_codes_read(void)
{
    struct bench_codes codes;
    struct problem problem;
    /* cppcheck-suppress comparePointers ; the linker puts one behind the other */
    size_t n_countries = (size_t)(_binary_countries_csv_end - _binary_countries_csv_start);
    /* cppcheck-suppress comparePointers ; the linker puts one behind the other */
    size_t n_products = (size_t)(_binary_products_csv_end - _binary_products_csv_start);
    struct str countries = str_span(_binary_countries_csv_start, n_countries),
               products = str_span(_binary_products_csv_start, n_products);
    enum status status = countries_read("countries.csv", countries, &codes.countries, &problem);
    if (status == ST_OK)
        status = products_read("products.csv", products, &codes.products, &problem);
    if (status != ST_OK) {
        problem_print(&problem, stderr);
        exit(1);
    }
    return codes;
}

void bench_codes_release(struct bench_codes *codes)
{
    countries_free(codes->countries);
    products_free(codes->products);
}
