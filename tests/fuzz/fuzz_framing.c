/* Streams of samples, as text and as binary frames: whatever comes, events stay within their limits
   until the stream ends or is refused. The first byte chooses format and channels. */
#include "../../examples/live_source.h"
#include "fuzz.h"

#include <fcntl.h>

#define MOST_EVENTS 100000

/* Messages are not looked at. */
int cli_error(const char *format, ...)
{
    fuzz_check(format != NULL, "a failure has a message");
    return CLI_FAILED;
}

bool cli_interrupted(void)
{
    return false;
}

static void check_event(const live_event *event, size_t n_channels, int32_t n_classes)
{
    float sum = 0;
    if (event->kind == LIVE_CUE)
        fuzz_check(event->label >= -1 && event->label < n_classes, "a cue is of a class");
    if (event->kind != LIVE_SAMPLES)
        return;
    fuzz_check(event->n <= 1024, "no more samples than a frame holds");
    for (size_t i = 0; i < event->n * n_channels; i++)
        sum += event->samples[i] > 0; /* every value can be read */
    fuzz_check(sum >= 0, "values can be counted");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const bool binary = data[0] & 1;
    const size_t n_channels = data[0] & 2 ? 64 : 1 + (data[0] >> 2) % 8;
    const uint32_t n_classes = 2 + (data[0] >> 5);
    const int fd = open(fuzz_file(data + 1, size - 1), O_RDONLY);
    fuzz_check(fd >= 0, "the input can be opened");
    live_source source;
    fuzz_check(live_open_stream(&source, fd, "input", binary, n_channels, n_classes),
               "a stream can be opened");
    bool ended = false;
    for (size_t i = 0; i < MOST_EVENTS && !ended; i++) {
        const live_event event = source.next(source.state);
        check_event(&event, n_channels, (int32_t)n_classes);
        ended = event.kind == LIVE_END || event.kind == LIVE_FAILED;
    }
    fuzz_check(ended, "a stream ends");
    source.close(source.state);
    return 0;
}
