/* snnfe-characterize: from the instrument's file to a device's pulse response. */
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

int main(int argc, char **argv)
{
    const char *measurement = NULL, *out = NULL, *points_path = NULL;
    int64_t cycle = 4;
    bool with_spread = false;
    const cli_option options[] = {
        {"cycle", CLI_INTEGER, &cycle, 1, 1e6, NULL, "which whole cycle is fitted, from 1"},
        {"out", CLI_OUTPUT, (void *)&out, 0, 0, NULL, "JSON file of the device, for --dut"},
        {"points", CLI_OUTPUT, (void *)&points_path, 0, 0, NULL,
         "CSV of the measured points and the fit"},
        {"with_spread", CLI_SWITCH, &with_spread, 0, 0, NULL,
         "the device varies from pulse to pulse as the cycles do"},
    };
    const cli_program program = {
        "snnfe-characterize",
        "FILE",
        "Fits a device's pulse response to one cycle of potentiation and depression. FILE is the\n"
        "instrument's: header lines, then tab-separated columns, V_write and R_pos_ohm among them.",
        options,
        sizeof options / sizeof options[0],
        {&measurement},
        1};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    snnfe_characterization fit = {.struct_size = sizeof fit};
    snnfe_measured_points points = {0};
    snnfe_device_options device_options;
    snnfe_device *device = NULL;
    snnfe_status status =
        snnfe_device_characterize_file(measurement, (uint32_t)cycle, &fit, &points);
    if (status == SNNFE_OK)
        status = snnfe_device_options_init(&device_options, sizeof device_options);
    if (status == SNNFE_OK)
        status = snnfe_device_options_characterized(&device_options, &fit, with_spread);
    if (status == SNNFE_OK)
        status = snnfe_device_create(&device, &device_options);
    if (status == SNNFE_OK && out)
        status = snnfe_device_save(device, out);
    if (status != SNNFE_OK)
        exit_code = cli_failure(status);
    else if (points_path && !write_points(points_path, device, &points))
        exit_code = CLI_FAILED;
    else
        print_result(&fit, cycle);
    snnfe_measured_points_release(&points);
    snnfe_device_free(device);
    return exit_code;
}
