// SPDX-License-Identifier: Apache-2.0
/*
 * delay-relay DEVICE DELAY_US JITTER_US: holds every packet that is routed to the TUN device DEVICE and gives it back
 * to the same kernel, in order, DELAY_US later. The delay wanders by at most JITTER_US up and down, as that of a real
 * path does: linearly to a new value every 50 ms. Says "ready" on stdout when it holds the device.
 *
 * A TUN device has no offloads here, so the kernel cuts super-packets and fills in checksums before it hands them over.
 */
#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* At 1 Gbit/s of full packets 200 ms; what does not fit stays in the queue of the device, which drops beyond its end. */
#define SLOTS	   16384
#define MAX_PACKET 2048
#define LEG_NS	   50000000ULL

struct packet {
	uint64_t due_ns;
	uint32_t length;
	unsigned char bytes[MAX_PACKET];
};

static struct packet ring[SLOTS];
static uint32_t head, count;

static void fail(const char *what)
{
	fprintf(stderr, "delay-relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int hold(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		fail("/dev/net/tun");
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		fail(name);
	return fd;
}

/* Between -jitter_ns and jitter_ns; times do not go back. */
static int64_t wander(uint64_t now, int64_t jitter_ns)
{
	static uint64_t leg_began_ns;
	static int64_t from_ns, to_ns;

	if (jitter_ns == 0)
		return 0;
	if (now - leg_began_ns >= LEG_NS) {
		from_ns = to_ns;
		to_ns = (int64_t)((2.0 * drand48() - 1.0) * jitter_ns);
		leg_began_ns = now;
	}
	return from_ns + (to_ns - from_ns) * (int64_t)(now - leg_began_ns) / (int64_t)LEG_NS;
}

static void take(int fd, uint64_t delay_ns, int64_t jitter_ns)
{
	static uint64_t last_due_ns;

	while (count < SLOTS) {
		struct packet *packet = &ring[(head + count) % SLOTS];
		ssize_t length = read(fd, packet->bytes, MAX_PACKET);
		uint64_t now = now_ns();

		if (length < 0 && errno == EAGAIN)
			return;
		if (length < 0)
			fail("read");
		packet->length = length;
		packet->due_ns = now + delay_ns + wander(now, jitter_ns);
		if (packet->due_ns < last_due_ns)
			packet->due_ns = last_due_ns;
		last_due_ns = packet->due_ns;
		count++;
	}
}

static void give_back(int fd)
{
	while (count > 0 && ring[head].due_ns <= now_ns()) {
		if (write(fd, ring[head].bytes, ring[head].length) < 0 && errno != EINVAL)
			fail("write");
		head = (head + 1) % SLOTS;
		count--;
	}
}

static void wait_for(int fd)
{
	struct pollfd poll = { .fd = fd, .events = count < SLOTS ? POLLIN : 0 };
	uint64_t now = now_ns();
	uint64_t left = count > 0 && ring[head].due_ns > now ? ring[head].due_ns - now : 0;
	struct timespec timeout = { .tv_sec = left / 1000000000, .tv_nsec = left % 1000000000 };

	if (ppoll(&poll, 1, count > 0 ? &timeout : NULL, NULL) < 0 && errno != EINTR)
		fail("ppoll");
}

int main(int argc, char **argv)
{
	uint64_t delay_ns;
	int64_t jitter_ns;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: delay-relay DEVICE DELAY_US JITTER_US\n");
		return 2;
	}
	delay_ns = strtoull(argv[2], NULL, 10) * 1000;
	jitter_ns = strtoll(argv[3], NULL, 10) * 1000;
	fd = hold(argv[1]);
	prctl(PR_SET_TIMERSLACK, 1);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		wait_for(fd);
		take(fd, delay_ns, jitter_ns);
		give_back(fd);
	}
}
