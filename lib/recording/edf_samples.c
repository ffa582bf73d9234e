#include "recording/edf_samples.h"

#include "base/memory.h"
#include "base/process_lock.h"

#include <edflib.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_RECORD (10 << 20)     /* EDFlib's, in bytes */
#define MAX_BDF_RECORD (15 << 20) /* the same */

struct snnfe_edf_samples {
    const snnfe_edf_file *file;
    const snnfe_edf_selection *chosen;
    uint8_t *image_header;
    int image;             /* file descriptor; -1 if there is none */
    bool named;            /* `image_path` is to be removed */
    char image_path[1000]; /* shorter than EDFlib keeps */
    bool opened;
    int *digital;
    struct edf_hdr_struct header;
};

bool snnfe_edf_is_constant(const snnfe_edf_signal *s)
{
    const bool same = !(s->physical_min < s->physical_max || s->physical_min > s->physical_max);
    return same || !(s->digital_min < s->digital_max);
}

/* --- the image's header: what the check let pass, as EDFlib wants it -------------------------- */

static void put(uint8_t *field, size_t width, const char *text)
{
    const size_t length = strlen(text);
    memset(field, ' ', width);
    memcpy(field, text, length < width ? length : width);
}

/* EDFlib takes no blanks before a number, NUL nowhere, and whole numbers in digits only. */
static void mend_number(uint8_t *field, size_t width, bool whole, double value)
{
    char text[16];
    size_t n = 0;
    for (size_t i = 0; i < width; i++)
        if (field[i] != ' ' && field[i] != '\0')
            text[n++] = (char)field[i];
    text[n] = '\0';
    if (whole && text[strspn(text, "+-0123456789")] != '\0')
        snnfe_format(text, sizeof text, "%.0f", value);
    put(field, width, text);
}

/* Fields that EDFlib might refuse although no sample depends on them. The image is plain EDF or
   BDF: of EDF+ files EDFlib always reads the first list of annotations, and it refuses recordings
   that begin a second or more after their start time. The image also has records of a fixed
   duration: EDFlib counts a long one in units of 100 ns, which overflows. */
static void put_fixed(uint8_t *h, const snnfe_edf_file *file)
{
    char n_records[24];
    snnfe_format(n_records, sizeof n_records, "%zu", file->n_records);
    put(h + 8, 80, "");
    put(h + 88, 80, "");
    put(h + 168, 8, "01.01.85");
    put(h + 176, 8, "00.00.00");
    mend_number(h + 184, 8, true, (double)file->header_size);
    put(h + 192, 44, "");
    put(h + 236, 8, n_records);
    put(h + 244, 8, "1");
    mend_number(h + 252, 4, true, (double)file->n_signals);
}

static void put_range(uint8_t *h, const snnfe_edf_file *file, size_t signal, bool used)
{
    const snnfe_edf_signal *s = &file->signals[signal];
    const struct {
        const char *unused;
        double value;
        snnfe_edf_field_kind field;
        bool whole;
    } numbers[] = {{"-1", s->physical_min, SNNFE_EDF_PHYSICAL_MIN, false},
                   {"1", s->physical_max, SNNFE_EDF_PHYSICAL_MAX, false},
                   {"-32768", s->digital_min, SNNFE_EDF_DIGITAL_MIN, true},
                   {"32767", s->digital_max, SNNFE_EDF_DIGITAL_MAX, true}};
    for (size_t i = 0; i < 4; i++) {
        uint8_t *field = h + snnfe_edf_field_place(file, numbers[i].field, signal);
        if (used)
            mend_number(field, 8, numbers[i].whole, numbers[i].value);
        else
            put(field, 8, numbers[i].unused);
    }
}

static bool is_used(const snnfe_edf_selection *chosen, const snnfe_edf_file *file, size_t signal)
{
    for (size_t c = 0; c < chosen->n; c++)
        if (chosen->signals[c] == signal)
            return !snnfe_edf_is_constant(&file->signals[signal]);
    return false;
}

static void put_signal(uint8_t *h, const snnfe_edf_file *file, size_t signal, bool used)
{
    static const snnfe_edf_field_kind texts[] = {SNNFE_EDF_LABEL, SNNFE_EDF_TRANSDUCER,
                                                 SNNFE_EDF_DIMENSION, SNNFE_EDF_PREFILTER,
                                                 SNNFE_EDF_RESERVED};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put(h + snnfe_edf_field_place(file, texts[i], signal), snnfe_edf_fields[texts[i]].width,
            "");
    mend_number(h + snnfe_edf_field_place(file, SNNFE_EDF_SAMPLES, signal), 8, true,
                (double)file->signals[signal].n_samples);
    put_range(h, file, signal, used);
}

/* --- the image: that header and the whole records --------------------------------------------- */

