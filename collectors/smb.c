/* SPDX-License-Identifier: Apache-2.0
 *
 * SMB: which dialects a server accepts, and what it says of signing and encryption for
 * each. No credentials, never a session: only NEGOTIATE, one a connection.
 *
 * A server takes the highest dialect offered, so the first connection offers all and each
 * following one all below the last answer; the last one asks in SMB1's words.
 */
#include "collectors/smb.h"

#include <stdlib.h>
#include <sys/random.h>

#include "collectors/smb_wire.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dialogue.h"

enum { DIALECTS = 5 };

static const uint16_t dialects[DIALECTS] = {
	SMB_2_0_2, SMB_2_1, SMB_3_0, SMB_3_0_2, SMB_3_1_1
};
static const char *const dialect_words[] = { "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1", NULL };
static const char *const signing_words[] = { "enabled", "required", NULL };
static const char *const smb1_signing_words[] = { "disabled", "enabled", "required", NULL };

enum {
	ROW_DIALECTS,
	ROW_SMB1,
	ROW_SIGNING,
	ROW_SMB1_SIGNING,
	ROW_ENCRYPTION,
	ROW_SERVER_TIME
};

static const struct fact_descriptor facts[] = {
	[ROW_DIALECTS] = {
		.name = "smb.dialects", .type = FACT_TEXTS, .words = dialect_words,
		.help = "The dialects of SMB2 and SMB3 that the server accepts."
	},
	[ROW_SMB1] = {
		.name = "smb.smb1", .type = FACT_BOOLEAN, .metric = "smb1_enabled",
		.help = "Whether the server still speaks SMB1."
	},
	[ROW_SIGNING] = {
		.name = "smb.signing", .type = FACT_TEXT, .words = signing_words,
		.metric = "smb_signing_required",
		.help = "Signing over SMB2 and SMB3, the weakest of the accepted dialects; "
			"a server with signing switched off says enabled all the same."
	},
	[ROW_SMB1_SIGNING] = {
		.name = "smb.smb1_signing", .type = FACT_TEXT, .words = smb1_signing_words,
		.help = "Signing over SMB1."
	},
	[ROW_ENCRYPTION] = {
		.name = "smb.encryption", .type = FACT_BOOLEAN,
		.help = "Whether the server can encrypt with one of the accepted dialects."
	},
	[ROW_SERVER_TIME] = {
		.name = "smb.server_time", .type = FACT_TIME,
		.lasting = FACT_FLEETS,
		.help = "The server's clock as its first answer says it."
	},
	{ .name = NULL }
};

struct survey {
	struct run *run;
	struct dialogue *dialogue;
	struct route route;
	struct smb_offer offer;
	struct smb_reply reply;
	bool accepted[DIALECTS];
	bool any_accepted;
	bool any_answer;	/* somebody there speaks SMB */
	bool signing_optional;	/* with one dialect at least */
	bool encryption;
	bool time_known;
};

static void write_negotiate(struct writer *out, void *talk)
{
	const struct survey *survey = talk;

	smb_put_negotiate(out, &survey->offer);
}

static enum turn read_negotiate(struct reader *in, void *talk)
{
	struct survey *survey = talk;

	return smb_take_reply(in, &survey->offer, &survey->reply);
}

static const struct step smb2_steps[] = {
	{ "negotiate", write_negotiate, read_negotiate, STAGE_REPLY }
};
static const struct step smb1_steps[] = {
	{ "smb1_negotiate", write_negotiate, read_negotiate, STAGE_REPLY }
};

static void note_time(struct survey *survey)
{
	if (survey->time_known || !survey->reply.time_known)
		return;
	survey->time_known = true;
	facts_set_time(survey->run->facts, &facts[ROW_SERVER_TIME], survey->reply.time_us);
}

static void note_dialects(const struct survey *survey)
{
	const char *words[DIALECTS];
	size_t count = 0;

	for (size_t i = 0; i < DIALECTS; i++)
		if (survey->accepted[i])
			words[count++] = dialect_words[i];
	facts_set_texts(survey->run->facts, &facts[ROW_DIALECTS], words, count);
}

/* "enabled" and encryption are certain as soon as one dialect says so. */
static void note_accepted(struct survey *survey, size_t dialect)
{
	const struct smb_reply *reply = &survey->reply;

	survey->accepted[dialect] = true;
	survey->any_accepted = true;
	note_dialects(survey);
	note_time(survey);
	if (!reply->signing_required && !survey->signing_optional) {
		if (!reply->signing_enabled)
			run_note(survey->run, "%s calls signing neither enabled nor required",
				 dialect_words[dialect]);
		survey->signing_optional = true;
		facts_set_text(survey->run->facts, &facts[ROW_SIGNING], "enabled");
	}
	if (reply->encryption) {
		survey->encryption = true;
		facts_set_boolean(survey->run->facts, &facts[ROW_ENCRYPTION], true);
	}
}

