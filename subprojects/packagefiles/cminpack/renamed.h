/* cminpack's names in a library that has it within itself. */
#define dpmpar snnfe_cminpack_dpmpar
#define enorm snnfe_cminpack_enorm
#define fdjac2 snnfe_cminpack_fdjac2
#define lmdif snnfe_cminpack_lmdif
#define lmdif1 snnfe_cminpack_lmdif1
#define lmpar snnfe_cminpack_lmpar
#define qrfac snnfe_cminpack_qrfac
#define qrsolv snnfe_cminpack_qrsolv
