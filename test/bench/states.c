/* SPDX-License-Identifier: MIT
 * fkvm-states: the floor of `fkvm bench --sections updates`, a server that embeds Lua itself. The
 * game runs in lua_States with the system's malloc, each on a thread of its own; updates close them
 * all and open new ones. The server keeps the last messages of each, as for clients that have not
 * read them yet. Prints its RSS: at the start, then for each update before and after the closing. */
#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most_vms = 1000, kept_of_vm = 256 };

typedef struct thread_of_vm {
    pthread_t thread;
    char *kept[kept_of_vm];
    size_t next;
} thread_of_vm;

static char **floor_words; /* of floor.lua: itself, DIR, games, players, longest */
static pthread_barrier_t meeting;
static thread_of_vm threads[most_vms];

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
    lua_State *const L = luaL_newstate();
    if (!L) exit(1);
    play(L, of);
    pthread_barrier_wait(&meeting);
    pthread_barrier_wait(&meeting);
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

static void play_and_update(int vms) {
    for (int i = 0; i < vms; i++)
        if (pthread_create(&threads[i].thread, NULL, run_vm, &threads[i]) != 0) exit(1);
    pthread_barrier_wait(&meeting);
    look(",");
    pthread_barrier_wait(&meeting);
    for (int i = 0; i < vms; i++) pthread_join(threads[i].thread, NULL);
    look(",");
}

int main(int argc, char **argv) {
    const int vms = argc == 8 ? atoi(argv[6]) : 0;
    if (vms < 1 || vms > most_vms) {
        fprintf(stderr, "usage: fkvm-states FLOOR.LUA DIR GAMES PLAYERS LONGEST VMS UPDATES\n");
        return 2;
    }
    floor_words = argv + 1;
    pthread_barrier_init(&meeting, NULL, (unsigned)vms + 1);
    look("{\"server\":[");
    for (int update = atoi(argv[7]); update > 0; update--) play_and_update(vms);
    puts("]}");
    return 0;
}
