/* The headings under which routes are listed. */
#include "api/contract/route.h"

const struct group_heading group_headings[ROUTE_GROUPS] = {
    [GROUP_BALANCE] = {"balance", "How much two countries trade, who runs the deficit, and what makes it."},
    [GROUP_DEPENDENCE] = {"dependence", "Who depends on whom, who holds the lever, and who else could supply."},
    [GROUP_BOOKS] = {"books", "Which figure is right: two customs services, published numbers, who reported what."},
    [GROUP_INDICES] = {"indices", "The usual indices of trade analysis, each after its source."},
    [GROUP_CODES] = {"codes", "What is loaded, and the codes and measures that answers are written in."},
    [GROUP_SERVICE] = {"service", "The service itself: what there is to ask, its description, its health."},
};
