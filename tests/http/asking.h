/* asking: questions to the api, one at a time, and what came of the last one. Asked through api_answer, which is what the server and
 * `entrepot get` both call. What cannot be read fails the test. For one thread.
 */
#ifndef ENTREPOT_TESTS_HTTP_ASKING_H
#define ENTREPOT_TESTS_HTTP_ASKING_H

#include <jansson.h>

#include "entrepot/api/api.h"

/* The last answer, and the memory that its texts lie in; until the next question. */
extern struct api_reply reply;
extern struct arena arena;

/* Around all tests of a program. */
void asking_start(void);
void asking_stop(void);

/* The status. GET, where the request has no method of its own. */
int ask_of(const struct api *api, const char *target, struct api_request request);
/* The key that the api gives a question before it plans or reads anything; empty where the reply is whole by then, or not to be looked
 * up. Nothing has been written where it is not empty. */
#define KEY_TEXT 512
void ask_key(const struct api *api, const char *target, struct api_request request, char key[KEY_TEXT]);
/* The body as JSON, which must be of this status. The caller's. */
json_t *ask_json(const struct api *api, const char *target, int status);
/* The same of a table, whose rows must have exactly the route's columns in their types. Status 200. */
json_t *ask_table(const struct api *api, const char *target);
/* Fails unless the status is 200. */
void ask_soundly(const struct api *api, const char *target);

/* Fails unless the answer is a problem of that status and kind. */
void ask_in_vain(const struct api *api, const char *target, int status, const char *slug);

/* Of the last answer. */
struct str header(const char *name); /* p is NULL if there is none */
bool body_has(const char *text);
json_t *parse(void);
json_t *parse_text(struct str text); /* or of a part of it */

/* Of an answer's JSON; borrowed. */
json_t *row_of(json_t *root, size_t i);
json_t *meta_of(json_t *root, const char *key);
bool is_text(json_t *object, const char *key, const char *text);
bool is_null(json_t *object, const char *key);
json_int_t integer(json_t *object, const char *key);
double number(json_t *object, const char *key);
bool has_flag(json_t *row, const char *flag);
bool warns_of(json_t *root, const char *words);
size_t place_of(const json_t *array, const char *text); /* of a text in a list; the list's length if it is not there */

#endif
