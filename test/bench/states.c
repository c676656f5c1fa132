/* SPDX-License-Identifier: MIT
 * fkvm-states: the floor of `fkvm bench --sections updates`, a server that embeds Lua itself. The
 * game runs in lua_States with the system's malloc, each on a thread of its own. Each hour new ones
 * open and play, then those of the hour before are closed. The server keeps the last messages of
 * each, as for clients that have not read them yet. Prints its RSS: at the start, before and after
 * each closing. */
#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most_vms = 100, kept_of_vm = 256 };

typedef struct generation generation;
typedef struct thread_of_vm {
    generation *in;
    pthread_t thread;
    char *kept[kept_of_vm];
    size_t next;
} thread_of_vm;

/* VMs that were opened in the same hour. */
struct generation {
    pthread_barrier_t meeting;
    int vms;
    thread_of_vm threads[most_vms];
};

static char **floor_words; /* of floor.lua: itself, DIR, games, players, longest */
static generation generations[2];

static int keep_message(lua_State *L) {
    thread_of_vm *const mine = lua_touserdata(L, lua_upvalueindex(1));
    size_t size;
    const char *const message = lua_tolstring(L, 1, &size);
    char **const place = &mine->kept[mine->next++ % kept_of_vm];
    free(*place);
    *place = malloc(size + 1);
    if (message && *place) memcpy(*place, message, size);
    return 0;
}

static int nothing(lua_State *L) {
    (void)L;
    return 0;
}

static void play(lua_State *L, thread_of_vm *mine) {
    luaL_openlibs(L);
    lua_register(L, "print", nothing);
    lua_pushlightuserdata(L, mine);
    lua_pushcclosure(L, keep_message, 1);
    lua_setglobal(L, "keep_message");
    lua_newtable(L);
    for (int i = 0; i < 5; i++) {
        lua_pushstring(L, floor_words[i]);
        lua_rawseti(L, -2, i);
    }
    lua_setglobal(L, "arg");
    if (luaL_dofile(L, floor_words[0]) == LUA_OK) return;
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    exit(1);
}

static void *run_vm(void *of) {
    thread_of_vm *const mine = of;
    lua_State *const L = luaL_newstate();
    if (!L) exit(1);
    play(L, mine);
    pthread_barrier_wait(&mine->in->meeting);
    pthread_barrier_wait(&mine->in->meeting);
    lua_close(L);
    return NULL;
}

static void look(const char *before) {
    long resident = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*d %ld", &resident) != 1) exit(1);
    fclose(file);
    printf("%s%ld", before, resident * sysconf(_SC_PAGESIZE));
}

static void open_all(generation *of, int vms) {
    of->vms = vms;
    pthread_barrier_init(&of->meeting, NULL, (unsigned)vms + 1);
    for (int i = 0; i < vms; i++) {
        of->threads[i].in = of;
        if (pthread_create(&of->threads[i].thread, NULL, run_vm, &of->threads[i]) != 0) exit(1);
    }
    pthread_barrier_wait(&of->meeting);
}

static void close_all(generation *of) {
    if (of->vms == 0) return;
    pthread_barrier_wait(&of->meeting);
    for (int i = 0; i < of->vms; i++) pthread_join(of->threads[i].thread, NULL);
    pthread_barrier_destroy(&of->meeting);
    look(",");
}

/* Few VMs in the morning and at night, as fkvm bench has it. */
static void live(int vms, int hours) {
    for (int hour = 0; hour < hours; hour++) {
        const int until_noon = hour < hours - hour ? hour : hours - hour;
        open_all(&generations[hour % 2], 1 + (vms - 1) * until_noon * 2 / hours);
        look(",");
        close_all(&generations[(hour + 1) % 2]);
    }
    close_all(&generations[(hours + 1) % 2]);
}

int main(int argc, char **argv) {
    const int vms = argc == 8 ? atoi(argv[6]) : 0;
    if (vms < 1 || vms > most_vms) {
        fprintf(stderr, "usage: fkvm-states FLOOR.LUA DIR GAMES PLAYERS LONGEST VMS HOURS\n");
        return 2;
    }
    floor_words = argv + 1;
    look("{\"server\":[");
    live(vms, atoi(argv[7]));
    puts("]}");
    return 0;
}
