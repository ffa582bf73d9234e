/* Makes the seed corpora: seeds FOLDER writes FOLDER/<target>/<seed>. Nothing of them is kept in
   the source tree, so they follow the formats. */
#include "edf_file.h"
#include "fuzz.h"
#include "pth_file.h"
#include "support.h"

#include <math.h>

#include <sys/stat.h>

static const char *root;

static const char *seed_path(const char *target, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
    return path;
}

/* --- recordings ------------------------------------------------------------------------------ */

static int16_t wave(size_t channel, size_t t)
{
    return (int16_t)((int)(t * (7 + channel) % 41) * 400 - 8000);
}

static int16_t flat(size_t channel, size_t t)
{
    return channel == 0 ? 17 : wave(channel, t);
}

static void write_recording(const char *name, const edf_spec *spec)
{
    size_t size = 0;
    uint8_t *content = edf_make(spec, &size);
    support_write(seed_path("edf", name), content, size);
    free(content);
}

static void write_recordings(void)
{
    static const char *const labels[] = {"EEG C3", "C4"}, *const exact[] = {"C3..", "C4.."};
    static const edf_annotation cues[] = {{0, "T0"}, {1, "T1"}, {2, "T2"}, {3, "T0"}};
    edf_spec spec = {.n_channels = 2,
                     .labels = exact,
                     .rate_hz = 8,
                     .n_records = 5,
                     .dimension = "uV",
                     .kind = "EDF+C",
                     .n_annotations = 4,
                     .annotations = cues,
                     .sample = wave};
    write_recording("usual", &spec);
    spec.sample = flat;
    write_recording("flat", &spec);
    spec.dimension = "mV";
    write_recording("millivolts", &spec);
    spec.kind = "EDF+D";
    write_recording("gaps", &spec);
    spec.kind = "";
    write_recording("plain", &spec);
    spec.kind = "EDF+C";
    spec.labels = labels;
    write_recording("labels", &spec);
    spec.n_annotations = 0;
    write_recording("silent", &spec);
}

/* --- safetensors ----------------------------------------------------------------------------- */

static void write_cache(void)
{
    snnfe_dataset *dataset = fuzz_dataset();
    assert_ok(snnfe_dataset_save(dataset, seed_path("cache", "arrays")));
    snnfe_dataset_free(dataset);
    char path[4096];
    snprintf(path, sizeof path, "%s/edf/usual", root);
    const char *const paths[] = {path};
    const int32_t one = 1;
    snnfe_dataset_options options = fuzz_recording_options();
    assert_ok(snnfe_dataset_open_files(&dataset, paths, &one, &one, 1, &options));
    assert_ok(snnfe_dataset_save(dataset, seed_path("cache", "recording")));
    snnfe_dataset_free(dataset);
}

static void write_checkpoint(const char *name, const snnfe_device *device, int32_t keep_best,
                             uint32_t n_epochs)
{
    const snnfe_network_options network_options = fuzz_network_options();
    snnfe_trainer_options options = fuzz_trainer_options();
    options.device = device;
    options.keep_best = keep_best;
    options.schedule_epochs = 2;
    options.n_epochs = n_epochs;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_network_create(&network, &network_options));
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    snnfe_dataset *dataset = fuzz_dataset();
    const snnfe_trainer_data lists = fuzz_lists();
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, seed_path("checkpoint", name)));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}

static void write_checkpoints(void)
{
    const snnfe_network_options options = fuzz_network_options();
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_network_save(network, seed_path("checkpoint", "network")));
    snnfe_network_free(network);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    write_checkpoint("trainer", NULL, 0, 1);
    write_checkpoint("best", NULL, 1, 2);
    write_checkpoint("programmer", device, 0, 1);
    snnfe_device_free(device);
}

