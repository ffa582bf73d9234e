/* Streams of samples, as text and as binary frames: whatever comes, events stay within their limits
   until the stream ends or is refused. The first byte chooses format and channels. */
#include "fuzz.h"
#include "live/source.h"

#include <fcntl.h>

#define MOST_EVENTS 100000

/* Messages are not looked at. */
int cli_error(const char *format, ...)
{
    fuzz_check(format != NULL, "a failure has a message");
    return CLI_FAILED;
}

const char *cli_shown(const char *text)
{
    return text;
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

/* A decoder of so many channels, called A, B, … where they are not the 64; kept for the next input.
 */
static const snnfe_decoder *decoder_of(size_t n_channels)
{
    static const char *const names[8] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    static const int32_t rows[8] = {0, 1, 2, 3, 4, 5, 6, 7}, columns[8] = {0};
    static snnfe_network *network;
    static snnfe_decoder *decoders[65];
    snnfe_network_options n;
    snnfe_decoder_options o;
    fuzz_check(snnfe_network_options_init(&n, sizeof n) == SNNFE_OK &&
                   snnfe_decoder_options_init(&o, sizeof o) == SNNFE_OK,
               "there are defaults");
    n.conv1_channels = n.conv2_channels = n.conv3_channels = n.n_hidden = 1;
    fuzz_check(network || snnfe_network_create(&network, &n) == SNNFE_OK, "a network can be made");
    snnfe_signal signal = *o.signal;
    if (n_channels < 64) {
        signal.n_channels = (uint32_t)n_channels;
        signal.channel_names = names;
        signal.channel_rows = rows;
        signal.channel_columns = columns;
    }
    o.signal = &signal;
    fuzz_check(decoders[n_channels] ||
                   snnfe_decoder_create(&decoders[n_channels], network, &o) == SNNFE_OK,
               "a decoder can be made");
    return decoders[n_channels];
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
    static live_input input;
    live_source source;
    input = (live_input){.decoder = decoder_of(n_channels),
                         .told_by = "the decoder",
                         .n_channels = n_channels,
                         .sampling_rate_hz = 160,
                         .n_classes = n_classes,
                         .name = "input"};
    fuzz_check(live_open_stream(&source, &input, fd, binary), "a stream can be opened");
    bool ended = false;
    for (size_t i = 0; i < MOST_EVENTS && !ended; i++) {
        const live_event event = source.next(source.state);
        fuzz_check(event.kind != LIVE_SAMPLES || event.n == 0 || input.settled,
                   "it is settled which column is which channel");
        check_event(&event, n_channels, (int32_t)n_classes);
        ended = event.kind == LIVE_END || event.kind == LIVE_FAILED;
    }
    fuzz_check(ended, "a stream ends");
    source.close(source.state);
    return 0;
}
