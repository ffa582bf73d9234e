#include "dataset/edf.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "dataset/edf_header.h"
#include "dataset/edf_lock.h"

#include <edflib.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FILE (UINT64_C(2) << 30)

/* A file without a name that holds the mended content; EDFlib opens it by way of /proc. */
static int anonymous_file(void)
{
    const int fd = memfd_create("snnfe-edf", MFD_CLOEXEC);
    if (fd >= 0)
        return fd;
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snnfe_format(path, sizeof path, "%s/snnfe-edf-XXXXXX", folder && *folder ? folder : "/tmp");
    const int temporary = mkstemp(path);
    if (temporary >= 0)
        unlink(path);
    return temporary;
}

static snnfe_status write_all(int fd, const char *path, const uint8_t *content, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, content, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return snnfe_fail(SNNFE_ERR_IO, "%s: cannot copy for reading: %s", path,
                              strerror(errno));
        content += n;
        size -= (size_t)n;
    }
    return SNNFE_OK;
}

static snnfe_status edflib_failure(const char *path, int code)
{
    static const struct {
        int code;
        snnfe_status status;
        const char *text;
    } causes[] = {
        {EDFLIB_MALLOC_ERROR, SNNFE_ERR_MEMORY, "memory is out"},
        {EDFLIB_FILE_CONTAINS_FORMAT_ERRORS, SNNFE_ERR_FORMAT, "header has format errors"},
        {EDFLIB_MAXFILES_REACHED, SNNFE_ERR_STATE, "too many EDF files are open"},
        {EDFLIB_FILE_READ_ERROR, SNNFE_ERR_IO, "cannot be read"},
        {EDFLIB_ARCH_ERROR, SNNFE_ERR_UNSUPPORTED, "EDFlib does not run on big-endian processors"},
        {EDFLIB_FILE_IS_DISCONTINUOUS, SNNFE_ERR_UNSUPPORTED, "is discontinuous"},
        {EDFLIB_NUMBER_OF_SIGNALS_INVALID, SNNFE_ERR_FORMAT, "number of signals is invalid"},
    };
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (causes[i].code == code)
            return snnfe_fail(causes[i].status, "%s: %s (EDFlib error %d)", path, causes[i].text,
                              code);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: cannot be opened as EDF (EDFlib error %d)", path,
                      code);
}

static bool is_data_type(int filetype)
{
    return filetype == EDFLIB_FILETYPE_EDF || filetype == EDFLIB_FILETYPE_EDFPLUS;
}

static snnfe_status open_descriptor(const char *path, int fd, struct edf_hdr_struct *header)
{
    char name[64];
    snnfe_format(name, sizeof name, "/proc/self/fd/%d", fd);
    snnfe_edf_lock();
    const int result = edfopen_file_readonly(name, header, EDFLIB_READ_ALL_ANNOTATIONS);
    snnfe_edf_unlock();
    if (result != 0)
        return edflib_failure(path, header->filetype);
    if (!is_data_type(header->filetype)) {
        snnfe_edf_lock();
        edfclose_file(header->handle);
        snnfe_edf_unlock();
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED, "%s: is no EDF or EDF+ file", path);
    }
    return SNNFE_OK;
}

/* Microvolts of one physical unit; 0 for a unit that is no voltage. */
static double microvolts(const char *dimension)
{
    char unit[9] = "";
    sscanf(dimension, "%8s", unit);
    if (strcmp(unit, "") == 0 || strcmp(unit, "uV") == 0)
        return 1;
    if (strcmp(unit, "nV") == 0)
        return 1e-3;
    if (strcmp(unit, "mV") == 0)
        return 1e3;
    return strcmp(unit, "V") == 0 ? 1e6 : 0;
}

static snnfe_status find_signal(const char *path, const struct edf_hdr_struct *header,
                                const char *wanted, int *signal)
{
    char name[SNNFE_NAME_SIZE];
    for (int s = 0; s < header->edfsignals; s++) {
        snnfe_channel_name_plain(header->signalparam[s].label, name);
        if (strcmp(name, wanted) == 0) {
            *signal = s;
            return SNNFE_OK;
        }
    }
    return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\" is missing", path, wanted);
}

