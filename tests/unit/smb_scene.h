/* SPDX-License-Identifier: Apache-2.0
 *
 * A server inside the test that follows a script, and the collector that looks at it. Its
 * honest answers are those of a real smbd. scene_begin() and scene_end() come in pairs.
 */
#ifndef TESTS_UNIT_SMB_SCENE_H
#define TESTS_UNIT_SMB_SCENE_H

#include "tests/unit/unit.h"

#include "collectors/run.h"
#include "ground/text.h"
#include "tests/wire/smb/samples.h"

enum { TALKS_MOST = 16, REQUEST_MOST = 1024, TIMEOUT_MS = 300, PATIENT_MS = 4000 };

/* What the server does when it is asked; the rest of the script is HONEST. */
enum act { HONEST, CLOSE, RESET, SILENCE, CUT, DRIP, ENDLESS, SAY };

struct answer {
	const char *question;		/* NULL: any */
	enum act act;
	const char *server;		/* whose words; NULL: the script's */
	const char *say;
	size_t length;
};

struct script {
	const char *server;
	struct answer answers[3];
	size_t count;
	bool patient;		/* the collector, so that even a busy machine has time */
};

struct scene;

struct talk {
	struct scene *scene;
	int fd;
	struct watch watch;
	struct timer timer;
	size_t received, sent;
	uint8_t request[REQUEST_MOST];
	struct sample reply;
};

struct scene {
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	const struct script *script;
	int listener;
	uint16_t port;
	struct watch watch;
	struct talk talks[TALKS_MOST];
	size_t talk_count;
	struct text questions;
	struct observation *seen;
};

void scene_begin(struct scene *scene, const struct script *script);
void scene_end(struct scene *scene);
struct request request_to(const struct scene *scene);
/* Delivers to scene->seen. */
void begin(struct scene *scene, const struct request *request);
void observe(struct scene *scene, const struct request *request);
/* scene_begin(), then the usual request. */
void survey(struct scene *scene, const struct script *script);
/* "dialects=2.0.2 2.1; smb1=false …", in the order they were found, without the time. */
void assert_facts(const struct scene *scene, const char *expected);
void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason);
/* One script whole: its facts, how it ends, and what was asked, in the words of offers.h. */
void play(const struct script *script, const char *facts, enum stage stage,
	  enum reason reason, const char *questions);

#endif