static void write_torch(void)
{
    static const struct {
        const char *name;
        pth_options options;
    } seeds[] = {
        {"plain", {0}},
        {"half", {.type = "Half", .entry = "state_dict", .prefix = "module."}},
        {"parameters", {.parameters = true, .second_names = true}},
        {"protocol4", {.protocol4 = true, .untyped = true, .unchecked = true}},
        {"published", {.type = "BFloat16", .copied_seconds = true, .wide = true, .later = true}},
        {"turned", {.type = "Double", .turned = true, .extras = true, .big_endian = true}},
    };
    const snnfe_network_options options = fuzz_network_options();
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
        pth_write_network(seed_path("pth", seeds[i].name), network, &seeds[i].options);
    snnfe_network_free(network);
}

/* --- devices --------------------------------------------------------------------------------- */

static void write_device(const char *name, const snnfe_device_options *options)
{
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, options));
    assert_ok(snnfe_device_save(device, seed_path("device", name)));
    snnfe_device_free(device);
}

static void write_devices(void)
{
    static const double w[3] = {0, 0.4, 1}, ltp[3] = {0.2, 0.1, 0}, ltd[3] = {0, 0.1, 0.3};
    static const char least[] = "{\"format\": \"snnfe device 1\"}";
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    write_device("beta", &options);
    options.rsd_c2c = options.sigma_add = options.sigma_mul = 0.1;
    write_device("noisy", &options);
    options.response = SNNFE_RESPONSE_TABLE;
    options.table_w = w;
    options.table_ltp = ltp;
    options.table_ltd = ltd;
    options.n_table = 3;
    write_device("table", &options);
    snnfe_cells_options cells;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.aging_pulses = w;
    cells.aging_factors = ltd;
    cells.n_aging = 3;
    cells.spread_amplitude = cells.stuck_low = 0.1;
    cells.retention = SNNFE_RETENTION_POWER;
    options.cells = &cells;
    write_device("cells", &options);
    cells.history = 0.5;
    cells.imprint = 0.3;
    cells.held_s = 100;
    cells.read_disturb = 1e-3;
    cells.read_noise = 0.01;
    cells.adc_bits = cells.column_bits = 8;
    cells.fatigue_pulses = cells.endurance = 10;
    write_device("history", &options);
    static const snnfe_pulse_form forms[1] = {
        {.amplitude = {0.1, 0.2}, .alpha = {1.5, 2}, .beta = {2, 1.5}}};
    options.forms = forms;
    options.n_forms = 1;
    options.policy = SNNFE_POLICY_NEAREST;
    write_device("forms", &options);
    support_write(seed_path("device", "least"), least, sizeof least - 1);
}

static void write_measurement(const char *name, const char *end_of_line, double shape)
{
    FILE *file = fopen(seed_path("instrument", name), "wb");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "instrument\tof the seeds%stime\tV_write\tR_pos_ohm%s", end_of_line, end_of_line);
    double g = 1e-6;
    for (int i = 0; i < 40; i++) {
        const bool depress = i / 8 % 2;
        g = depress ? g - 0.2 * pow(g / 3e-6, shape) * 1e-6 : g + 0.2 * (1 - g / 3e-6) * 1e-6;
        fprintf(file, "%d\t%.3f\t%.6g%s", i, depress ? 1.5 : -1.5, 1 / g, end_of_line);
    }
    fclose(file);
}

/* --- options --------------------------------------------------------------------------------- */

static void write_options(void)
{
    for (unsigned char kind = 0; kind < 5; kind++) {
        unsigned char bytes[300] = {kind};
        char name[32];
        snprintf(name, sizeof name, "defaults%u", (unsigned)kind);
        support_write(seed_path("options", name), bytes, sizeof bytes);
        for (size_t i = 1; i < sizeof bytes; i++)
            bytes[i] = (unsigned char)(i % 11 == 0 ? i * 37 : 0);
        snprintf(name, sizeof name, "some%u", (unsigned)kind);
        support_write(seed_path("options", name), bytes, sizeof bytes);
    }
}

/* --- live ------------------------------------------------------------------------------------ */

