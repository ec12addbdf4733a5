// Images of 8 bits made smaller, compiled once for each instruction set like math.cc. First down, where sums run along whole rows and the
// compiler makes vectors of any width; then across, where a vector is one pixel and a few rows share the weights.
#include <algorithm>
#include <cstring>

#include "math.h"

namespace bitw {
namespace BITW_ISA {
namespace {

// Red, green, blue and a fourth that does not count.
typedef float Pixel __attribute__((vector_size(16)));
constexpr int kRows = kResizeRows;

inline Pixel Read(const float* from) {
  Pixel pixel;
  std::memcpy(&pixel, from, sizeof pixel);
  return pixel;
}

inline void Write(Pixel pixel, float* to) { std::memcpy(to, &pixel, sizeof pixel); }

// sum[i] (+)= Σ over `taps` rows of weight · row[i].
template <int taps, bool add>
void AddRows(const uint8_t* __restrict rows, int64_t row_bytes, const float* weights, float* __restrict sum) {
  float weight[taps];
  std::memcpy(weight, weights, sizeof weight);
  for (int64_t i = 0; i < row_bytes; ++i) {
    float one = add ? sum[i] : 0.0f;
#pragma GCC unroll 4
    for (int tap = 0; tap < taps; ++tap) one += weight[tap] * static_cast<float>(static_cast<int32_t>(rows[tap * row_bytes + i]));
    sum[i] = one;
  }
}

// sum[i] = Σ over the rows of weight · row[i], at most three of them in one pass.
void Down(const uint8_t* rows, int64_t row_bytes, const float* weights, int taps, float* sum) {
  switch (taps) {
    case 1: return AddRows<1, false>(rows, row_bytes, weights, sum);
    case 2: return AddRows<2, false>(rows, row_bytes, weights, sum);
  }
  AddRows<3, false>(rows, row_bytes, weights, sum);
  int tap = 3;
  for (; tap + 2 <= taps; tap += 2) AddRows<2, true>(rows + tap * row_bytes, row_bytes, weights + tap, sum);
  if (tap < taps) AddRows<1, true>(rows + tap * row_bytes, row_bytes, weights + tap, sum);
}

// kRows rows, which lie `from_step` and `to_step` apart. `taps` 0: as many as `across` says.
template <int taps>
void Across(const float* from, int64_t from_step, const ResizeAxis& across, float* to, int64_t to_step) {
  const int32_t* first = across.first;
  const float* weights = across.weights;
  const int count = taps == 0 ? across.taps : taps;
  const int64_t new_size = across.new_size;
  for (int64_t x = 0; x < new_size; ++x, weights += count) {
    Pixel sum[kRows] = {};
    for (int tap = 0; tap < count; ++tap)
      for (int r = 0; r < kRows; ++r) sum[r] += weights[tap] * Read(from + r * from_step + 3 * (first[x] + tap));
    // the fourth channel goes where the next pixel's first comes
    for (int r = 0; r < kRows; ++r) Write(sum[r], to + r * to_step + 3 * x);
  }
}

}  // namespace

void Resize(const uint8_t* pixels, const ResizeAxis& across, const ResizeAxis& down, uint8_t* out, float* scratch) {
  const int64_t row_bytes = 3 * across.size, out_bytes = 3 * across.new_size;
  const int64_t step = row_bytes + 1, out_step = out_bytes + 1;
  float* results = scratch + kRows * step;
  for (int64_t y = 0; y < down.new_size; y += kRows) {
    const int rows = static_cast<int>(std::min<int64_t>(kRows, down.new_size - y));
    for (int r = 0; r < rows; ++r) Down(pixels + down.first[y + r] * row_bytes, row_bytes, down.weights + (y + r) * down.taps, down.taps, scratch + r * step);
    switch (across.taps) {
      case 1: Across<1>(scratch, step, across, results, out_step); break;
      case 2: Across<2>(scratch, step, across, results, out_step); break;
      case 3: Across<3>(scratch, step, across, results, out_step); break;
      case 4: Across<4>(scratch, step, across, results, out_step); break;
      default: Across<0>(scratch, step, across, results, out_step);
    }
    for (int r = 0; r < rows; ++r) {
      const float* __restrict result = results + r * out_step;
      uint8_t* __restrict to = out + (y + r) * out_bytes;
      for (int64_t i = 0; i < out_bytes; ++i) to[i] = static_cast<uint8_t>(static_cast<int32_t>(result[i] + 0.5f));
    }
  }
}

}  // namespace BITW_ISA
}  // namespace bitw
