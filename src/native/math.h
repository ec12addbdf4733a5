// The arithmetic of our kernels, without TensorFlow. math.cc is compiled once for each instruction set; `BestMath` picks at run time.
// Images are NHWC with channels innermost, a multiple of 32; an "image" below is [pixels, channels]. bfloat16 numbers are computed in float32.
#pragma once
#include <cstdint>

namespace bitw {

// The upper half of a float32.
struct Bfloat16 {
  uint16_t bits;
};

// y = (x − mean)·scale + beta with numbers of each channel is what a GroupNorm comes to; these are its parts. The mean is taken off first:
// gathered into one sum with beta, digits would be lost where it is far from 0.
struct Channels {
  const float *mean, *scale, *beta;
};

template <typename T>
struct NormMath {
  // Adds Σ(x − origin) and Σ(x − origin)² of each channel to the sums. `origin` near the mean keeps the digits of the variance.
  void (*sums)(const T* x, int64_t pixels, int channels, const float* origin, double* sum, double* sum_squares);
  // y = max(0, (x − mean)·scale + beta), or without the maximum. y may be x. NaN stays NaN.
  void (*apply)(const T* x, T* y, int64_t pixels, int channels, Channels norm, bool relu);
  // dz = dy where the ReLU was open. Adds Σdz and Σdz·(x − mean) of each channel to the sums.
  void (*gradient_sums)(const T* dy, const T* x, int64_t pixels, int channels, Channels norm, bool relu, double* sum_dz, double* sum_dz_centred);
  // dx = scale·dz + b·(x − mean) + c. dx may be dy or x.
  void (*gradient_apply)(const T* dy, const T* x, T* dx, int64_t pixels, int channels, Channels norm, const float* b, const float* c, bool relu);
  // The same + more, for the sum with the shortcut's gradient. dx may be any of dy, x, more.
  void (*gradient_apply_add)(const T* dy, const T* x, const T* more, T* dx, int64_t pixels, int channels, Channels norm, const float* b, const float* c,
                             bool relu);
};

// Weight standardization of columns [first, last) of a kernel [rows, columns] (rows are H·W·I); at most kMaxColumns at once.
constexpr int kMaxColumns = 64;

// Images [images, height, width, channels] and the windows over them: down × across taps, of which the first is at y·stride − margin, and the same
// across. Beyond the edges there are zeros. One window for each place of a result [images, out_height, out_width].
struct Pixels {
  const float* at;
  int64_t images, height, width, channels, out_height, out_width;
  int down, across, stride, margin_down, margin_across;
};

// Which taps of a kernel [side, side, channels, columns] the window's meet: from (down, across) on, each `step` further; may be negative. `transposed` takes it as
// [side, side, columns, channels], which makes of a result's gradient that of the images.
struct Kernel {
  const float* at;
  bool transposed;
  int side, down, across, step;
};

// Where the results go: into images [images, height, width, columns], from (down, across) on, each `step` further.
struct Places {
  float* at;
  int64_t height, width, columns;
  int down, across, step;
};

// Tiles of 2 × 2 places of the result, the last of a row or column perhaps beyond its edge.
inline int64_t TilesAcross(const Pixels& x) { return (x.out_width + 1) / 2; }
inline int64_t TilesDown(const Pixels& x) { return (x.out_height + 1) / 2; }
inline int64_t TileCount(const Pixels& x) { return x.images * TilesDown(x) * TilesAcross(x); }

// All channels of a convolution are a multiple of this.
constexpr int kChannelStep = 32;

// One axis of an image that is made smaller: each new place is a weighted sum of `taps` neighbours, the first of which is at first[place].
struct ResizeAxis {
  int64_t size, new_size;
  int taps;
  const int32_t* first;  // [new_size], at most size − taps
  const float* weights;  // [new_size, taps], each row with the sum 1
};

// Rows that are resized at a time.
constexpr int kResizeRows = 4;

// Numbers that Math::resize takes as its scratch: so many rows before and after, each with room for a fourth channel at its end.
inline int64_t ResizeScratch(int64_t width, int64_t new_width) { return kResizeRows * (3 * width + 1 + 3 * new_width + 1); }

struct Math {
  const char* name;
  NormMath<float> f32;
  NormMath<Bfloat16> bf16;
  // (w − μ)/√(var + ε) of each column; y may be w.
  void (*standardize)(const float* w, float* y, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon);
  // One step of SGD with momentum on such columns, where g is the gradient of the standardized kernel: v' = m·v + dw, w' = w − rate·v', and y',
  // w' standardized. Everything in one visit of the memory.
  void (*standardized_momentum)(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v, float* new_y,
                                int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon);
  // The same for plain numbers [first, last): v' = m·v + g, w' = w − rate·v'.
  void (*momentum)(const float* w, const float* v, const float* g, float momentum, float rate, float* new_w, float* new_v, int64_t first, int64_t last);
  // dw from dy (with respect to the standardized kernel); dw may be dy.
  void (*standardize_gradient)(const float* dy, const float* w, float* dw, int64_t rows, int64_t columns, int64_t first, int64_t last, double epsilon);
  // y[place, column] = Σ over taps and channels of x · w, places [first_row, last_row), columns [first, last).
  void (*convolve)(const Pixels& x, const Kernel& w, const Places& y, int64_t first_row, int64_t last_row, int64_t first, int64_t last);
  // dw[down, across, channels, columns] = Σ over pixels of x · dy, rows [first_row, last_row) of down · across · channels, columns [first, last) of dw_step.
  void (*kernel_gradient)(const Pixels& x, const float* dy, float* dw, int64_t dw_step, int64_t first_row, int64_t last_row, int64_t first, int64_t last);
  // The same for 3 × 3 taps, stride 1 and margin 1, with fewer products. Tiles [first_tile, last_tile) of the result, columns [first, last) of y_step.
  // `w` is all of a kernel, `transposed` one that is met in reverse.
  void (*winograd_convolve)(const Pixels& x, const float* w, bool transposed, float* y, int64_t y_step, int64_t first_tile, int64_t last_tile, int64_t first,
                            int64_t last);
  // Channels [first_channel, last_channel), all nine taps of each.
  void (*winograd_kernel_gradient)(const Pixels& x, const float* dy, float* dw, int64_t dw_step, int64_t first_channel, int64_t last_channel, int64_t first,
                                   int64_t last);
  // out[down.new_size, across.new_size, 3] from pixels[down.size, across.size, 3], both uint8, rounded to the nearest.
  void (*resize)(const uint8_t* pixels, const ResizeAxis& across, const ResizeAxis& down, uint8_t* out, float* scratch);
};

// The widest that this processor runs.
const Math& BestMath();

}  // namespace bitw