/* In the middle of windows, of which the older one has a control that was replaced. */
static void write_controlled_state(const snnfe_network *network)
{
    const snnfe_signal signal = fuzz_signal(true);
    float values[40 * 3];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        values[i] = (float)(i * 31 % 43) - 21.0F;
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    snnfe_control *control = fuzz_control(true);
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = &signal;
    o.hop = 10;
    assert_ok(snnfe_decoder_create(&decoder, network, &o));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, values, 18));
    assert_ok(snnfe_decoder_offer_control(decoder, control));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, values + 18 * 3, 7));
    assert_ok(snnfe_decoder_save(decoder, seed_path("state", "envelopes")));
    snnfe_control_free(control);
    snnfe_decoder_free(decoder);
}

static void write_states(void)
{
    const snnfe_network_options network_options = fuzz_network_options();
    snnfe_network *network = NULL;
    snnfe_device *device = NULL;
    snnfe_dataset *dataset = fuzz_dataset();
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    float values[100 * FUZZ_STEPS];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        values[i] = (float)(i * 31 % 43) - 21.0F;
    assert_ok(snnfe_network_create(&network, &network_options));
    assert_ok(snnfe_device_create(&device, NULL));
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    o.signal = info.signal;
    o.hop = 2;
    assert_ok(snnfe_decoder_create(&decoder, network, &o));
    assert_ok(snnfe_decoder_save(decoder, seed_path("state", "new")));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, values, 11));
    assert_ok(snnfe_decoder_save(decoder, seed_path("state", "running")));
    snnfe_decoder_free(decoder);
    write_controlled_state(network);
    for (int with_device = 0; with_device < 2; with_device++) {
        snnfe_learner_options options;
        snnfe_learner *learner = NULL;
        assert_ok(snnfe_learner_options_init(&options, sizeof options));
        options.device = with_device ? device : NULL;
        options.n_replay = 2;
        assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
        for (int32_t i = 0; i < 3; i++)
            assert_ok(snnfe_learner_adapt(learner, values, i % 2, NULL));
        assert_ok(snnfe_learner_save(
            learner, seed_path("state", with_device ? "learner-device" : "learner")));
        snnfe_learner_free(learner);
    }
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    snnfe_network_free(network);
}

static void write_controls(void)
{
    static const char *const names[2][2] = {{"new", "learned"},
                                            {"new-envelopes", "learned-envelopes"}};
    float samples[40 * 20];
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        samples[i] = (float)(i * 31 % 43) - 21.0F;
    for (int of_envelopes = 0; of_envelopes < 2; of_envelopes++) {
        snnfe_control *control = fuzz_control(of_envelopes == 1);
        snnfe_control_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_control_get_info(control, &info));
        assert_ok(snnfe_control_save(control, seed_path("control", names[of_envelopes][0])));
        ck_assert_uint_le(info.n_values, 20);
        assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT,
                                    samples, 40));
        assert_ok(snnfe_control_save(control, seed_path("control", names[of_envelopes][1])));
        snnfe_control_free(control);
    }
}

static void write_streams(void)
{
    /* The first byte: text or binary, number of channels. */
    static const char text[] =
        "\x08# three channels\n1 2 3\n@7 1,-2e3,nan\ncue 1\ncue\n 4\t5 6\r\n@9 7 8 9";
    static const char frames[] = "\x05SNFE\1\0\0\0\2\0\0\0\2\0\0\0\7\0\0\0\0\0\0\0abcdABCDefghEFGH"
                                 "SNFE\2\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                 "SNFE\1\0\0\0\0\0\0\0\2\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff";
    support_write(seed_path("framing", "text"), text, sizeof text - 1);
    static const char named[] = "\x09SNFE\3\0\0\0\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0channels C,B,A"
                                "SNFE\1\0\0\0\1\0\0\0\3\0\0\0\7\0\0\0\0\0\0\0abcdABCDefgh";
    static const char header[] =
        "\x08rate 160\nunit mV\nchannels X C B A\n1 2 3 4\nsession\n5 6 7 8\n";
    support_write(seed_path("framing", "frames"), frames, sizeof frames - 1);
    support_write(seed_path("framing", "named"), named, sizeof named - 1);
    support_write(seed_path("framing", "header"), header, sizeof header - 1);
}