static snnfe_status check_signal(const char *path, const struct edf_hdr_struct *header, int signal,
                                 double sampling_rate_hz, long long n_samples)
{
    const struct edf_param_struct *p = &header->signalparam[signal];
    const double rate =
        (double)p->smp_in_datarecord * EDFLIB_TIME_DIMENSION / (double)header->datarecord_duration;
    if (fabs(rate - sampling_rate_hz) > 1e-6 * sampling_rate_hz)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: sampling rate of channel \"%s\" is %.6g Hz, not "
                          "%.6g Hz",
                          path, p->label, rate, sampling_rate_hz);
    if (p->smp_in_file != n_samples)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: channel \"%s\" has %lld samples, not %lld", path,
                          p->label, p->smp_in_file, n_samples);
    if (microvolts(p->physdimension) <= 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: unit of channel \"%s\" is \"%s\", no voltage",
                          path, p->label, p->physdimension);
    return SNNFE_OK;
}

static void fill_constant(const struct edf_param_struct *p, double constant, size_t n_samples,
                          float *samples)
{
    for (size_t i = 0; i < n_samples; i++)
        samples[i] = (float)(constant * microvolts(p->physdimension));
}

/* The next n samples of a signal. */
static snnfe_status read_next(const char *path, const struct edf_hdr_struct *header, int signal,
                              size_t n, int *digital, float *samples)
{
    const struct edf_param_struct *p = &header->signalparam[signal];
    if (edfread_digital_samples(header->handle, signal, (int)n, digital) != (int)n)
        return snnfe_fail(SNNFE_ERR_IO, "%s: cannot read channel \"%s\"", path, p->label);
    const double unit = microvolts(p->physdimension);
    const double step = (p->phys_max - p->phys_min) / ((double)p->dig_max - p->dig_min);
    for (size_t i = 0; i < n; i++)
        samples[i] = (float)(((digital[i] - p->dig_min) * step + p->phys_min) * unit);
    return SNNFE_OK;
}

/* Record by record, as they lie in the file: signal by signal EDFlib would leap through all of it
   for each. */
static snnfe_status read_records(const char *path, const struct edf_hdr_struct *header,
                                 const int *signals, const double *constant,
                                 snnfe_recording *recording)
{
    const size_t n_samples = recording->n_samples;
    const size_t length = (size_t)header->signalparam[signals[0]].smp_in_datarecord;
    int *digital = snnfe_alloc_raw(length, sizeof(int));
    snnfe_status status = digital ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t first = 0; first < n_samples; first += length)
        for (size_t c = 0; status == SNNFE_OK && c < recording->n_channels; c++) {
            const size_t left = n_samples - first;
            if (isnan(constant[signals[c]]))
                status = read_next(path, header, signals[c], left < length ? left : length, digital,
                                   recording->samples + c * n_samples + first);
        }
    snnfe_release(digital);
    return status;
}

static snnfe_status read_samples(const char *path, const struct edf_hdr_struct *header,
                                 const double *constant, const snnfe_montage *montage,
                                 double sampling_rate_hz, snnfe_recording *recording)
{
    int signals[SNNFE_MAX_CHANNELS] = {0};
    SNNFE_TRY(find_signal(path, header, montage->names[0], &signals[0]));
    const long long n_samples = header->signalparam[signals[0]].smp_in_file;
    if (n_samples < 1 || n_samples > INT32_MAX)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %lld samples", path, n_samples);
    for (size_t c = 0; c < montage->n_channels; c++) {
        SNNFE_TRY(find_signal(path, header, montage->names[c], &signals[c]));
        SNNFE_TRY(check_signal(path, header, signals[c], sampling_rate_hz, n_samples));
    }
    recording->n_channels = (uint32_t)montage->n_channels;
    recording->n_samples = (size_t)n_samples;
    recording->sampling_rate_hz = sampling_rate_hz;
    recording->samples = snnfe_alloc_raw(montage->n_channels * recording->n_samples, sizeof(float));
    if (!recording->samples)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < montage->n_channels; c++)
        if (!isnan(constant[signals[c]]))
            fill_constant(&header->signalparam[signals[c]], constant[signals[c]],
                          recording->n_samples, recording->samples + c * recording->n_samples);
    return read_records(path, header, signals, constant, recording);
}

