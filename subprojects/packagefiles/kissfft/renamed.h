/* kissfft's names in a library that has it within itself: others for four transforms side by side.
 */
#ifdef USE_SIMD
#define KISSFFT_NAME(name) snnfe_kissfft_simd_##name
#else
#define KISSFFT_NAME(name) snnfe_kissfft_##name
#endif
#define kiss_fft KISSFFT_NAME(kiss_fft)
#define kiss_fft_alloc KISSFFT_NAME(kiss_fft_alloc)
#define kiss_fft_cleanup KISSFFT_NAME(kiss_fft_cleanup)
#define kiss_fft_next_fast_size KISSFFT_NAME(kiss_fft_next_fast_size)
#define kiss_fft_stride KISSFFT_NAME(kiss_fft_stride)
