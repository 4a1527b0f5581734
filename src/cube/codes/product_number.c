/* Product codes as numbers: how they travel from an importer to a cube file. */
#include "entrepot/cube/codes.h"

static const unsigned digits_of[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};

bool product_number(struct str code, enum level level, uint32_t *out)
{
    if (level == LEVEL_TOTAL) {
        *out = 0;
        return str_is(code, "TOTAL");
    }
    return digits_of[level] && code.n == digits_of[level] && str_u32(code, 99999999, out);
}

size_t product_print(uint32_t number, enum level level, char out[PRODUCT_CODE_MAX])
{
    if (level == LEVEL_TOTAL)
        return (size_t)snprintf(out, PRODUCT_CODE_MAX, "TOTAL");
    return (size_t)snprintf(out, PRODUCT_CODE_MAX, "%0*u", (int)digits_of[level], number % 100000000U);
}
