/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/request.h"

#include <stdio.h>
#include <string.h>

#include "net/url.h"

const char *request_verified_name(const struct request *request)
{
	if (request->verify_name)
		return request->verify_name;
	return request->name ? request->name : request->host;
}

void request_url(const struct request *request, struct url *url)
{
	const char *text = request->subject.text, *why;

	if (*text == '/') {
		*url = (struct url){ .scheme = URL_HTTPS, .port = request->subject.first,
				     .path = text };
	} else if (!url_parse(text, url, &why)) {
		*url = (struct url){ .scheme = URL_HTTPS, .path = "" };
	}
	if (request->subject.kind == SUBJECT_PATH)
		snprintf(url->host, sizeof url->host, "%s", request->host);
}
