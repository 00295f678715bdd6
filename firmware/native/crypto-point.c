// SPDX-License-Identifier: Apache-2.0

/*
 * y of a P-256 point whose x alone was sent, as EDHOC does (RFC 9528 section 3.7): PSA takes no such point.
 * The numbers are public, so that time may depend on them. Words are little-endian, in Montgomery form.
 */

#include "crypto-point.h"

#include <string.h>

enum { WORDS = 8 };

/* p = 2^256 - 2^224 + 2^192 + 2^96 - 1. Its lowest word is -1, so that Montgomery's factor is 1. */
static const uint32_t P[WORDS] = { 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 1, 0xffffffff };
/* 2^512 mod p */
static const uint32_t R_SQUARED[WORDS] = { 3, 0, 0xffffffff, 0xfffffffb, 0xfffffffe, 0xffffffff, 0xfffffffd, 4 };
static const uint32_t ONE[WORDS] = { 1 };
/* The curve's a = p - 3 and b (FIPS 186-4 section D.1.2.3). */
static const uint32_t A[WORDS] = { 0xfffffffc, 0xffffffff, 0xffffffff, 0, 0, 0, 1, 0xffffffff };
static const uint32_t B[WORDS] = {
	0x27d2604b, 0x3bce3c3e, 0xcc53b0f6, 0x651d06b0, 0x769886bc, 0xb3ebbd55, 0xaa3a93e7, 0x5ac635d8,
};

static int isBelowP(const uint32_t value[WORDS])
{
	for (int i = WORDS - 1; i >= 0; i--) {
		if (value[i] != P[i])
			return value[i] < P[i];
	}
	return 0;
}

/* Brings a number below 2p, whose bit 256 is `high`, below p. */
static void reduce(uint32_t value[WORDS], uint32_t high)
{
	int64_t borrow = 0;
	if (!high && isBelowP(value))
		return;
	for (int i = 0; i < WORDS; i++) {
		borrow += (int64_t)value[i] - P[i];
		value[i] = (uint32_t)borrow;
		borrow = borrow < 0 ? -1 : 0;
	}
}

static void add(uint32_t sum[WORDS], const uint32_t a[WORDS], const uint32_t b[WORDS])
{
	uint64_t carry = 0;
	for (int i = 0; i < WORDS; i++) {
		carry += (uint64_t)a[i] + b[i];
		sum[i] = (uint32_t)carry;
		carry >>= 32;
	}
	reduce(sum, (uint32_t)carry);
}

/* t += factor * row, over WORDS + 1 words. Returns the carry out of them. */
static uint32_t addRow(uint32_t t[WORDS + 1], const uint32_t row[WORDS], uint32_t factor)
{
	uint64_t carry = 0;
	for (int i = 0; i < WORDS; i++) {
		carry += (uint64_t)factor * row[i] + t[i];
		t[i] = (uint32_t)carry;
		carry >>= 32;
	}
	carry += t[WORDS];
	t[WORDS] = (uint32_t)carry;
	return (uint32_t)(carry >> 32);
}

/* product = a * b / 2^256 mod p. It may be one of them. */
static void multiply(uint32_t product[WORDS], const uint32_t a[WORDS], const uint32_t b[WORDS])
{
	uint32_t t[WORDS + 2] = { 0 };
	for (int i = 0; i < WORDS; i++) {
		t[WORDS + 1] = addRow(t, a, b[i]);
		t[WORDS + 1] += addRow(t, P, t[0]);
		memmove(t, t + 1, (WORDS + 1) * sizeof(t[0]));
	}
	memcpy(product, t, WORDS * sizeof(t[0]));
	reduce(product, t[WORDS]);
}

/* To the power (p + 1) / 4 = 2^254 - 2^222 + 2^190 + 2^94: the square root, where there is one. */
static void squareRoot(uint32_t root[WORDS], const uint32_t square[WORDS])
{
	memcpy(root, square, WORDS * sizeof(root[0]));
	for (int bit = 252; bit >= 0; bit--) {
		multiply(root, root, root);
		if (bit >= 222 || bit == 190 || bit == 94)
			multiply(root, root, square);
	}
}

static void toMontgomery(uint32_t result[WORDS], const uint32_t value[WORDS])
{
	multiply(result, value, R_SQUARED);
}

static void readBytes(uint32_t words[WORDS], const uint8_t bytes[32])
{
	for (int i = 0; i < WORDS; i++) {
		const uint8_t *word = bytes + 28 - 4 * i;
		words[i] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
	}
}

static void writeBytes(uint8_t bytes[32], const uint32_t words[WORDS])
{
	for (int i = 0; i < 32; i++)
		bytes[31 - i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}

/* y^2 = x^3 + ax + b, in Montgomery form. */
static void rightSide(uint32_t result[WORDS], const uint32_t x[WORDS])
{
	uint32_t term[WORDS];
	toMontgomery(term, A);
	multiply(result, x, x);
	add(result, result, term);
	multiply(result, result, x);
	toMontgomery(term, B);
	add(result, result, term);
}

int cryptoP256Decompress(const uint8_t x[32], uint8_t y[32])
{
	uint32_t value[WORDS], square[WORDS], root[WORDS];
	readBytes(value, x);
	if (!isBelowP(value))
		return 0;
	toMontgomery(value, value);
	rightSide(square, value);
	squareRoot(root, square);
	multiply(value, root, root);
	if (memcmp(value, square, sizeof(value)))
		return 0;
	multiply(root, root, ONE);
	writeBytes(y, root);
	return 1;
}
