/* snnfe-characterize: from the instrument's file to a device's pulse response, from many files to a
   population of devices. */
#include "cli.h"

static bool write_points(const char *path, const snnfe_device *device,
                         const snnfe_measured_points *points)
{
    cli_file file;
    if (!cli_open(&file, path))
        return false;
    fprintf(file.stream, "direction,w,dw,dw_fit\n");
    for (int32_t d = SNNFE_LTP; d <= SNNFE_LTD; d++)
        for (size_t i = 0; i < points->n[d]; i++) {
            double fit = 0;
            if (snnfe_device_response(device, d, &points->w[d][i], 1, &fit) == SNNFE_OK)
                fprintf(file.stream, "%s,%.9g,%.9g,%.9g\n", d == SNNFE_LTP ? "LTP" : "LTD",
                        points->w[d][i], points->dw[d][i], d == SNNFE_LTP ? fit : -fit);
        }
    return cli_commit(&file);
}

static void print_result(const snnfe_characterization *c, int64_t cycle)
{
    static const char *const names[2] = {"LTP", "LTD"};
    printf("cycle %lld of %u whole ones\n\n", (long long)cycle, (unsigned)c->n_cycles);
    printf("          A       alpha      beta    points  residual      R2   A over cycles\n");
    for (int d = 0; d < 2; d++) {
        printf("%s  %8.4f  %8.4f  %8.4f  %6u  %8.5f  %7.4f", names[d], c->amplitude[d], c->alpha[d],
               c->beta[d], (unsigned)c->n_points[d], c->residual[d], c->r_squared[d]);
        if (c->n_cycles > 1)
            printf("   +-%.1f %%\n", 100 * c->rsd_c2c[d]);
        else
            printf("   -\n");
    }
}

/* What the command line says. */
typedef struct settings {
    cli_rest files; /* all that are given */
    const char *out, *points;
    int64_t cycle;
    bool with_spread;
    int32_t distribution, policy;
    cli_names forms;
    const char *history;    /* file of a train with reversals */
    double lowest, highest; /* siemens */
} settings;

static snnfe_status save_device(const snnfe_device_options *options, const char *path)
{
    snnfe_device *device = NULL;
    snnfe_status status = snnfe_device_create(&device, options);
    if (status == SNNFE_OK && path)
        status = snnfe_device_save(device, path);
    snnfe_device_free(device);
    return status;
}

/* --- many devices ---------------------------------------------------------------------------- */

static void print_estimate(const char *name, const snnfe_estimate *e)
{
    printf("%-22s %9.4f   %9.4f to %9.4f\n", name, e->value, e->low, e->high);
}

