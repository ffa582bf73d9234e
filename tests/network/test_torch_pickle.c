/* Pickles that are cut off, of other things than tensors, without end, or of tensors that are not
   described as PyTorch does. */
#include "pth_file.h"
#include "support.h"

static void assert_pickle_fails(const void *opcodes, size_t size, const char *message)
{
    const char *path = support_path("pickle.pth");
    const pth_bytes pickle = {.data = (uint8_t *)(uintptr_t)opcodes, .size = size};
    snnfe_network *loaded = NULL;
    pth_write(path, &pickle, "", 0);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, message);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "pickle.pth: "));
    ck_assert_ptr_null(loaded);
}

#define PICKLE(opcodes, message)                                                                   \
    {                                                                                              \
        opcodes, sizeof opcodes - 1, message                                                       \
    }

#define ENTRY "\x80\2}X\1\0\0\0w"
#define VERSION2 "ctorch._utils\n_rebuild_tensor_v2\n("
#define VERSION3 "ctorch._utils\n_rebuild_tensor_v3\n("
#define PARAMETER "ctorch._utils\n_rebuild_parameter\n("
#define FLOATS "ctorch\nFloatStorage\n"
#define UNTYPED "ctorch.storage\nUntypedStorage\n"
#define KEY "X\1\0\0\0\x30"
#define STORAGE(word, type, key, size) "(X\7\0\0\0" word type key "N" size "tQ"

START_TEST(pickles_of_other_things)
{
    static const struct {
        const char *opcodes;
        size_t size;
        const char *message;
    } cases[] = {
        PICKLE("", "is cut off"),
        PICKLE("\x80\1}.", "not of protocol 2 to 5"),
        PICKLE("}.", "not of protocol 2 to 5"),
        PICKLE("\x80\2", "is cut off"),
        PICKLE("\x80\2}", "is cut off"),
        PICKLE("\x80\2.", "a value that is not there"),
        PICKLE("\x80\2(.", "a value that is not there"),
        PICKLE("\x80\2N.", "no dictionary of tensors"),
        PICKLE("\x80\2]N.", "left over"),
        PICKLE("\x80\2}.x", "left over"),
        PICKLE("\x80\2}.", "its entries: none"),
        PICKLE("\x80\2}X\3\0\0\0netK\1s.", "its entries: \"net\""),
        PICKLE("\x80\2}X\5\0\0\0\033[2J\nK\1s.", "its entries: \"?[2J?\""),
        PICKLE("\x80\2cposix\nsystem\n(X\2\0\0\0ls\x85R.", "it refers to posix.system, which no"),
        PICKLE("\x80\4\x8c\5posix\x8c\6system\x93.", "it refers to posix.system, which no"),
        PICKLE("\x80\2ctorch.storage\n_load_from_bytes\n.", "torch.storage._load_from_bytes"),
        PICKLE("\x80\2cmodels\nNet\n)\x81}b.", "save model.state_dict() alone"),
        PICKLE("\x80\2c\033[1m\nb\n.", "it refers to ?[1m.b"),
        PICKLE("\x80\2ccollections\nOrderedDict", "is cut off"),
        PICKLE("\x80\2ccollections OrderedDict\n\n.", "it refers to"),
        PICKLE("\x80\2ccollections\nOrderedDict\n]R.", "calls something else"),
        PICKLE("\x80\2ccollections\nOrderedDict\nN\x85R.", "dictionary from arguments"),
        PICKLE("\x80\2ctorch\nFloatStorage\n)R.", "calls something else"),
        PICKLE("\x80\2NNR.", "calls something else"),
        PICKLE("\x80\4NN\x93.", "a name that is no text"),
        PICKLE("\x80\2}\x81.", "opcode 0x81 at byte 3"),
        PICKLE("\x80\2Vtext\n.", "opcode 0x56"),
        PICKLE("\x80\2NQ.", "a storage that is no tuple"),
        PICKLE("\x80\2NNs.", "that is not there"),
        PICKLE("\x80\2NNNs.", "something else than a dictionary"),
        PICKLE("\x80\2}(Nu.", "something else than a dictionary"),
        PICKLE("\x80\2}NNu.", "a mark that is not there"),
        PICKLE("\x80\2(NNu.", "a dictionary that is not there"),
        PICKLE("\x80\2}(Ns.", "a value that is not there"),
        PICKLE("\x80\2NNa.", "something else than a list"),
        PICKLE("\x80\2N(e.", "something else than a list"),
        PICKLE("\x80\2Nb.", "a value that is not there"),
        PICKLE("\x80\2NNb.", "gives attributes"),
        PICKLE("\x80\2(t\x85\x86.", "a value that is not there"),
        PICKLE("\x80\2(N\x86.", "a value that is not there"),
        PICKLE("\x80\2t.", "a mark that is not there"),
        PICKLE("\x80\2q\1.", "a value that is not there"),
        PICKLE("\x80\2h\1.", "has not kept"),
        PICKLE("\x80\2Nq\1h\0.", "has not kept"),
        PICKLE("\x80\2Nq\2.", "number out of order"),
        PICKLE("\x80\2Nr\xff\xff\xff\xff.", "number out of order"),
        PICKLE("\x80\2X\xff\xff\xff\xff.", "is cut off"),
        PICKLE("\x80\2\x8a\xff.", "is cut off"),
        PICKLE("\x80\2\x8a\0.", "no dictionary of tensors"),
        PICKLE("\x80\2G\0\0", "is cut off"),
        PICKLE("\x80\2K", "is cut off"),
        PICKLE("\x80\2J\1", "is cut off"),
        PICKLE("\x80\2\x8a", "is cut off"),
        PICKLE("\x80\2X\1", "is cut off"),
        PICKLE("\x80\2Nq", "is cut off"),
        PICKLE("\x80\2h", "is cut off"),
        PICKLE("\x80\2cposix", "is cut off"),
        PICKLE("\x80\4\x93.", "a value that is not there"),
        PICKLE("\x80\4\x8c\1a\x93.", "a value that is not there"),
        PICKLE("\x80\4\x8c\1aN\x93.", "a name that is no text"),
        PICKLE("\x80\2Q.", "a value that is not there"),
        PICKLE("\x80\2R.", "a value that is not there"),
        PICKLE("\x80\2NR.", "a value that is not there"),
        PICKLE("\x80\2b.", "a value that is not there"),
        PICKLE("\x80\2a.", "a value that is not there"),
        PICKLE("\x80\2Na.", "a value that is not there"),
        PICKLE("\x80\2e.", "a mark that is not there"),
        PICKLE("\x80\2}N(s.", "a value that is not there"),
        PICKLE("\x80\6}.", "not of protocol 2 to 5"),
        PICKLE(ENTRY VERSION2 "NK\0))tRs.", "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("Storage", FLOATS, KEY, "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", "N", KEY, "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, "N", "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "N") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION3 STORAGE("storage", UNTYPED, KEY, "K\4") "K\0))NNNtRs.",
               "has elements of no type"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "N))tRs.",
               "has an offset that"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0N)tRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0)NtRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0)K\1\x85tRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 "tRs.", "has a storage that is not described"),
        PICKLE(ENTRY PARAMETER "NtRs.", "is a parameter that holds no tensor"),
        PICKLE(ENTRY PARAMETER PARAMETER "NtRtRs.", "is a parameter that holds no tensor"),
        PICKLE("\x80\2}K\1" VERSION2 "tRs.", "its entries: none"),
    };
    assert_pickle_fails(cases[_i].opcodes, cases[_i].size, cases[_i].message);
}
END_TEST
#define N_PICKLES 80