/* "required" and "cannot encrypt" are true only when every dialect has been asked. */
static void note_smb2_is_done(const struct survey *survey)
{
	note_dialects(survey);
	facts_set_boolean(survey->run->facts, &facts[ROW_ENCRYPTION], survey->encryption);
	if (survey->any_accepted && !survey->signing_optional)
		facts_set_text(survey->run->facts, &facts[ROW_SIGNING], "required");
}

static void note_smb1(struct survey *survey, bool offered)
{
	const struct smb_reply *reply = &survey->reply;

	facts_set_boolean(survey->run->facts, &facts[ROW_SMB1], offered);
	if (!offered)
		return;
	note_time(survey);
	facts_set_text(survey->run->facts, &facts[ROW_SMB1_SIGNING],
		       reply->signing_required ? "required" :
		       reply->signing_enabled  ? "enabled" :
						 "disabled");
}

static size_t place_of(uint16_t dialect)
{
	size_t place = 0;

	while (dialects[place] != dialect)
		place++;
	return place;
}

/* How many dialects, from the lowest, are still to be offered. */
static size_t still_to_offer(const struct survey *survey, bool answered)
{
	if (answered && survey->reply.answer == SMB_ACCEPTED_SMB2)
		return place_of(survey->reply.dialect);
	/* Who hangs up or calls it invalid may have stumbled over the contexts of 3.1.1. */
	bool stumbled = !answered || survey->reply.status == SMB_STATUS_INVALID_PARAMETER;

	return stumbled && survey->offer.count == DIALECTS ? DIALECTS - 1 : 0;
}

/* Servers say no to a dialect also by closing the connection without a word. */
static bool is_wordless_no(const struct dialogue_end *end)
{
	return end->connect_us >= 0 && end->bytes_received == 0 &&
	       (end->outcome.reason == REASON_CLOSED_EARLY ||
		end->outcome.reason == REASON_RESET);
}

static void fail(struct survey *survey, enum stage stage, enum reason reason)
{
	run_finish(survey->run, (struct outcome){ stage, reason, NULL });
}

static void conclude(struct survey *survey, bool smb1, struct outcome outcome)
{
	/* Nobody has said a word of SMB: that everything is closed proves nothing. */
	if (!survey->any_answer) {
		run_finish(survey->run, outcome);
		return;
	}
	note_smb2_is_done(survey);
	note_smb1(survey, smb1);
	run_finish(survey->run, (struct outcome){ .reason = REASON_NONE });
}

static void ask(struct survey *survey);

static void answered(void *arg, const struct dialogue_end *end)
{
	struct survey *survey = arg;
	bool spoke = end->outcome.reason == REASON_NONE;

	survey->dialogue = NULL;
	if (!spoke && !is_wordless_no(end)) {
		if (survey->reply.refusal != 0)
			run_note(survey->run, "the server refuses us a session (NetBIOS 0x%02x)",
				 survey->reply.refusal);
		run_finish(survey->run, end->outcome);
		return;
	}
	survey->any_answer |= spoke;
	if (survey->offer.smb1) {
		conclude(survey, spoke && survey->reply.answer == SMB_ACCEPTED_SMB1,
			 end->outcome);
		return;
	}
	if (spoke && survey->reply.answer == SMB_ACCEPTED_SMB2)
		note_accepted(survey, place_of(survey->reply.dialect));
	survey->offer.count = still_to_offer(survey, spoke);
	if (survey->offer.count == 0) {
		if (survey->any_answer)
			note_smb2_is_done(survey);
		survey->offer.smb1 = true;
	}
	ask(survey);
}

/* Servers group connections by GUID, so each has its own. */
static bool leave_to_chance(struct smb_offer *offer)
{
	return getrandom(offer->chance, SMB_CHANCE_BYTES, 0) == SMB_CHANCE_BYTES;
}

static void ask(struct survey *survey)
{
	const struct dialogue_plan plan = {
		.steps = survey->offer.smb1 ? smb1_steps : smb2_steps,
		.count = 1,
		.route = &survey->route,
		.deadline_us = survey->run->deadline_us
	};

	if (!leave_to_chance(&survey->offer))
		fail(survey, STAGE_REQUEST, REASON_INTERNAL);
	else
		survey->dialogue = dialogue_start(run_loop(survey->run), &plan, survey, answered,
						  survey);
}

static void smb_start(struct run *run)
{
	const struct subject *subject = &run->request->subject;
	struct survey *survey = memory_new(1, sizeof *survey);

	run->work = survey;
	survey->run = run;
	survey->route = run->route;
	survey->route.peer.port = subject->first;
	survey->offer.dialects = dialects;
	survey->offer.count = DIALECTS;
	if (subject->first != subject->last)
		fail(survey, STAGE_REQUEST, REASON_UNSUPPORTED);
	else
		ask(survey);
}

static void smb_stop(struct run *run)
{
	struct survey *survey = run->work;

	if (survey->dialogue)
		dialogue_cancel(survey->dialogue);
	free(survey);
	run->work = NULL;
}

const struct collector smb_collector = {
	.name = "smb",
	.answers = "Which SMB dialects does it accept, and does it require signing?",
	.kinds = SUBJECT_TCP,
	.subject = "tcp/445",
	.facts = facts,
	.start = smb_start,
	.stop = smb_stop
};
