/* kissfft's names in a library that has it within itself. */
#define kiss_fft snnfe_kissfft_kiss_fft
#define kiss_fft_alloc snnfe_kissfft_kiss_fft_alloc
#define kiss_fft_cleanup snnfe_kissfft_kiss_fft_cleanup
#define kiss_fft_next_fast_size snnfe_kissfft_kiss_fft_next_fast_size
#define kiss_fft_stride snnfe_kissfft_kiss_fft_stride