/* --- tables of BIDS trees --------------------------------------------------------------------- */

static void write_tables(void)
{
    static const char events[] =
        "onset\tduration\ttrial_type\r\n0.5\t1\tleft\r\n2e0\tn/a\tright\r\n";
    static const char channels[] = "\xef\xbb\xbfname\ttype\tunits\nC3\tEEG\tuV\n\nC4\tEEG\tn/a";
    support_write(seed_path("tsv", "events"), events, sizeof events - 1);
    support_write(seed_path("tsv", "channels"), channels, sizeof channels - 1);
}

/* --- BrainVision, and sidecars of BIDS trees -------------------------------------------------- */

static void write_texts(void)
{
    static const char header[] =
        "Brain Vision Data Exchange Header File Version 1.0\r\n; comment\r\n[Common Infos]\r\n"
        "DataFile=$b.eeg\r\nMarkerFile=a.vmrk\r\nDataFormat=BINARY\r\n"
        "DataOrientation=MULTIPLEXED\r\nNumberOfChannels=2\r\nDataPoints=9\r\n"
        "SamplingInterval=4000\r\n[Binary Infos]\r\nBinaryFormat=INT_16\r\n"
        "[Channel Infos]\r\nCh1=C3,,0.5,\xc2\xb5V\r\nCh2=a\\1b,Cz,,mV\r\n[Comment]\r\nfree\r\n";
    static const char markers[] =
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n"
        "Mk1=New Segment,,1,1,0,2013\nMk2=Stimulus,S  2,5,1,0\nMk3=Comment,\xb5\\1,3,1,0\n";
    support_write(seed_path("brainvision", "header"), header, sizeof header - 1);
    support_write(seed_path("brainvision", "markers"), markers, sizeof markers - 1);
}

/* Options, and the files between NUL bytes: see fuzz_sidecar.c. */
static void write_sidecars(void)
{
    static const char as_written[] = "\x03";
    static const char tables[] =
        "\x0a"
        "onset\tduration\ttrial_type\r\n0\t4\tleft_hand\r\n4.2\tn/a\tright_hand\r\n\0"
        "name\ttype\tunits\tstatus\nC3\tEEG\tuV\tgood\nCz\tEEG\tV\tbad\nC4\tEEG\tn/a\tn/a\n"
        "Pz\tEOG\tuV\tgood\n\0";
    static const char texts[] =
        "\x11"
        "onset\tduration\tvalue\n1\t1\tleft_hand\n\0\0"
        "{\"SamplingFrequency\": 160.0, \"PowerLineFrequency\": 50, \"a\": [1, {\"b\": null}]}\0"
        "name\tx\ty\tz\nC3\t-0.05\t0.02\t0.09\nCz\tn/a\tn/a\tn/a\n\0"
        "{\"EEGCoordinateSystem\": \"CapTrak\", \"EEGCoordinateUnits\": \"m\"}\0"
        "participant_id\tage\nsub-01\t30\nsub-02\tn/a\n\0"
        "{\"Name\": \"x\", \"BIDSVersion\": \"1.8.0\"}";
    support_write(seed_path("sidecar", "as_written"), as_written, sizeof as_written - 1);
    support_write(seed_path("sidecar", "tables"), tables, sizeof tables - 1);
    support_write(seed_path("sidecar", "texts"), texts, sizeof texts - 1);
}

START_TEST(write_all)
{
    mkdir(root, 0777);
    write_recordings();
    write_cache();
    write_checkpoints();
    write_torch();
    write_devices();
    write_measurement("lines", "\n", 1);
    write_measurement("carriage-returns", "\r\n", 2);
    write_options();
    write_states();
    write_controls();
    write_streams();
    write_tables();
    write_texts();
    write_sidecars();
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    root = argv[1];
    Suite *suite = suite_create("seeds");
    TCase *all = tcase_create("all");
    tcase_add_test(all, write_all);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
