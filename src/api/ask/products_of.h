/* products_of: what a list of products stands for in a dataset. Private to src/api. */
#ifndef API_ASK_PRODUCTS_OF_H
#define API_ASK_PRODUCTS_OF_H

#include "api/contract/call.h"
#include "entrepot/analysis/breakdown.h"

/* Codes of `product` with sectors resolved for the cube's HS revision. */
enum status call_products(struct call *call, const struct arg *arg, const struct cube *cube, const struct str **code,
                          size_t *n) MUST_CHECK;
/* A product list as codes and leaves of the frame's cube, into the frame. */
enum status frame_products(struct call *call, struct frame *frame) MUST_CHECK;
/* Takes the call's products into the want. */
void want_products(const struct call *call, struct want *want);
/* Each of the call's products, or, where none is named, one item TOTAL. */
enum status named_products(struct call *call, const struct cube *cube, struct breakdown *out) MUST_CHECK;
/* What a pair's trade is broken down by in one dataset: the level's nodes, or, where no level is asked for, each of the products, or one
 * item TOTAL. */
enum status pair_breakdown(struct call *call, const struct cube *cube, struct breakdown *out) MUST_CHECK;

#endif
