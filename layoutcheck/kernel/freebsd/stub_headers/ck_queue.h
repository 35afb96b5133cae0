/*
 * Written for layoutcheck: stands in for Concurrency Kit's <ck_queue.h>, which FreeBSD keeps in
 * sys/contrib/ck and does not install. The heads and entries hold the same pointers, in the same
 * order and under the same names. The functions of the original are barriers around loads and
 * stores; only those that FreeBSD's own headers use are here, without the barriers.
 */
#ifndef LAYOUTCHECK_STUB_CK_QUEUE_H
#define LAYOUTCHECK_STUB_CK_QUEUE_H

#define CK_SLIST_HEAD(name, type) struct name { struct type *cslh_first; }
#define CK_SLIST_ENTRY(type) struct { struct type *csle_next; }

#define CK_STAILQ_HEAD(name, type) struct name { struct type *cstqh_first; struct type **cstqh_last; }
#define CK_STAILQ_ENTRY(type) struct { struct type *cstqe_next; }

#define CK_LIST_HEAD(name, type) struct name { struct type *clh_first; }
#define CK_LIST_ENTRY(type) struct { struct type *cle_next; struct type **cle_prev; }

#define CK_SLIST_FIRST(head) ((head)->cslh_first)
#define CK_SLIST_EMPTY(head) (CK_SLIST_FIRST(head) == 0)
#define CK_SLIST_NEXT(element, field) ((element)->field.csle_next)
#define CK_SLIST_FOREACH(variable, head, field) \
	for ((variable) = CK_SLIST_FIRST(head); (variable); (variable) = CK_SLIST_NEXT(variable, field))

#define CK_STAILQ_FIRST(head) ((head)->cstqh_first)
#define CK_STAILQ_EMPTY(head) (CK_STAILQ_FIRST(head) == 0)
#define CK_STAILQ_NEXT(element, field) ((element)->field.cstqe_next)
#define CK_STAILQ_FOREACH(variable, head, field) \
	for ((variable) = CK_STAILQ_FIRST(head); (variable); (variable) = CK_STAILQ_NEXT(variable, field))

#define CK_LIST_FIRST(head) ((head)->clh_first)
#define CK_LIST_EMPTY(head) (CK_LIST_FIRST(head) == 0)
#define CK_LIST_NEXT(element, field) ((element)->field.cle_next)
#define CK_LIST_FOREACH(variable, head, field) \
	for ((variable) = CK_LIST_FIRST(head); (variable); (variable) = CK_LIST_NEXT(variable, field))

#endif
