/* observation: what one figure of a dataset is, beside its value: its flow, and how sure it is. */
#ifndef ENTREPOT_CUBE_OBSERVATION_H
#define ENTREPOT_CUBE_OBSERVATION_H

#include <stdint.h>

enum flow { FLOW_EXPORTS, FLOW_IMPORTS };
/* Bits; a figure without any is final. */
enum observation_status { OBS_FINAL = 0, OBS_PROVISIONAL = 1, OBS_ESTIMATED = 2, OBS_ROUNDED = 4 };
/* In place of kilograms. */
#define QUANTITY_UNKNOWN INT64_MIN

#endif
