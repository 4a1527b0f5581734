/* For cppcheck alone, which reads no headers of libraries and is shown these lines of theirs instead (make lint). */
#ifndef LINT_LIBRARIES_H
#define LINT_LIBRARIES_H

const char *json_key(const void *object); /* the next one */

#define MHD_VERSION 0x01000100
#define json_array_foreach(array, i, value) for (i = 0; (value = json_array_get(array, i)) != NULL; i++)
#define json_object_foreach(object, key, value)                                                                        \
    for (; (key = json_key(object)) != NULL && (value = json_object_get(object, key)) != NULL;)

#endif
