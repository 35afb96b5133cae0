/*
 * Written for layoutcheck: FreeBSD installs sys/opencrypto/cryptodev.h as <crypto/cryptodev.h>,
 * but its other headers include it under its first name.
 */
#include <crypto/cryptodev.h>
