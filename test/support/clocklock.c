/* SPDX-License-Identifier: MIT */
/* For TSan, which does not know pthread_mutex_clocklock() (GCC 12, LLVM 14) and takes what such a
 * lock guards for unguarded: the same by a function that it knows. Loaded before all else by
 * test/tsan.sh. */
#include <pthread.h>
#include <time.h>

int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
    struct timespec now, moment;
    clock_gettime(clock, &now);
    clock_gettime(CLOCK_REALTIME, &moment);
    moment.tv_sec += until->tv_sec - now.tv_sec;
    moment.tv_nsec += until->tv_nsec - now.tv_nsec;
    if (moment.tv_nsec < 0) moment.tv_sec--, moment.tv_nsec += 1000000000;
    if (moment.tv_nsec >= 1000000000) moment.tv_sec++, moment.tv_nsec -= 1000000000;
    return pthread_mutex_timedlock(mutex, &moment);
}
