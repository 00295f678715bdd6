// SPDX-License-Identifier: Apache-2.0

/*
 * True randomness: a virtio entropy device (Virtio 1.1, 4.2 "Virtio Over MMIO", 5.4 "Entropy Device"), which
 * QEMU feeds from its host. There is no fallback: without the device, filling throws.
 */

#include "xsmc.h"
#include "random.h"

/* QEMU's virt machine has eight places for a device. */
#define FIRST_DEVICE 0x10001000u
#define DEVICE_STRIDE 0x1000u
#define DEVICE_PLACES 8

#define MAGIC 0x74726976u
#define ENTROPY_DEVICE 4

/* Registers, as indices of 32-bit words. */
enum {
	regMagic = 0x000 / 4,
	regVersion = 0x004 / 4,
	regDeviceId = 0x008 / 4,
	regDriverFeatures = 0x020 / 4,
	regDriverFeaturesSelect = 0x024 / 4,
	regQueueSelect = 0x030 / 4,
	regQueueCount = 0x038 / 4,
	regQueueReady = 0x044 / 4,
	regQueueNotify = 0x050 / 4,
	regStatus = 0x070 / 4,
	regQueueDescriptors = 0x080 / 4,
	regQueueAvailable = 0x090 / 4,
	regQueueUsed = 0x0A0 / 4,
};

enum {
	statusAcknowledge = 1,
	statusDriver = 2,
	statusDriverOk = 4,
	statusFeaturesOk = 8,
};

/* Feature bit 32, VIRTIO_F_VERSION_1, as bit 0 of the second word. */
#define FEATURE_VERSION_1 1u
#define DESCRIPTOR_WRITE 2

#define MODERN_VERSION 2

/* A queue of one: this program waits for each answer. */
static struct {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
} gDescriptor __attribute__((aligned(16)));

static volatile struct {
	uint16_t flags;
	uint16_t index;
	uint16_t ring[1];
} gAvailable __attribute__((aligned(2)));

static volatile struct {
	uint16_t flags;
	uint16_t index;
	struct {
		uint32_t id;
		uint32_t length;
	} ring[1];
} gUsed __attribute__((aligned(4)));

static volatile uint32_t *gDevice = NULL;

static volatile uint32_t *findDevice(void)
{
	for (unsigned i = 0; i < DEVICE_PLACES; i++) {
		volatile uint32_t *device = (volatile uint32_t *)(FIRST_DEVICE + i * DEVICE_STRIDE);
		if (device[regMagic] == MAGIC && device[regDeviceId] == ENTROPY_DEVICE)
			return device[regVersion] == MODERN_VERSION ? device : NULL;
	}
	return NULL;
}

static void setAddress(volatile uint32_t *device, unsigned index, const volatile void *address)
{
	device[index] = (uint32_t)(uintptr_t)address;
	device[index + 1] = 0;
}

/* The sequence of 3.1.1, "Driver Requirements: Device Initialization". Returns 0 where the device refuses. */
static int startDevice(volatile uint32_t *device)
{
	device[regStatus] = 0;
	device[regStatus] = statusAcknowledge | statusDriver;
	device[regDriverFeaturesSelect] = 1;
	device[regDriverFeatures] = FEATURE_VERSION_1;
	device[regStatus] = statusAcknowledge | statusDriver | statusFeaturesOk;
	if (!(device[regStatus] & statusFeaturesOk))
		return 0;
	device[regQueueSelect] = 0;
	device[regQueueCount] = 1;
	setAddress(device, regQueueDescriptors, &gDescriptor);
	setAddress(device, regQueueAvailable, &gAvailable);
	setAddress(device, regQueueUsed, &gUsed);
	device[regQueueReady] = 1;
	device[regStatus] = statusAcknowledge | statusDriver | statusFeaturesOk | statusDriverOk;
	return 1;
}

/* Asks for bytes and waits. Returns how many came. */
static uint32_t request(uint8_t *bytes, uint32_t length)
{
	uint16_t used = gUsed.index;
	gDescriptor.address = (uintptr_t)bytes;
	gDescriptor.length = length;
	gDescriptor.flags = DESCRIPTOR_WRITE;
	gAvailable.ring[0] = 0;
	__sync_synchronize();
	gAvailable.index++;
	__sync_synchronize();
	gDevice[regQueueNotify] = 0;
	while (gUsed.index == used)
		continue;
	__sync_synchronize();
	return gUsed.ring[0].length;
}

int randomFill(uint8_t *bytes, size_t length)
{
	if (!gDevice) {
		volatile uint32_t *device = findDevice();
		if (!device || !startDevice(device))
			return -1;
		gDevice = device;
	}
	while (length > 0) {
		uint32_t count = request(bytes, (uint32_t)length);
		if (count == 0 || count > length)
			return -1;
		bytes += count;
		length -= count;
	}
	return 0;
}

/* fillRandom(buffer): fills an ArrayBuffer, Uint8Array or DataView. */
void xs_pne_fillRandom(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	if (randomFill(bytes, length) < 0)
		xsUnknownError("no randomness");
}
