/*
 * Written for layoutcheck: stands in for FreeBSD's <crypto/sha2/sha256.h>, which it does not install.
 * SCTP's records hold the state of a SHA-256, which has been the same since FreeBSD 5.
 */
#ifndef LAYOUTCHECK_STUB_CRYPTO_SHA256_H
#define LAYOUTCHECK_STUB_CRYPTO_SHA256_H

#include <sys/types.h>

#define SHA256_BLOCK_LENGTH 64

typedef struct SHA256Context {
	uint32_t state[8];
	uint64_t count; /* of bits */
	uint8_t buf[SHA256_BLOCK_LENGTH];
} SHA256_CTX;

#endif
