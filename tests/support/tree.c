#include "tree.h"

#include "base/file.h"
#include "support.h"

const char *tree_place(const char *root, const char *path)
{
    static char full[4096];
    snprintf(full, sizeof full, "%s/%s", support_path(root), path);
    return full;
}

void tree_put(const char *root, const char *path, const void *content, size_t size)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", tree_place(root, path));
    *strrchr(folder, '/') = '\0';
    assert_ok(snnfe_folder_create(folder));
    support_write(tree_place(root, path), content, size);
}

void tree_put_text(const char *root, const char *path, const char *text)
{
    tree_put(root, path, text, strlen(text));
}

void tree_put_edf(const char *root, const char *path, const edf_spec *spec)
{
    size_t size = 0;
    uint8_t *content = edf_make(spec, &size);
    tree_put(root, path, content, size);
    free(content);
}

void tree_deep(char path[4096], size_t length)
{
    size_t n = (size_t)snprintf(path, 4096, "%s", support_path("deep"));
    while (n < length) {
        const size_t part = length - n < 200 ? length - n - 1 : length - n - 200 < 2 ? 198 : 199;
        path[n++] = '/';
        memset(path + n, 'x', part);
        path[n += part] = '\0';
    }
    assert_ok(snnfe_folder_create(path));
}
