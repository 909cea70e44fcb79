/* What the files of the addon share: its state, its handles, arguments and errors. */
#ifndef NETVERDICT_ADDON_H
#define NETVERDICT_ADDON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <node_api.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- handles.c: small integers for what the addon owns; an id is never used twice ---- */

enum nv_kind { NV_OBJECT, NV_LINK, NV_RING };

/* Keeps `pointer` and answers its id; throws and answers NULL when out of memory. */
napi_value nv_handle_new(napi_env env, enum nv_kind kind, void *pointer);
/* The pointer of an open handle; throws EBADF and answers NULL for any other. */
void *nv_handle_get(napi_env env, napi_value id, enum nv_kind kind);
/* The same, and forgets it: the caller releases the pointer. */
void *nv_handle_take(napi_env env, napi_value id, enum nv_kind kind);
/* Sets up the table of this environment; at its end whatever is open is closed. */
bool nv_handles_init(napi_env env);

void nv_object_release(void *object);
void nv_link_release(void *link);
void nv_ring_release(napi_env env, void *ring);

/* ---- arguments.c: each throws a TypeError and answers false when the value does not fit ---- */

struct nv_bytes {
	uint8_t *data;
	size_t length;
};

bool nv_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool nv_get_i32(napi_env env, napi_value value, int32_t *out);
bool nv_get_u32(napi_env env, napi_value value, uint32_t *out);
bool nv_get_bool(napi_env env, napi_value value, bool *out);
bool nv_get_bytes(napi_env env, napi_value value, struct nv_bytes *out);
/* At most `size` - 1 bytes of UTF-8. */
bool nv_get_string(napi_env env, napi_value value, char *out, size_t size);

/* ---- values.c: results ---- */

napi_value nv_undefined(napi_env env);
napi_value nv_i32(napi_env env, int32_t value);
napi_value nv_u32(napi_env env, uint32_t value);
napi_value nv_u64(napi_env env, uint64_t value);
napi_value nv_bool(napi_env env, bool value);
napi_value nv_string(napi_env env, const char *value);
napi_value nv_bytes_copy(napi_env env, const void *data, size_t length);
void nv_set(napi_env env, napi_value object, const char *name, napi_value value);

/* ---- errors.c: an Error with `code` and the text that libbpf logged meanwhile as `log` ---- */

/* `error` is an errno; its sign does not matter. Always answers NULL. */
napi_value nv_throw(napi_env env, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Forgets what libbpf logged before. */
void nv_log_reset(void);
/* Sends libbpf's log here instead of stderr. */
void nv_log_init(void);

/* ---- netns.c ---- */

struct nv_netns_visit {
	int home; /* -1: the caller's namespace was asked for */
};

/* Moves this thread into `netns` (-1: stays). Answers 0 or an errno. */
int nv_netns_enter(int netns, struct nv_netns_visit *visit);
/* Moves it back; aborts the process if that fails. */
void nv_netns_leave(struct nv_netns_visit *visit);

/* ---- what each file exports to JavaScript ---- */

void nv_export(napi_env env, napi_value exports, const char *name, napi_callback function);

void nv_object_exports(napi_env env, napi_value exports);
void nv_section_exports(napi_env env, napi_value exports);
void nv_link_exports(napi_env env, napi_value exports);
void nv_tcx_exports(napi_env env, napi_value exports);
void nv_clsact_exports(napi_env env, napi_value exports);
void nv_program_exports(napi_env env, napi_value exports);
void nv_map_exports(napi_env env, napi_value exports);
void nv_memory_exports(napi_env env, napi_value exports);
void nv_ring_exports(napi_env env, napi_value exports);
void nv_netns_exports(napi_env env, napi_value exports);
void nv_netlink_exports(napi_env env, napi_value exports);
void nv_system_exports(napi_env env, napi_value exports);

#endif
