/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/hiring.h"

#include <stdio.h>
#include <string.h>

void hiring_settings(const struct config *config, struct prober_settings *settings)
{
	*settings = (struct prober_settings){ 0 };
	if (config->name_servers)
		snprintf(settings->name_servers, sizeof settings->name_servers, "%s",
			 config->name_servers);
	if (config->user)
		snprintf(settings->user, sizeof settings->user, "%s", config->user);
}

/* A target is one prober's business: more of them than targets would have nothing to do. */
void hiring_of(const struct plan *plan, struct hiring *hiring)
{
	const struct config *config = plan->config;
	unsigned wanted = config->probers ? config->probers : crew_usual_size();

	*hiring = (struct hiring){ 0 };
	if (wanted > config->target_count)
		wanted = (unsigned)config->target_count;
	hiring->probers = wanted ? wanted : 1;
	hiring_settings(config, &hiring->settings);
}

bool hiring_is_alike(const struct hiring *has, const struct hiring *wants)
{
	return !strcmp(has->settings.name_servers, wants->settings.name_servers) &&
	       !strcmp(has->settings.user, wants->settings.user);
}

bool hiring_suffices(const struct hiring *has, const struct hiring *wants)
{
	return has->probers == wants->probers && hiring_is_alike(has, wants);
}
