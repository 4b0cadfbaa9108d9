/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "contrib/demo/service.h"

static const struct page *page_at(const struct page *pages, const char *path, size_t length)
{
	for (const struct page *page = pages; page && page->path; page++)
		if (strlen(page->path) == length && !memcmp(page->path, path, length))
			return page;
	return NULL;
}

static void put_head(const struct scene *scene, const char *head, struct writer *out)
{
	for (; *head; head++) {
		if (*head == '*')
			writer_put_format(out, "https://%s:%u", scene->address,
					  scene->https_port);
		else
			writer_put_u8(out, (uint8_t)*head);
	}
}

enum follows web_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	const struct page *page = NULL;
	const char *line, *path, *end;
	size_t length;

	if (!reader_take_line(in, &line, &length))
		return FOLLOWS_END;
	path = memchr(line, ' ', length);
	end = path ? memchr(path + 1, ' ', length - (size_t)(path + 1 - line)) : NULL;
	if (!end || memcmp(end, " HTTP/1.", 8) != 0)
		return FOLLOWS_END;
	page = page_at(scene->service->pages, path + 1, (size_t)(end - path - 1));
	writer_put_format(out, "HTTP/1.1 %u Demonstration\r\n", page ? page->status : 404);
	if (page)
		put_head(scene, page->head, out);
	writer_put_text(out, "Content-Length: 0\r\nConnection: close\r\n\r\n");
	return FOLLOWS_END;
}
