/*
 * Written for layoutcheck: stands in for sys/opencrypto/_cryptodev.h, which is not installed. It
 * names one type: a pointer to a record that no header defines.
 */
#ifndef LAYOUTCHECK_STUB_OPENCRYPTO__CRYPTODEV_H
#define LAYOUTCHECK_STUB_OPENCRYPTO__CRYPTODEV_H

typedef struct crypto_session *crypto_session_t;

#endif