static void print_population(const snnfe_population *p)
{
    static const char *const distributions[] = {"Gaussian", "log-normal"};
    printf("%u devices, %u pulses, %u left out; devices %s, noise %s\n\n", (unsigned)p->n_devices,
           (unsigned)p->n_pulses, (unsigned)p->n_left_out, distributions[p->distribution],
           distributions[p->c2c_distribution]);
    printf("                        estimate   95 %% interval\n");
    const struct {
        const char *names[2];
        const snnfe_estimate *pair;
    } pairs[] = {{{"A LTP", "A LTD"}, p->amplitude},
                 {{"alpha LTP", "alpha LTD"}, p->alpha},
                 {{"beta LTP", "beta LTD"}, p->beta},
                 {{"spread of A LTP", "spread of A LTD"}, p->spread_amplitude},
                 {{"spread of alpha LTP", "spread of alpha LTD"}, p->spread_alpha},
                 {{"spread of beta LTP", "spread of beta LTD"}, p->spread_beta}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (int d = 0; d < 2; d++)
            print_estimate(pairs[i].names[d], &pairs[i].pair[d]);
    print_estimate("correlation of A", &p->correlation);
    print_estimate("rsd_c2c", &p->rsd_c2c);
    print_estimate("rsd_c2c_state", &p->rsd_c2c_state);
}

static snnfe_status characterize_many(const settings *s)
{
    snnfe_population p = {.struct_size = sizeof p};
    snnfe_device_options device;
    snnfe_cells_options cells;
    snnfe_status status = snnfe_population_characterize_files(
        s->files.items, s->files.n, s->distribution, s->lowest, s->highest, &p);
    if (status == SNNFE_OK)
        status = snnfe_device_options_init(&device, sizeof device);
    if (status == SNNFE_OK)
        status = snnfe_cells_options_init(&cells, sizeof cells);
    if (status == SNNFE_OK)
        status = snnfe_population_take(&p, &device, &cells);
    if (status != SNNFE_OK)
        return status;
    device.cells = &cells;
    print_population(&p);
    return s->out ? save_device(&device, s->out) : SNNFE_OK;
}

/* Pulses of other voltages or widths, each measured as the device's own. */
static snnfe_status take_forms(const settings *s, snnfe_device_options *options,
                               snnfe_pulse_form *forms)
{
    for (size_t f = 0; f < s->forms.n; f++) {
        snnfe_characterization fit = {.struct_size = sizeof fit};
        const snnfe_status status =
            snnfe_device_characterize_file(s->forms.items[f], (uint32_t)s->cycle, &fit, NULL);
        if (status != SNNFE_OK)
            return status;
        printf("form %zu, %s:\n", f + 1, s->forms.items[f]);
        print_result(&fit, s->cycle);
        for (int d = 0; d < 2; d++) {
            forms[f].amplitude[d] = fit.amplitude[d];
            forms[f].alpha[d] = fit.alpha[d];
            forms[f].beta[d] = fit.beta[d];
        }
    }
    if (s->forms.n > 0) {
        options->forms = forms;
        options->n_forms = s->forms.n;
        options->policy = s->policy;
    }
    return SNNFE_OK;
}

/* What the pulses just before make of a pulse, by a train with reversals. */
static snnfe_status take_history(const settings *s, snnfe_device_options *options,
                                 snnfe_cells_options *cells)
{
    snnfe_device *device = NULL;
    if (!s->history)
        return SNNFE_OK;
    snnfe_status status = snnfe_cells_options_init(cells, sizeof *cells);
    if (status == SNNFE_OK)
        status = snnfe_device_create(&device, options);
    if (status == SNNFE_OK)
        status = snnfe_device_fit_history_file(device, s->history, s->lowest, s->highest,
                                               &cells->history, &cells->history_pulses);
    snnfe_device_free(device);
    if (status != SNNFE_OK)
        return status;
    options->cells = cells;
    printf("history %.4f, forgotten in %.3g pulses\n\n", cells->history, cells->history_pulses);
    return SNNFE_OK;
}

/* --- one device ------------------------------------------------------------------------------ */

static int characterize_one(const settings *s)
{
    int exit_code = CLI_OK;
    snnfe_characterization fit = {.struct_size = sizeof fit};
    snnfe_measured_points points = {0};
    snnfe_device_options options;
    snnfe_pulse_form forms[CLI_NAMES_SIZE];
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    snnfe_status status =
        snnfe_device_characterize_file(s->files.items[0], (uint32_t)s->cycle, &fit, &points);
    if (status == SNNFE_OK)
        status = snnfe_device_options_init(&options, sizeof options);
    if (status == SNNFE_OK)
        status = snnfe_device_options_characterized(&options, &fit, s->with_spread);
    if (status == SNNFE_OK)
        status = take_history(s, &options, &cells);
    if (status == SNNFE_OK)
        status = take_forms(s, &options, forms);
    if (status == SNNFE_OK)
        status = save_device(&options, s->out);
    if (status == SNNFE_OK)
        status = snnfe_device_create(&device, &options);
    if (status != SNNFE_OK)
        exit_code = cli_failure(status);
    else if (s->points && !write_points(s->points, device, &points))
        exit_code = CLI_FAILED;
    else
        print_result(&fit, s->cycle);
    snnfe_measured_points_release(&points);
    snnfe_device_free(device);
    return exit_code;
}

int main(int argc, char **argv)
{
    static settings s = {.cycle = 4, .policy = SNNFE_POLICY_NEAREST};
    static cli_rest others;
    static const char *const distributions[] = {"gaussian", "lognormal", NULL};
    static const char *const policies[] = {"first", "nearest", NULL};
    const char *measurement = NULL;
    const cli_option options[] = {
        {"cycle", CLI_INTEGER, &s.cycle, 1, 1e6, NULL, "which whole cycle is fitted, from 1"},
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "JSON file of the device, for --dut"},
        {"points", CLI_OUTPUT, (void *)&s.points, 0, 0, NULL,
         "CSV of the measured points and the fit"},
        {"with_spread", CLI_SWITCH, &s.with_spread, 0, 0, NULL,
         "the device varies from pulse to pulse as the cycles do"},
        {"forms", CLI_NAMES, &s.forms, 0, 0, NULL,
         "instrument's files of pulses of other voltages or widths, which the device can have, "
         "too"},
        {"policy", CLI_CHOICE, &s.policy, 0, 0, policies,
         "the pulse that is given: that of FILE, or the nearest to the wanted change"},
        {"distribution", CLI_CHOICE, &s.distribution, 0, 0, distributions,
         "of several devices' parameters"},
        {"history", CLI_INPUT, (void *)&s.history, 0, 0, NULL,
         "instrument's file of a train with reversals: what the pulses just before make of a "
         "pulse; needs --highest"},
        {"lowest", CLI_NUMBER, &s.lowest, 0, 1e18, NULL,
         "of several devices, or of --history: siemens that are conductance 0 of all; with "
         "--highest 0 each one's "
         "least"},
        {"highest", CLI_NUMBER, &s.highest, 0, 1e18, NULL,
         "of several devices, or of --history: siemens that are conductance 1 of all; 0 = each "
         "one's most"},
    };
    static const cli_need needs[] = {{"policy", "forms"}, {NULL, NULL}};
    const cli_program program = {
        .name = "snnfe-characterize",
        .usage = "FILE…",
        .about =
            "Fits a device's pulse response to one cycle of potentiation and depression. FILE is "
            "the\n"
            "instrument's: header lines, then tab-separated columns, V_write and R_pos_ohm among "
            "them.\n"
            "Of several files, at least 5, each is another device: all their pulses tell how "
            "devices\n"
            "differ, with 95 % intervals, and --out has cells that differ so.",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .positionals = {&measurement},
        .n_positionals = 1,
        .rest = &others,
        .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    s.files.items[s.files.n++] = measurement;
    for (size_t i = 0; i < others.n && s.files.n < CLI_REST_SIZE; i++)
        s.files.items[s.files.n++] = others.items[i];
    if (s.files.n == 1 && (s.distribution || (!s.history && (s.lowest > 0 || s.highest > 0))))
        return cli_error("--distribution, --lowest and --highest are of several devices, but one "
                         "file is given");
    if (s.files.n == 1)
        return characterize_one(&s);
    if (s.points || s.with_spread || s.history || s.forms.n > 0)
        return cli_error("--points, --with_spread, --history and --forms are of one device, but "
                         "%zu files are given",
                         s.files.n);
    const snnfe_status status = characterize_many(&s);
    return status == SNNFE_OK ? CLI_OK : cli_failure(status);
}
