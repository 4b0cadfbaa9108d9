/* SPDX-License-Identifier: Apache-2.0 */
#include "net/icmp.h"

#include <string.h>
#include <time.h>

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

enum { ICMP_TAKE_MOST = 16 };

static bool icmp_set(int fd, uint8_t family, int on)
{
	if (family == 6)
		return !setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
	return !setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
}

bool icmp_listen(int fd, uint8_t family)
{
	return icmp_set(fd, family, 1);
}

void icmp_ignore(int fd, uint8_t family)
{
	icmp_set(fd, family, 0);
}

static bool icmp_from_queue(const struct sock_extended_err *said, struct icmp_error *icmp)
{
	struct sockaddr_storage origin = { 0 };

	if (said->ee_origin != SO_EE_ORIGIN_ICMP && said->ee_origin != SO_EE_ORIGIN_ICMP6)
		return false;
	*icmp = (struct icmp_error){
		.family = said->ee_origin == SO_EE_ORIGIN_ICMP6 ? 6 : 4,
		.type = said->ee_type,
		.code = said->ee_code,
	};
	/* The offender follows the record in the control message, whose room is known. */
	memcpy(&origin, SO_EE_OFFENDER(said),
	       icmp->family == 6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
	address_from_socket(&origin, &icmp->origin);
	if (icmp->family == 6)
		return icmp->type != ICMP6_PACKET_TOO_BIG;
	return icmp->type != ICMP_DEST_UNREACH || icmp->code != ICMP_FRAG_NEEDED;
}

/* -1: the queue is empty. */
static int icmp_take_one(int fd, struct icmp_error *icmp)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct sock_extended_err) +
				      sizeof(struct sockaddr_in6)) + 64];
	} control;
	struct sockaddr_storage peer = { 0 };
	struct msghdr message = { .msg_name = &peer,
				  .msg_namelen = sizeof peer,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };

	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -1;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
	     head = CMSG_NXTHDR(&message, head)) {
		bool four = head->cmsg_level == IPPROTO_IP && head->cmsg_type == IP_RECVERR;
		bool six = head->cmsg_level == IPPROTO_IPV6 && head->cmsg_type == IPV6_RECVERR;

		if ((four || six) && icmp_from_queue((const void *)CMSG_DATA(head), icmp)) {
			address_from_socket(&peer, &icmp->peer);
			return 1;
		}
	}
	return 0;
}

bool icmp_take(int fd, struct icmp_error *icmp)
{
	for (int i = 0; i < ICMP_TAKE_MOST; i++) {
		int taken = icmp_take_one(fd, icmp);

		if (taken)
			return taken > 0;
	}
	return false;
}

static enum icmp_kind icmp_kind_of_four(const struct icmp_error *icmp)
{
	if (icmp->type != ICMP_DEST_UNREACH)
		return ICMP_KIND_OTHER;
	switch (icmp->code) {
	case ICMP_PORT_UNREACH:
		return ICMP_KIND_NO_PORT;
	case ICMP_PROT_UNREACH:
		return ICMP_KIND_NO_PROTOCOL;
	case ICMP_HOST_UNREACH:
	case ICMP_HOST_UNKNOWN:
	case ICMP_HOST_ISOLATED:
	case ICMP_HOST_UNR_TOS:
		return ICMP_KIND_NO_HOST;
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
	case ICMP_NET_UNR_TOS:
		return ICMP_KIND_NO_NETWORK;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
	case ICMP_PREC_VIOLATION:
	case ICMP_PREC_CUTOFF:
		return ICMP_KIND_PROHIBITED;
	default:
		return ICMP_KIND_OTHER;
	}
}

static enum icmp_kind icmp_kind_of_six(const struct icmp_error *icmp)
{
	/* RFC 4443 section 3.1; 5 and 6 are the policy and the route that reject. */
	enum { POLICY_FAILED = 5, ROUTE_REJECTS = 6 };

	if (icmp->type == ICMP6_PARAM_PROB && icmp->code == ICMP6_PARAMPROB_NEXTHEADER)
		return ICMP_KIND_NO_PROTOCOL;
	if (icmp->type != ICMP6_DST_UNREACH)
		return ICMP_KIND_OTHER;
	switch (icmp->code) {
	case ICMP6_DST_UNREACH_NOPORT:
		return ICMP_KIND_NO_PORT;
	case ICMP6_DST_UNREACH_ADDR:
		return ICMP_KIND_NO_HOST;
	case ICMP6_DST_UNREACH_NOROUTE:
	case ICMP6_DST_UNREACH_BEYONDSCOPE:
		return ICMP_KIND_NO_NETWORK;
	case ICMP6_DST_UNREACH_ADMIN:
	case POLICY_FAILED:
	case ROUTE_REJECTS:
		return ICMP_KIND_PROHIBITED;
	default:
		return ICMP_KIND_OTHER;
	}
}

enum icmp_kind icmp_kind(const struct icmp_error *icmp)
{
	return icmp->family == 6 ? icmp_kind_of_six(icmp) : icmp_kind_of_four(icmp);
}

enum reason icmp_reason(const struct icmp_error *icmp)
{
	switch (icmp_kind(icmp)) {
	case ICMP_KIND_NO_PORT:
		return REASON_REFUSED;
	case ICMP_KIND_PROHIBITED:
		return REASON_PROHIBITED;
	default:
		return REASON_UNREACHABLE;
	}
}