static snnfe_status copy_failure(const snnfe_edf_file *file)
{
    return snnfe_fail(SNNFE_ERR_IO, "%s: cannot copy for reading: %s", file->path, strerror(errno));
}

/* In memory, if EDFlib can open it by way of /proc. */
static bool create_in_memory(snnfe_edf_samples *s)
{
#ifdef SNNFE_LINUX
    s->image = memfd_create("snnfe-edf", MFD_CLOEXEC);
    snnfe_format(s->image_path, sizeof s->image_path, "/proc/self/fd/%d", s->image);
    if (s->image >= 0 && access(s->image_path, R_OK) == 0)
        return true;
    if (s->image >= 0)
        close(s->image);
#else
    (void)s;
#endif
    return false;
}

/* In memory or, where that cannot be, a temporary file. */
static snnfe_status create_image(snnfe_edf_samples *s)
{
    if (create_in_memory(s))
        return SNNFE_OK;
    const char *folder = getenv("TMPDIR");
    const int length = snnfe_format(s->image_path, sizeof s->image_path, "%s/snnfe-edf-XXXXXX",
                                    folder && *folder ? folder : "/tmp");
    errno = ENAMETOOLONG;
    s->image = (size_t)length < sizeof s->image_path ? mkstemp(s->image_path) : -1;
    s->named = s->image >= 0;
    return s->named ? SNNFE_OK : copy_failure(s->file);
}

static snnfe_status write_all(const snnfe_edf_samples *s, const uint8_t *content, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(s->image, content, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return copy_failure(s->file);
        content += n;
        size -= (size_t)n;
    }
    return SNNFE_OK;
}

static snnfe_status write_image(snnfe_edf_samples *s)
{
    const snnfe_edf_file *file = s->file;
    memcpy(s->image_header, file->content, file->header_size);
    put_fixed(s->image_header, file);
    for (size_t i = 0; i < file->n_signals; i++)
        put_signal(s->image_header, file, i, is_used(s->chosen, file, i));
    SNNFE_TRY(create_image(s));
    SNNFE_TRY(write_all(s, s->image_header, file->header_size));
    return write_all(s, file->content + file->header_size, file->n_records * file->record_size);
}

/* --- EDFlib ----------------------------------------------------------------------------------- */

/* `reason` is the system's, 0 if it gave none. */
static snnfe_status refused(const snnfe_edf_file *file, int code, int reason)
{
    static const struct {
        int code;
        snnfe_status status;
        const char *words;
    } causes[] = {
        {EDFLIB_MALLOC_ERROR, SNNFE_ERR_MEMORY, "out of memory"},
        {EDFLIB_NO_SUCH_FILE_OR_DIRECTORY, SNNFE_ERR_IO, "its copy cannot be opened"},
        {EDFLIB_FILE_READ_ERROR, SNNFE_ERR_IO, "its copy cannot be read"},
        {EDFLIB_MAXFILES_REACHED, SNNFE_ERR_IO, "the program has too many EDF files open"},
        {EDFLIB_ARCH_ERROR, SNNFE_ERR_UNSUPPORTED, "it does not run on big-endian processors"},
        {EDFLIB_FILE_CONTAINS_FORMAT_ERRORS, SNNFE_ERR_FORMAT, "a field that it cannot read"},
    };
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (causes[i].code == code)
            return snnfe_fail(
                causes[i].status, "%s: EDFlib refuses what the header check accepted: %s%s%s",
                file->path, causes[i].words, reason ? ": " : "", reason ? strerror(reason) : "");
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: EDFlib refuses what the header check accepted: it does not say why",
                      file->path);
}

/* With a tolerance, since EDFlib reads decimals less exactly. */
static snnfe_status agree(const snnfe_edf_file *file, const char *what, const char *label,
                          double edflib, double header)
{
    if (fabs(edflib - header) <= 1e-9 * fabs(header))
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: EDFlib reads %s%s%s as %.15g, the header check as %.15g", file->path,
                      what, *label ? " of signal " : "", label, edflib, header);
}

static snnfe_status check_signal(const snnfe_edf_samples *s, size_t channel)
{
    const snnfe_edf_file *file = s->file;
    const snnfe_edf_signal *ours = &file->signals[s->chosen->signals[channel]];
    const struct edf_param_struct *theirs = &s->header.signalparam[s->chosen->signals[channel]];
    const struct {
        snnfe_edf_field_kind field;
        double edflib, header;
    } values[] = {
        {SNNFE_EDF_SAMPLES, theirs->smp_in_datarecord, (double)ours->n_samples},
        {SNNFE_EDF_PHYSICAL_MIN, theirs->phys_min, ours->physical_min},
        {SNNFE_EDF_PHYSICAL_MAX, theirs->phys_max, ours->physical_max},
        {SNNFE_EDF_DIGITAL_MIN, theirs->dig_min, ours->digital_min},
        {SNNFE_EDF_DIGITAL_MAX, theirs->dig_max, ours->digital_max},
    };
    const size_t n = snnfe_edf_is_constant(ours) ? 1 : sizeof values / sizeof values[0];
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(agree(file, snnfe_edf_fields[values[i].field].name, ours->label, values[i].edflib,
                        values[i].header));
    return SNNFE_OK;
}