static snnfe_status read_events(const char *path, const struct edf_hdr_struct *header,
                                snnfe_recording *recording)
{
    const size_t n = (size_t)header->annotations_in_file;
    recording->events = snnfe_alloc(n, sizeof *recording->events);
    if (!recording->events)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct edf_annotation_struct annotation;
        if (edf_get_annotation(header->handle, (int)i, &annotation) != 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: cannot read annotation %zu", path, i + 1);
        snnfe_event *event = &recording->events[recording->n_events];
        if (annotation.annotation[0] == '\0')
            continue;
        event->onset_s = (double)annotation.onset / EDFLIB_TIME_DIMENSION;
        snnfe_format(event->text, sizeof event->text, "%s", annotation.annotation);
        recording->n_events++;
    }
    return SNNFE_OK;
}

static snnfe_status read_open(const char *path, int fd, const double *constant,
                              const snnfe_montage *montage, double sampling_rate_hz,
                              struct edf_hdr_struct *header, snnfe_recording *recording)
{
    SNNFE_TRY(open_descriptor(path, fd, header));
    snnfe_status status =
        read_samples(path, header, constant, montage, sampling_rate_hz, recording);
    if (status == SNNFE_OK)
        status = read_events(path, header, recording);
    snnfe_edf_lock();
    edfclose_file(header->handle);
    snnfe_edf_unlock();
    return status;
}

/* The recording field in full, 80 bytes at 88; EDF+ writes blanks within parts as '_'. */
static bool is_marked_synthetic(const uint8_t *content)
{
    char field[81];
    for (size_t i = 0; i < 80; i++)
        field[i] = content[88 + i] == '_' ? ' ' : (char)content[88 + i];
    field[80] = '\0';
    return strstr(field, SNNFE_SYNTHETIC_MARK) != NULL;
}

/* All behind the header, which people edit (names, dates) without its being another recording. */
static uint64_t hash_records(const uint8_t *content, size_t size)
{
    size_t first = 0;
    for (size_t i = 184; i < 192; i++)
        if (content[i] >= '0' && content[i] <= '9')
            first = 10 * first + (size_t)(content[i] - '0');
    return first < size ? snnfe_hash_bytes(SNNFE_HASH_START, content + first, size - first) : 0;
}

snnfe_status snnfe_edf_read(const char *path, const snnfe_montage *montage, double sampling_rate_hz,
                            snnfe_recording *recording)
{
    uint8_t *content = NULL;
    size_t size = 0;
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_FILE, &size));
    double *constant = snnfe_alloc(EDFLIB_MAXSIGNALS, sizeof *constant);
    struct edf_hdr_struct *header = snnfe_alloc(1, sizeof *header);
    snnfe_status status = constant && header ? SNNFE_OK : SNNFE_ERR_MEMORY;
    int fd = -1;
    if (status != SNNFE_OK)
        goto done;
    status = snnfe_edf_header_check(path, content, size, constant);
    if (status != SNNFE_OK)
        goto done;
    recording->synthetic = is_marked_synthetic(content);
    recording->hash = hash_records(content, size);
    fd = anonymous_file();
    if (fd < 0) {
        status = snnfe_fail(SNNFE_ERR_IO, "%s: cannot copy for reading: %s", path, strerror(errno));
        goto done;
    }
    status = write_all(fd, path, content, size);
    if (status == SNNFE_OK)
        status = read_open(path, fd, constant, montage, sampling_rate_hz, header, recording);
done:
    if (fd >= 0)
        close(fd);
    snnfe_release(header);
    snnfe_release(constant);
    snnfe_release(content);
    return status;
}
