/*
 * Written for layoutcheck: stands in for Concurrency Kit's <ck_epoch.h>, which FreeBSD keeps in
 * sys/contrib/ck and does not install. FreeBSD's headers embed only a section, one unsigned int.
 * Records and entries are left incomplete: what embeds one does not compile, and is reported.
 */
#ifndef LAYOUTCHECK_STUB_CK_EPOCH_H
#define LAYOUTCHECK_STUB_CK_EPOCH_H

struct ck_epoch_section {
	unsigned int bucket;
};

typedef struct ck_epoch_section ck_epoch_section_t;
typedef struct ck_epoch ck_epoch_t;
typedef struct ck_epoch_entry ck_epoch_entry_t;
typedef struct ck_epoch_record ck_epoch_record_t;

#endif
