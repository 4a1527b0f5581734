/* instrumented: whether this program is built with a sanitizer. Then it has less to do, and what it takes of memory says nothing. */
#ifndef ENTREPOT_TESTS_INSTRUMENTED_H
#define ENTREPOT_TESTS_INSTRUMENTED_H

#if defined(__has_feature)
#define INSTRUMENTED_BY_CLANG (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define INSTRUMENTED_BY_CLANG 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || INSTRUMENTED_BY_CLANG
enum { INSTRUMENTED = 1 };
#else
enum { INSTRUMENTED = 0 };
#endif

#endif
