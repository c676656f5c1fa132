/* SPDX-License-Identifier: MIT */
/* Microseconds of an empty call over NATS beside a bare NATS request of the same size, both in turn;
 * each with another process at its other end. The bare one is a request as libnats makes it.
 * usage: FK_VM_NATS=URL bench_nats SCRIPT CALLS, or SCRIPT 0 VMS: how long VMs take to open */
#include <fk_vm.h>
#include <nats/nats.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 68, TURNS = 20 }; /* of a request and of its answer: about those of the call */
static const char subject[] = "fkvm.bench.echo";

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

static natsConnection *connect_to(const char *url) {
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    natsOptions_Create(&options);
    natsOptions_SetURL(options, url);
    natsOptions_SetSendAsap(options, true);
    const natsStatus status = natsConnection_Connect(&connection, options);
    natsOptions_Destroy(options);
    if (status != NATS_OK) exit((fprintf(stderr, "%s\n", natsStatus_GetText(status)), 1));
    return connection;
}

static void echo(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
                 void *closure) {
    (void)subscription, (void)closure;
    natsConnection_Publish(connection, natsMsg_GetReply(message), natsMsg_GetData(message),
                           natsMsg_GetDataLength(message));
    natsMsg_Destroy(message);
}

static void serve(const char *url) {
    natsSubscription *subscription;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    natsConnection *connection = connect_to(url);
    natsConnection_Subscribe(&subscription, connection, subject, echo, NULL);
    natsConnection_Flush(connection);
    for (;;) pause();
}

static double request(natsConnection *connection) {
    char bytes[BYTES];
    memset(bytes, 'x', sizeof bytes);
    natsMsg *answer = NULL;
    const double begun = now_us();
    const natsStatus status =
        natsConnection_Request(&answer, connection, subject, bytes, BYTES, 5000);
    const double took = now_us() - begun;
    natsMsg_Destroy(answer);
    return status == NATS_OK ? took : -1;
}

static double call(fk_vm *vm) {
    const fk_value params[] = {FK_INT(1), FK_INT(2)};
    fk_value *sum;
    const double begun = now_us();
    if (fk_vm_call(vm, "add", &FK_ARRAY(params), &sum) != FK_OK)
        exit((puts(fk_error_last()->message), 1));
    const double took = now_us() - begun;
    fk_value_free(sum);
    return took;
}

/* How long each of so many VMs takes to open, from the second on; they stay until the input ends. */
static int open_many(const char *script, int count) {
    double *took = calloc((size_t)count, sizeof *took);
    for (int i = 0; i < count; i++) {
        fk_vm_options options = FK_VM_OPTIONS_INIT;
        options.backend = "nats";
        options.script = script;
        fk_vm *vm;
        const double begun = now_us();
        if (fk_vm_open(&options, &vm) != FK_OK) return puts(fk_error_last()->message), 1;
        took[i] = now_us() - begun;
    }
    const double middle = median(took, count);
    printf("{\"open_ms\": %.2f, \"open_99_ms\": %.2f}\n", middle / 1e3,
           took[count * 99 / 100] / 1e3);
    fflush(stdout);
    while (getchar() != EOF) continue;
    return 0;
}

int main(int argc, char **argv) {
    const char *url = getenv("FK_VM_NATS");
    if (argc < 3 || !url)
        return fputs("usage: FK_VM_NATS=URL bench_nats SCRIPT CALLS\n", stderr), 2;
    if (argc > 3) return open_many(argv[1], atoi(argv[3]));
    const int count = atoi(argv[2]);
    if (fork() == 0) serve(url);
    natsConnection *connection = connect_to(url);
    while (request(connection) < 0) usleep(10000);
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    options.backend = "nats";
    options.script = argv[1];
    fk_vm *vm;
    if (fk_vm_open(&options, &vm) != FK_OK) return puts(fk_error_last()->message), 1;
    double *bare = calloc((size_t)count, sizeof *bare), *ours = calloc((size_t)count, sizeof *ours);
    for (int done = 0; done < count; done += TURNS) {
        for (int i = done; i < count && i < done + TURNS; i++) bare[i] = request(connection);
        for (int i = done; i < count && i < done + TURNS; i++) ours[i] = call(vm);
    }
    const double a = median(bare, count), b = median(ours, count);
    printf("request %.1f us, call %.1f us, ratio %.2f\n", a, b, b / a);
    fk_vm_close(vm);
    natsConnection_Destroy(connection);
    return 0;
}