static snnfe_status check_agreement(const snnfe_edf_samples *s)
{
    SNNFE_TRY(
        agree(s->file, "number of signals", "", s->header.edfsignals, (double)s->file->n_signals));
    SNNFE_TRY(agree(s->file, "number of records", "", (double)s->header.datarecords_in_file,
                    (double)s->file->n_records));
    for (size_t c = 0; c < s->chosen->n; c++)
        SNNFE_TRY(check_signal(s, c));
    return SNNFE_OK;
}

static snnfe_status open_image(snnfe_edf_samples *s)
{
    snnfe_process_lock_take(SNNFE_LOCK_EDFLIB_PLACE);
    snnfe_process_lock_take(SNNFE_LOCK_EDFLIB);
    errno = 0;
    s->opened =
        edfopen_file_readonly(s->image_path, &s->header, EDFLIB_DO_NOT_READ_ANNOTATIONS) == 0;
    const int reason = errno;
    snnfe_process_lock_release(SNNFE_LOCK_EDFLIB);
    if (!s->opened) {
        snnfe_process_lock_release(SNNFE_LOCK_EDFLIB_PLACE);
        return refused(s->file, s->header.filetype, reason);
    }
    return check_agreement(s);
}

static snnfe_status open_all(snnfe_edf_samples *s)
{
    const size_t length = s->file->signals[s->chosen->signals[0]].n_samples;
    s->image_header = snnfe_alloc_raw(s->file->header_size, 1);
    s->digital = snnfe_alloc_raw(length, sizeof *s->digital);
    if (!s->image_header || !s->digital)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(write_image(s));
    return open_image(s);
}

snnfe_status snnfe_edf_samples_open(snnfe_edf_samples **samples, const snnfe_edf_file *file,
                                    const snnfe_edf_selection *chosen)
{
    const size_t most = file->bdf ? MAX_BDF_RECORD : MAX_RECORD;
    if (file->record_size > most)
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                          "%s: a record has %zu bytes; EDFlib reads up to %zu a record", file->path,
                          file->record_size, most);
    snnfe_edf_samples *s = snnfe_alloc(1, sizeof *s);
    if (!s)
        return SNNFE_ERR_MEMORY;
    s->file = file;
    s->chosen = chosen;
    s->image = -1;
    const snnfe_status status = open_all(s);
    if (status == SNNFE_OK)
        *samples = s;
    else
        snnfe_edf_samples_close(s);
    return status;
}

/* EDFlib limits values to the digital range without saying so: a value that it changed was beyond
   the range. */
static size_t count_changed(const snnfe_edf_file *file, const uint8_t *bytes, const int *digital,
                            size_t n)
{
    size_t n_changed = 0;
    for (size_t i = 0; i < n; i++)
        n_changed += digital[i] != snnfe_edf_sample(file, bytes + file->sample_bytes * i);
    return n_changed;
}

snnfe_status snnfe_edf_samples_read(snnfe_edf_samples *s, size_t record, size_t channel,
                                    const int **digital, size_t *n_beyond)
{
    const snnfe_edf_file *file = s->file;
    const size_t index = s->chosen->signals[channel];
    const snnfe_edf_signal *signal = &file->signals[index];
    const int n = (int)signal->n_samples;
    const long long first = (long long)record * n;
    const int handle = s->header.handle;
    errno = 0;
    if (edfseek(handle, (int)index, first, EDFSEEK_SET) != first ||
        edfread_digital_samples(handle, (int)index, n, s->digital) != n)
        return snnfe_fail(SNNFE_ERR_IO, "%s: EDFlib cannot read channel \"%s\" of record %zu%s%s",
                          file->path, signal->label, record + 1, errno ? ": " : "",
                          errno ? strerror(errno) : "");
    const uint8_t *bytes =
        file->content + file->header_size + record * file->record_size + signal->offset;
    *n_beyond += count_changed(file, bytes, s->digital, signal->n_samples);
    *digital = s->digital;
    return SNNFE_OK;
}

void snnfe_edf_samples_close(snnfe_edf_samples *s)
{
    if (s->opened) {
        snnfe_process_lock_take(SNNFE_LOCK_EDFLIB);
        edfclose_file(s->header.handle);
        snnfe_process_lock_release(SNNFE_LOCK_EDFLIB);
        snnfe_process_lock_release(SNNFE_LOCK_EDFLIB_PLACE);
    }
    if (s->named)
        unlink(s->image_path);
    if (s->image >= 0)
        close(s->image);
    snnfe_release(s->digital);
    snnfe_release(s->image_header);
    snnfe_release(s);
}
