/* The catalogue that answers, and how the next one takes its place. */
#include "edition.h"

#include <time.h>

#define LOOK_AGAIN_NS 200000 /* a request takes microseconds, seldom milliseconds */

static struct edition *edition_new(const struct api *api, uint64_t number)
{
    struct edition *edition = malloc(sizeof *edition);
    if (edition)
        *edition = (struct edition){.api = api, .number = number, .loaded_s = (int64_t)time(NULL), .kept = 0};
    return edition;
}

bool editions_init(struct editions *editions, const struct api *api, unsigned n_places)
{
    struct edition *first = edition_new(api, 1);
    struct edition_place *place = aligned_alloc(alignof(struct edition_place), n_places * sizeof *place);
    if (!first || !place) {
        free(first);
        free(place);
        return false;
    }
    for (unsigned i = 0; i < n_places; i++)
        atomic_init(&place[i].held, NULL);
    atomic_init(&editions->now, first);
    editions->place = place;
    editions->n_places = n_places;
    return true;
}

void editions_release(struct editions *editions)
{
    free(atomic_load(&editions->now));
    free(editions->place);
    *editions = (struct editions){.place = NULL};
}

/* What was read may have been replaced before it was noted down. Once it is noted and still the present one, edition_swap will see the
 * note: both sides write first and read then, in the one order that all agree on (memory_order_seq_cst). */
struct edition *edition_hold(struct editions *editions, unsigned place)
{
    struct edition *edition, *noted = atomic_load(&editions->now);
    do {
        edition = noted;
        atomic_store(&editions->place[place].held, edition);
        noted = atomic_load(&editions->now);
    } while (noted != edition);
    return edition;
}

void edition_drop(struct editions *editions, unsigned place)
{
    atomic_store_explicit(&editions->place[place].held, NULL, memory_order_release);
}

void edition_keep(struct edition *edition) { atomic_fetch_add(&edition->kept, 1); }

void edition_let_go(struct edition *edition) { atomic_fetch_sub(&edition->kept, 1); }

/* Kept is looked at last: whoever keeps an edition holds it as well until it is counted. */
static bool anybody_holds(struct editions *editions, const struct edition *edition)
{
    for (unsigned i = 0; i < editions->n_places; i++)
        if (atomic_load(&editions->place[i].held) == edition)
            return true;
    return atomic_load(&edition->kept) > 0;
}

const struct api *edition_swap(struct editions *editions, const struct api *api)
{
    struct edition *before = atomic_load(&editions->now), *next = edition_new(api, before->number + 1);
    if (!next)
        return NULL;
    atomic_store(&editions->now, next);
    while (anybody_holds(editions, before))
        nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN_NS}, NULL);
    const struct api *old = before->api;
    free(before);
    return old;
}
