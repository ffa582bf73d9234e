// The same in C++17: handles owned by std::unique_ptr, failures as exceptions.
#include <cstdio>
#include <exception>
#include <memory>
#include <snnfe/snnfe.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

void check(snnfe_status status)
{
    if (status != SNNFE_OK)
        throw std::runtime_error(std::string(snnfe_status_name(status)) + ": " +
                                 snnfe_last_error());
}

using Network = std::unique_ptr<snnfe_network, decltype(&snnfe_network_free)>;
using Dataset = std::unique_ptr<snnfe_dataset, decltype(&snnfe_dataset_free)>;

Network load_network(const char *path)
{
    snnfe_network *handle = nullptr;
    check(snnfe_network_load(&handle, path));
    return {handle, snnfe_network_free};
}

Dataset load_dataset(const char *path)
{
    snnfe_dataset *handle = nullptr;
    check(snnfe_dataset_load(&handle, path));
    return {handle, snnfe_dataset_free};
}

} // namespace

int main(int argc, char **argv)
try {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s MODEL.safetensors DATA.safetensors\n", argv[0]);
        return 2;
    }
    const Network network = load_network(argv[1]);
    const Dataset dataset = load_dataset(argv[2]);
    snnfe_dataset_info info{};
    info.struct_size = sizeof info;
    check(snnfe_dataset_get_info(dataset.get(), &info));

    const std::size_t size = std::size_t{info.n_rows} * info.n_columns * info.n_steps;
    std::vector<float> trial(size), probabilities(info.n_classes);
    const std::size_t shown = info.n_trials < 5 ? info.n_trials : 5;
    for (std::size_t i = 0; i < shown; i++) {
        const auto index = static_cast<std::int32_t>(i);
        std::int32_t decision = 0;
        check(snnfe_dataset_copy_grid(dataset.get(), &index, 1, trial.data()));
        check(snnfe_network_evaluate(network.get(), trial.data(), 1, nullptr, nullptr, &decision,
                                     probabilities.data()));
        std::printf("trial %zu: %s with probability %.2f, cue was %s\n", i,
                    info.signal->class_names[decision],
                    static_cast<double>(probabilities[static_cast<std::size_t>(decision)]),
                    info.signal->class_names[info.labels[i]]);
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
} catch (const std::exception &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
}
