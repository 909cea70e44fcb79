/*
 * Ring buffers for JavaScript. A thread waits for data and wakes the event loop once: the map is registered
 * one-shot, and the next drain arms it again, which reports at once whatever arrived meanwhile.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "addon.h"
#include "ring_buffer.h"

struct waiter {
	napi_threadsafe_function wake;
	pthread_t thread;
	int epoll;
	int stop; /* eventfd */
};

struct ring {
	struct nv_ring_buffer buffer;
	struct waiter *waiter;
};

static int watch(const struct ring *ring, int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.fd = ring->buffer.map };

	return epoll_ctl(ring->waiter->epoll, operation, ring->buffer.map, &event);
}

static void *wait_for_data(void *data)
{
	struct waiter *waiter = data;
	struct epoll_event event;

	for (;;) {
		int ready = epoll_wait(waiter->epoll, &event, 1, -1);

		if (ready < 0 && errno != EINTR)
			return NULL;
		if (ready <= 0)
			continue;
		if (event.data.fd == waiter->stop)
			return NULL;
		napi_call_threadsafe_function(waiter->wake, NULL, napi_tsfn_nonblocking);
	}
}

/* `env` is NULL when a wake-up is left over after the close. */
static void call_wake(napi_env env, napi_value callback, void *context, void *data)
{
	napi_value error;

	(void)context;
	(void)data;
	if (!env ||
	    napi_call_function(env, nv_undefined(env), callback, 0, NULL, NULL) != napi_pending_exception)
		return;
	/* Node would only warn of what a listener throws. */
	if (napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_fatal_exception(env, error);
}

static void free_waiter(struct waiter *waiter)
{
	if (waiter->epoll >= 0)
		close(waiter->epoll);
	if (waiter->stop >= 0)
		close(waiter->stop);
	free(waiter);
}

/* Also runs at the end of the environment, before Node frees the thread-safe function. */
static void stop_thread(void *data)
{
	struct ring *ring = data;
	uint64_t one = 1;

	while (write(ring->waiter->stop, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_join(ring->waiter->thread, NULL);
	free_waiter(ring->waiter);
	ring->waiter = NULL;
}

void nv_ring_release(napi_env env, void *pointer)
{
	struct ring *ring = pointer;

	if (ring->waiter) {
		napi_threadsafe_function wake = ring->waiter->wake;

		napi_remove_env_cleanup_hook(env, stop_thread, ring);
		stop_thread(ring);
		napi_release_threadsafe_function(wake, napi_tsfn_abort);
	}
	nv_ring_buffer_unmap(&ring->buffer);
	free(ring);
}

static struct waiter *new_waiter(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return NULL;
	waiter->epoll = epoll_create1(EPOLL_CLOEXEC);
	waiter->stop = eventfd(0, EFD_CLOEXEC);
	event.data.fd = waiter->stop;
	if (waiter->epoll < 0 || waiter->stop < 0 ||
	    epoll_ctl(waiter->epoll, EPOLL_CTL_ADD, waiter->stop, &event)) {
		free_waiter(waiter);
		return NULL;
	}
	return waiter;
}

/* Answers 0 or an errno; on failure the ring has no waiter. */
static int start_thread(napi_env env, struct ring *ring, napi_value callback)
{
	struct waiter *waiter = ring->waiter = new_waiter();
	int error;

	if (!waiter)
		return errno;
	if (napi_create_threadsafe_function(env, callback, NULL, nv_string(env, "netverdict ring"), 0, 1,
					    NULL, NULL, NULL, call_wake, &waiter->wake) != napi_ok) {
		error = EINVAL;
	} else {
		error = watch(ring, EPOLL_CTL_ADD) ? errno : 0;
		if (!error)
			error = pthread_create(&waiter->thread, NULL, wait_for_data, waiter);
		if (error)
			napi_release_threadsafe_function(waiter->wake, napi_tsfn_abort);
	}
	if (error) {
		free_waiter(waiter);
		ring->waiter = NULL;
		return error;
	}
	napi_add_env_cleanup_hook(env, stop_thread, ring);
	return 0;
}

static napi_value ring_open(napi_env env, napi_callback_info info)
{
	struct ring *ring;
	napi_value args[1];
	int32_t map;
	int error;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &map))
		return NULL;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return nv_throw(env, ENOMEM, "no memory for a ring");
	error = nv_ring_buffer_map(&ring->buffer, map);
	if (error) {
		free(ring);
		return nv_throw(env, error, "cannot open map %d as a ring buffer", map);
	}
	return nv_handle_new(env, NV_RING, ring);
}

static napi_value ring_drain(napi_env env, napi_callback_info info)
{
	struct nv_bytes into;
	struct ring *ring;
	napi_value args[2];
	long written;

	if (!nv_arguments(env, info, 2, args) || !(ring = nv_handle_get(env, args[0], NV_RING)) ||
	    !nv_get_bytes(env, args[1], &into))
		return NULL;
	written = nv_ring_buffer_drain(&ring->buffer, into.data, into.length);
	if (ring->waiter)
		watch(ring, EPOLL_CTL_MOD);
	if (written < 0)
		return nv_throw(env, written, "a record does not fit into %zu bytes", into.length);
	return nv_u32(env, written);
}

static napi_value ring_on_data(napi_env env, napi_callback_info info)
{
	napi_valuetype type;
	struct ring *ring;
	napi_value args[2];
	int error;

	if (!nv_arguments(env, info, 2, args) || !(ring = nv_handle_get(env, args[0], NV_RING)))
		return NULL;
	if (napi_typeof(env, args[1], &type) != napi_ok || type != napi_function)
		return nv_throw(env, EINVAL, "the listener of a ring is not a function");
	if (ring->waiter)
		return nv_throw(env, EBUSY, "the ring has a listener already");
	error = start_thread(env, ring, args[1]);
	if (error)
		return nv_throw(env, error, "cannot wait for the ring");
	return nv_undefined(env);
}

static napi_value ring_close(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	void *ring;

	if (!nv_arguments(env, info, 1, args) || !(ring = nv_handle_take(env, args[0], NV_RING)))
		return NULL;
	nv_ring_release(env, ring);
	return nv_undefined(env);
}

void nv_ring_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "ringOpen", ring_open);
	nv_export(env, exports, "ringDrain", ring_drain);
	nv_export(env, exports, "ringOnData", ring_on_data);
	nv_export(env, exports, "ringClose", ring_close);
}
