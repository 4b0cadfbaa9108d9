/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_name.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "net/address.h"

static bool is_for_host(X509 *x509, const char *name)
{
	size_t length = strlen(name);

	/* A trailing dot says that the name is complete; certificates have none. */
	if (length && name[length - 1] == '.')
		length--;
	/* OpenSSL takes no name for "use strlen", and a leading dot for "any below". */
	if (!length || name[0] == '.')
		return false;
	return X509_check_host(x509, name, length,
			       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
				       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
			       NULL) == 1;
}

bool certificate_is_for(const struct certificate *certificate, const char *name)
{
	struct address address;
	bool matches;

	if (address_parse(name, &address))
		matches = X509_check_ip(certificate->x509, address.bytes,
					address.family == 4 ? 4 : 16, 0) == 1;
	else
		matches = is_for_host(certificate->x509, name);
	ERR_clear_error();
	return matches;
}
