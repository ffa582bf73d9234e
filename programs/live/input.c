#include "input.h"

#include <math.h>
#include <string.h>

const char *live_channel_name(const snnfe_decoder *decoder, size_t channel)
{
    static char numbers[LIVE_MAX_CHANNELS][24];
    snnfe_decoder_info info = {.struct_size = sizeof info};
    if (snnfe_decoder_get_info(decoder, &info) != SNNFE_OK || channel >= info.n_channels)
        return "";
    if (info.channel_names)
        return info.channel_names[channel];
    snprintf(numbers[channel], sizeof numbers[channel], "channel %zu", channel + 1);
    return numbers[channel];
}

/* --- what is known -------------------------------------------------------------------------- */

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]))
        text[--n] = '\0';
    return text;
}

bool live_input_set_names(live_input *input, const char *list)
{
    const char *const separators = strchr(list, ',') ? "," : " \t";
    if (strlen(list) >= sizeof input->text) {
        cli_error("%s: names of channels are longer than %d bytes", input->name, LIVE_MAX_NAMES);
        return false;
    }
    memcpy(input->text, list, strlen(list) + 1);
    input->n_names = 0;
    char *next = trim(input->text);
    while (next) {
        char *name = next;
        next += strcspn(next, separators);
        if (*next == '\0')
            next = NULL;
        else
            *next++ = '\0';
        if (next && *separators == ' ')
            next += strspn(next, separators);
        name = trim(name);
        if (*name == '\0' || input->n_names == LIVE_MAX_COLUMNS) {
            cli_error("%s: name %zu of the channels \"%.60s\" %s", input->name, input->n_names + 1,
                      list, *name ? "is one too many" : "is empty");
            return false;
        }
        input->names[input->n_names++] = name;
    }
    return true;
}

bool live_input_set_unit(live_input *input, const char *unit)
{
    static const struct {
        const char *name;
        double to_uv;
    } units[] = {{"uV", 1},         {"µV", 1},     {"μV", 1},          {"microvolt", 1},
                 {"microvolts", 1}, {"mV", 1e3},   {"millivolt", 1e3}, {"millivolts", 1e3},
                 {"V", 1e6},        {"volt", 1e6}, {"volts", 1e6}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].name, unit) == 0) {
            if (input->to_uv > 0 && fabs(input->to_uv - units[i].to_uv) > 0) {
                cli_error("%s: has two units, one of them %s", input->name, unit);
                return false;
            }
            input->to_uv = units[i].to_uv;
            return true;
        }
    cli_error("%s: unit \"%.20s\" is not uV, mV or V", input->name, unit);
    return false;
}

bool live_input_set_rate(live_input *input, double rate_hz)
{
    if (!(rate_hz > 0)) {
        cli_error("%s: has %g samples a second, an irregular rate; %s needs %g", input->name,
                  rate_hz, input->told_by, input->sampling_rate_hz);
        return false;
    }
    if (!input->resample &&
        fabs(rate_hz - input->sampling_rate_hz) > 1e-6 * input->sampling_rate_hz) {
        cli_error("%s: has %g samples a second, not %g, the rate of %s (--resample brings it to "
                  "that)",
                  input->name, rate_hz, input->sampling_rate_hz, input->told_by);
        return false;
    }
    input->rate_hz = rate_hz;
    return true;
}

/* --- which channel is which ----------------------------------------------------------------- */

static bool settle_by_name(live_input *input, size_t n_columns)
{
    if (n_columns > 0 && n_columns != input->n_names) {
        cli_error("%s: has %zu channels, but %zu names of them", input->name, n_columns,
                  input->n_names);
        return false;
    }
    const snnfe_status status =
        snnfe_decoder_match_channels(input->decoder, input->names, input->n_names, input->columns);
    if (status != SNNFE_OK) {
        cli_error("%s: does not fit %s: %s", input->name, input->told_by, snnfe_last_error());
        return false;
    }
    input->n_columns = input->n_names;
    return true;
}

bool live_input_settle(live_input *input, size_t n_columns)
{
    if (input->settled && (n_columns == 0 || n_columns == input->n_columns))
        return true;
    if (input->n_names > 0) {
        if (!settle_by_name(input, n_columns))
            return false;
    } else {
        if (n_columns > 0 && n_columns != input->n_channels) {
            cli_error(
                "%s: has %zu channels, not %zu, those of %s; of an input with others --channels "
                "gives the names",
                input->name, n_columns, input->n_channels, input->told_by);
            return false;
        }
        input->n_columns = input->n_channels;
        for (size_t c = 0; c < input->n_channels; c++)
            input->columns[c] = c;
    }
    input->settled = true;
    return true;
}

void live_input_found(live_input *input, double rate_hz)
{
    input->settled = input->numbers_unknown = true;
    input->rate_hz = rate_hz;
    input->to_uv = 1;
}

void live_input_take(const live_input *input, const float *row, float *channels)
{
    const float factor = input->to_uv > 0 ? (float)input->to_uv : 1;
    for (size_t c = 0; c < input->n_channels; c++)
        channels[c] = input->absent >> c & 1 ? 0 : row[input->columns[c]] * factor;
}

/* --- saying so ------------------------------------------------------------------------------ */

static const char *column_name(const live_input *input, size_t column)
{
    return column < input->n_names ? input->names[column] : "";
}

static void print_names(const live_input *input)
{
    for (size_t c = 0; c < input->n_channels; c++)
        printf("%s%s", c ? ", " : "", cli_shown(live_channel_name(input->decoder, c)));
}

/* Channels that follow each other in the input stand as one range. */
static void print_channels(const live_input *input)
{
    for (size_t c = 0, last; c < input->n_channels; c = last + 1) {
        if (input->absent >> c & 1) {
            printf("%s%s absent", c ? ", " : "", cli_shown(live_channel_name(input->decoder, c)));
            last = c;
            continue;
        }
        for (last = c; last + 1 < input->n_channels && !(input->absent >> (last + 1) & 1) &&
                       input->columns[last + 1] == input->columns[last] + 1;)
            last++;
        const size_t from = input->columns[c], to = input->columns[last];
        const char *space = input->n_names ? " " : "";
        printf("%s%s", c ? ", " : "", cli_shown(live_channel_name(input->decoder, c)));
        if (last > c)
            printf("…%s = %zu%s%s…%zu%s%s", cli_shown(live_channel_name(input->decoder, last)),
                   from + 1, space, cli_shown(column_name(input, from)), to + 1, space,
                   cli_shown(column_name(input, to)));
        else
            printf(" = %zu%s%s", from + 1, space, cli_shown(column_name(input, from)));
    }
}

void live_input_print(const live_input *input)
{
    printf("input: %s, ", cli_shown(input->name));
    if (input->rate_hz > 0)
        printf("%g Hz%s, ", input->rate_hz,
               fabs(input->rate_hz - input->sampling_rate_hz) > 1e-6 * input->sampling_rate_hz
                   ? " (resampled)"
                   : "");
    else
        printf("rate unknown, taken for %g Hz, ", input->sampling_rate_hz);
    if (input->to_uv > 0)
        printf("%s\n", input->to_uv > 1e3 ? "volts"
                       : input->to_uv > 1 ? "millivolts"
                                          : "microvolts");
    else
        printf("unit unknown, taken for microvolts\n");
    printf("channels of %s = those of the input, by %s: ", cli_shown(input->told_by),
           input->n_names || input->numbers_unknown ? "name" : "number, for they have no names");
    if (input->numbers_unknown)
        print_names(input);
    else
        print_channels(input);
    printf("\n");
}
