/* The words of manifests, as they are written. */
#include "entrepot/cube/dataset.h"

const char *const basis_name[2] = {"reported", "reconciled"}, *const coverage_name[2] = {"full", "selected"},
                  *const partners_name[3] = {"all", "listed", "closed"};
