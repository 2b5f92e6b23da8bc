// How jemalloc behaves in the kedge binary; it reads this name before main() begins. Two arenas, since one thread does
// nearly all the work, and freed pages go back to the system within half a second: a daemon is at rest nearly always.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:500,muzzy_decay_ms:0";
}
