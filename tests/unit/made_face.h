/* SPDX-License-Identifier: Apache-2.0
 *
 * A made-up face: the test's own program, started again with one word. It keeps a mirror and says
 * after each part what is in it: "part 2 heard RULES+TARGETS+SIGHTS+CHECKS+EVENTS has
 * TARGETS/CHECKS/EVENTS critical CHECKS down 0 seen 1", the last two of the first target and check.
 *
 * Its settings are its manners: "good", "deaf" (reads nothing), "mute" (never gets ready), "lying"
 * and "babbling" (talks nonsense), "refusing", "forgetful" and "dying" when it is to tell.
 */
#ifndef TESTS_UNIT_MADE_FACE_H
#define TESTS_UNIT_MADE_FACE_H

#define MADE_FACE "face"

/* What main() calls first; does not return in a face. */
void made_face_begin(int argc, char **argv);

#endif
