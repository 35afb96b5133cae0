/*
 * Written for layoutcheck: stands in for FreeBSD's <crypto/sha1.h>, which it does not install. SCTP's
 * records hold the state of a SHA-1, which has been the same since FreeBSD 4.
 */
#ifndef LAYOUTCHECK_STUB_CRYPTO_SHA1_H
#define LAYOUTCHECK_STUB_CRYPTO_SHA1_H

#include <sys/types.h>

#define SHA1_RESULTLEN 20

typedef struct sha1_ctxt {
	union { uint8_t b8[20]; uint32_t b32[5]; } h; /* the hash so far */
	union { uint8_t b8[8]; uint64_t b64[1]; } c; /* how many bits */
	union { uint8_t b8[64]; uint32_t b32[16]; } m; /* the block */
	uint8_t count; /* how much of the block is there */
} SHA1_CTX;

#endif
