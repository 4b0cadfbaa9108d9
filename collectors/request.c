/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/request.h"

const char *request_verified_name(const struct request *request)
{
	if (request->verify_name)
		return request->verify_name;
	return request->name ? request->name : request->host;
}
