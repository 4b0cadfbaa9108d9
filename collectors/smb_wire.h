/* SPDX-License-Identifier: Apache-2.0
 *
 * SMB NEGOTIATE as bytes, in NetBIOS frames: what we offer in SMB2/3 and SMB1, and what a
 * reply says of dialect, signing, encryption and time. Pure: no I/O, nothing to free.
 * Called by smb.c, the tests and the fuzzer.
 */
#ifndef COLLECTORS_SMB_WIRE_H
#define COLLECTORS_SMB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/bytes.h"
#include "net/dialogue.h"

/* [MS-SMB2] 2.2.3, Dialects */
enum smb_dialect {
	SMB_2_0_2 = 0x0202,
	SMB_2_1 = 0x0210,
	SMB_2_WILDCARD = 0x02ff,	/* SMB2, version to be agreed on in another negotiate */
	SMB_3_0 = 0x0300,
	SMB_3_0_2 = 0x0302,
	SMB_3_1_1 = 0x0311
};

/* [MS-ERREF] 2.3.1, [MS-CIFS] 2.2.2.4: how servers say no to a negotiate. */
#define SMB_STATUS_NOT_SUPPORTED UINT32_C(0xc00000bb)
#define SMB_STATUS_INVALID_PARAMETER UINT32_C(0xc000000d)
#define SMB_STATUS_INVALID_SMB UINT32_C(0x00010002)
#define SMB_STATUS_BAD_COMMAND UINT32_C(0x00160002)

enum { SMB_GUID_BYTES = 16, SMB_SALT_BYTES = 32, SMB_CHANCE_BYTES = 48 };

/* What one connection asks. */
struct smb_offer {
	bool smb1;			/* in SMB1's words: NT LM 0.12 */
	const uint16_t *dialects;	/* beside smb1: SMB_2_0_2 and the wildcard, or none */
	size_t count;
	uint8_t chance[SMB_CHANCE_BYTES];	/* random: our GUID, then 3.1.1's salt */
};

enum smb_answer {
	SMB_DECLINED,		/* a well-formed no */
	SMB_ACCEPTED_SMB1,
	SMB_ACCEPTED_SMB2
};

struct smb_reply {
	enum smb_answer answer;
	uint32_t status;		/* of a no; 0 when it is said without one */
	uint8_t refusal;		/* RFC 1002 4.3.4: no session for us at all; else 0 */
	uint16_t dialect;		/* of SMB2/3 */
	bool signing_enabled;
	bool signing_required;
	bool encryption;		/* offered for this dialect */
	bool time_known;
	int64_t time_us;		/* the server's wall clock */
};

void smb_put_negotiate(struct writer *out, const struct smb_offer *offer);
/* TURN_CONCLUDED: *reply is complete. */
enum turn smb_take_reply(struct reader *in, const struct smb_offer *offer,
			 struct smb_reply *reply);

#endif