/* Names that are longer than any of PyTorch's, of modules and in them. */
START_TEST(names_without_end)
{
    for (int i = 0; i < 2; i++) {
        char module[301] = "m", name[301] = "n";
        memset(i == 0 ? module : name, 'x', 300);
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\2");
        pth_name(&pickle, module, name);
        pth_opcodes(&pickle, ".");
        assert_pickle_fails(pickle.data, pickle.size, "a name that no tensor needs");
        free(pickle.data);
    }
}
END_TEST

/* More values than any network has: refused by their number. */
START_TEST(more_rows_than_any_network_has)
{
    static const char *const rows[][2] = {
        {"(", "N"}, {"(", "N\x94"}, {"(", "}"}, {"N", "\x85"}, {"}", "NNs"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\4");
        pth_opcodes(&pickle, rows[i][0]);
        for (int n = 0; n <= 1 << 18; n++)
            pth_opcodes(&pickle, rows[i][1]);
        assert_pickle_fails(pickle.data, pickle.size, "is larger than that of any network");
        free(pickle.data);
    }
}
END_TEST

/* A dictionary that is its own entry, tuples of tuples, tuples that hold each other twice. */
START_TEST(graphs_without_end)
{
    static const char itself[] = "\x80\2}q\0(X\5\0\0\0modelh\0X\12\0\0\0state_dicth\0u.";
    pth_bytes deep = {0}, doubled = {0};
    assert_pickle_fails(itself, sizeof itself - 1, "its entries: \"model\", \"state_dict\"");
    pth_opcodes(&deep, "\x80\2}()");
    for (int i = 0; i < 200000; i++)
        pth_opcodes(&deep, "\x85");
    pth_opcodes(&deep, "Nu.");
    assert_pickle_fails(deep.data, deep.size, "its entries: none");
    pth_opcodes(&doubled, "\x80\2}(N");
    for (int i = 0; i < 60; i++) {
        pth_opcodes(&doubled, "q");
        pth_append_number(&doubled, (uint64_t)i, 1);
        pth_opcodes(&doubled, "h");
        pth_append_number(&doubled, (uint64_t)i, 1);
        pth_opcodes(&doubled, "\x86");
    }
    pth_opcodes(&doubled, "Nu.");
    assert_pickle_fails(doubled.data, doubled.size, "its entries: none");
    free(deep.data);
    free(doubled.data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("torch_pickle");
    TCase *files = tcase_create("files");
    tcase_set_timeout(files, 300);
    tcase_add_loop_test(files, pickles_of_other_things, 0, N_PICKLES);
    tcase_add_test(files, names_without_end);
    tcase_add_test(files, more_rows_than_any_network_has);
    tcase_add_test(files, graphs_without_end);
    suite_add_tcase(suite, files);
    return support_run(suite);
}
